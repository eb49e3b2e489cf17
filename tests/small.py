"""A corpus of two small texts, one of them repealed."""

import shutil
from pathlib import Path

from tests.conftest import ROOT

RULE = """---
title: 示例规定
short_titles: [示例规定]
document_number: 示例令第1号
issuer: 示例机关
kind: digest
articles: 9
in_force_from: 2020-01-01
in_force_until:
official_url:
---

# 第一章 总则

## 第一条 答复的期限

行政机关应当自收到申请之日起7个工作日内答复。
问: 几天内要回话
问: 多久给答复

## 第二条 收费

【第一款】提供信息不收取费用。
问: 要不要交钱
另见: 第一条

【第二款】超过合理范围的，可以收取信息处理费。
问: 申请太多要不要收费
"""

OLD_RULE = """---
title: 示例规定（旧）
short_titles: [旧示例规定]
document_number: 示例令第0号
issuer: 示例机关
kind: digest
in_force_from: 2010-01-01
in_force_until: 2019-12-31
asked_by: [旧规定]
official_url:
---

## 第一条 旧的答复期限

旧规定：行政机关自收到申请之日起3个工作日内答复，2020年1月1日起失效。
问: 旧规定几天答复
"""

TOPICS = """- topic: 天气
  reason: 本库没有天气。请看天气预报。
  questions: [明天下雨吗, 今天气温多少度]
"""


def write_small_corpus(folder: Path) -> Path:
    (folder / "regulations").mkdir(parents=True)
    (folder / "regulations" / "rule.md").write_text(RULE, encoding="utf-8")
    (folder / "regulations" / "old-rule.md").write_text(OLD_RULE, encoding="utf-8")
    (folder / "out_of_scope.yaml").write_text(TOPICS, encoding="utf-8")
    (folder / "synonyms.txt").write_text("答复 回话 # 说明\n", encoding="utf-8")
    shipped = Path(__file__).resolve().parent.parent / "corpus"
    shutil.copytree(shipped / "forms", folder / "forms")
    for name in ("checks.yaml", "report_reading.yaml", "report_claims.yaml"):
        shutil.copy(shipped / name, folder / name)
    return folder


def write_small_shipped(folder):
    """Return a folder as it is shipped, `folder`/shipped, whose texts are those of the small corpus."""
    shipped, small = folder / "shipped", write_small_corpus(folder / "small")
    left_out = shutil.ignore_patterns("regulations", "vectors.npz", "reports")
    shutil.copytree(ROOT / "corpus", shipped / "corpus", ignore=left_out)
    shutil.copytree(ROOT / "prompts", shipped / "prompts")
    (shipped / "corpus" / "reports").mkdir()
    shutil.copytree(small / "regulations", shipped / "corpus" / "regulations")
    shutil.copyfile(small / "out_of_scope.yaml", shipped / "corpus" / "out_of_scope.yaml")
    (shipped / "corpus" / "sources.toml").write_text("", encoding="utf-8")
    return shipped
