import pytest

from assistant.spelling import Spelling
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def spelling():
    return Spelling.load(ROOT / "corpus")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("行政复意怎么提", "行政复议怎么提"),
        ("商业秘蜜能不能给", "商业秘密能不能给"),
        ("主动功开的时限", "主动公开的时限"),
        ("挂号性寄来的", "挂号信寄来的"),
    ],
)
def test_a_term_spelled_by_ear_is_read_as_the_term(spelling, written, meant):
    assert spelling.correct(written) == meant


@pytest.mark.parametrize(
    "text", ["谁可以申请公开", "答复属于公文吗", "档案管理制度", "补正过的申请仍不清楚", "第33条 abc😀", ""]
)
def test_what_is_spelled_well_stays(spelling, text):
    assert spelling.correct(text) == text


def test_a_term_too_short_to_be_told_by_its_sound_is_refused(tmp_path):
    (tmp_path / "terms.txt").write_text("公开\n", encoding="utf-8")
    with pytest.raises(ValueError, match="公开"):
        Spelling.load(tmp_path)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("xinxi公开的qixian", "信息公开的期限"),
        ("buzheng yaobuyao shuoming liyou", "补正要不要说明理由"),
        ("buzheng de zhangsan", "buzheng de zhangsan"),
        ("Xin xi gong kai duojiu dafu", "信息公开多久答复"),
        ("用EMS寄，写明OA编号", "用EMS寄，写明OA编号"),
    ],
)
def test_pinyin_is_read_where_all_of_it_is_known_words(spelling, typed, meant):
    assert spelling.correct(typed) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("我哋畀咗钱", "我们给了钱"), ("啷个申请嘛", "怎么申请嘛"), ("晓得期限不", "知道期限不"),
        ("砍伐许可和阿拉伯数字", "砍伐许可和阿拉伯数字"),
    ],
)  # fmt: skip
def test_a_dialect_is_read_as_the_common_language(spelling, said, meant):
    assert spelling.correct(said) == meant


def test_a_question_with_a_slip_is_answered(assistant):
    from tests.conftest import TODAY

    assert "60日" in assistant.ask("行政复意要在多少天之内提", TODAY).answer
