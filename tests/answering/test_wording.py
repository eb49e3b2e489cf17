from assistant.answering.wording import official_wording
from assistant.sources.digests import load_digests

HEAD = """---
title: 中华人民共和国政府信息公开条例
short_titles: [条例]
issuer: 国务院
kind: {kind}
in_force_from: 2019-05-15
---

# 第四章 依申请公开

## 第三十三条 答复期限

【第一款】能够当场答复的，当场答复。
问: 当场能给吗
【第二款】不能当场答复的，二十个工作日内答复。
问: 几天答复
"""


def articles(folder, kind):
    (folder / "regulation.md").write_text(HEAD.format(kind=kind), encoding="utf-8")
    return load_digests(folder)


def test_the_laws_own_words_are_given_by_paragraph_or_whole(tmp_path):
    held = articles(tmp_path, "verbatim")
    title = "中华人民共和国政府信息公开条例"
    assert official_wording(held, title, "第三十三条第二款") == "不能当场答复的，二十个工作日内答复。"
    assert official_wording(held, title, "第三十三条").startswith("能够当场答复的")
    assert official_wording(held, title, "第三十三条第九款") is None
    assert official_wording(held, title, "第三条") is None
    assert official_wording(held, "另一部法", "第三十三条") is None


def test_a_digest_is_never_quoted(tmp_path):
    assert official_wording(articles(tmp_path, "digest"), "中华人民共和国政府信息公开条例", "第三十三条") is None
