import pytest

from assistant.spelling import Spelling
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def spelling():
    return Spelling.load(ROOT / "corpus" / "terms.txt")


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
        Spelling.load(tmp_path / "terms.txt")


def test_a_question_with_a_slip_is_answered(assistant):
    from tests.conftest import TODAY

    assert "60日" in assistant.ask("行政复意要在多少天之内提", TODAY).answer
