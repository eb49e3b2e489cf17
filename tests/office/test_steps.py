import pytest

from assistant.errors import CorpusFileError, LetterError
from assistant.office.steps import Outcome, Question, as_json_of, explain_place, load_steps


def ends(choice):
    """Every outcome, with the way to it from the first question, interim letters followed by what comes after them."""
    found, open_ways = [], [(choice.start, ())]
    seen = set()
    while open_ways:
        key, way = open_ways.pop()
        if key in seen:
            continue
        seen.add(key)
        for option in choice.questions[key].options:
            if option.next:
                open_ways.append((option.next, (*way, option.label)))
                continue
            found.append(((*way, option.label), option.outcome))
            if option.outcome.then:
                open_ways.append((option.outcome.then, (*way, option.label)))
    return found, seen


def test_every_question_is_reached_and_the_seven_steps_are_in_order(desk):
    _, seen = ends(desk.steps)
    assert seen == set(desk.steps.questions)
    assert desk.steps.steps == ("补不补", "是不是", "谁负责", "有没有", "给不给", "怎么给", "怎么答")
    assert {question.step for question in desk.steps.questions.values()} == set(desk.steps.steps)


def test_every_row_of_the_table_and_every_reply_is_reached(desk):
    found, _ = ends(desk.steps)
    assert {outcome.row for _, outcome in found if outcome.row} == set(desk.kinds.rows)
    replies = {key for key in desk.kinds.kinds if key.startswith("reply_")}
    assert replies <= {outcome.letter for _, outcome in found}


def test_a_step_never_goes_back_but_for_answers_to_a_letter(desk):
    for question in desk.steps.questions.values():
        for option in question.options:
            if option.next:
                assert desk.steps.questions[option.next].number >= question.number, option.label


def test_walking_the_labels_leads_to_the_outcome(desk):
    for way, outcome in ends(desk.steps)[0]:
        taken, place = desk.steps.walk(list(way))
        assert place == outcome
        assert [answer for _, answer in taken] == list(way)


@pytest.mark.parametrize(
    ("answers", "letter", "row"),
    [
        (["明确", "2"], "reply_petition", "not_processed_petition"),
        (["1", "1", "1", "1", "3"], "reply_nonexistent", "unavailable_not_held"),
        (["1", "1", "1", "1", "1", "2", "1", "1", "1"], "reply_granted", "granted"),
        (["1", "1", "1", "1", "1", "2", "3", "1", "3", "2"], "reply_refused_third_party_rights",
         "refused_third_party_rights"),
        (["2", "3"], "reply_correction_overdue", "other_correction_overdue"),
    ],
)  # fmt: skip
def test_common_cases_end_in_the_right_letter_and_row(answers, letter, row, desk):
    _, place = desk.steps.walk(answers)
    assert isinstance(place, Outcome)
    assert (place.letter, place.row) == (letter, row)
    assert any(desk.kinds.rows[row] in line for line in explain_place(place))


def test_an_interim_letter_says_that_the_case_goes_on(desk):
    _, place = desk.steps.walk(["不明确，还没有告知过补正"])
    assert (place.letter, place.row, place.then) == ("correction_notice", None, "corrected")
    assert "案件还没有办结" in explain_place(place)[-1]


def test_whether_something_is_a_state_secret_is_not_decided_here(desk):
    _, place = desk.steps.walk(["1", "1", "1", "1", "1", "2", "2"])
    assert place.letter is None
    assert "不作判断" in place.advice


def test_a_question_is_shown_with_its_options_and_articles(desk):
    way, place = desk.steps.walk([])
    assert isinstance(place, Question)
    assert explain_place(place)[0].startswith("第1步 补不补：")
    value = as_json_of(way, place)
    assert value["question"]["key"] == "clear"
    assert "第三十条" in value["question"]["basis"]


def test_an_answer_that_is_no_option_is_refused(desk):
    with pytest.raises(LetterError, match=r"没有“也许”这个选项；请选 1\.明确"):
        desk.steps.walk(["也许"])
    with pytest.raises(LetterError, match="已经结束"):
        desk.steps.walk(["1", "2", "1"])
    with pytest.raises(LetterError, match="没有“x”这一问"):
        desk.steps.question("x")


def test_a_choice_that_leads_nowhere_is_refused(tmp_path, desk):
    text = (desk.corpus / "letters/shared/steps.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("next: petition}", "next: nowhere}"),
        ("letter: reply_petition,", "letter: nothing,"),
        ("row: not_processed_petition}", "row: granted}"),
    ):
        (tmp_path / "steps.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(CorpusFileError):
            load_steps(tmp_path / "steps.yaml", desk.kinds)
