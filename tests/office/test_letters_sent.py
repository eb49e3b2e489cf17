from dataclasses import replace
from datetime import date

import pytest

from assistant.office.desk import Desk
from assistant.office.ledger_records import RequestRecord, SentLetter

CASE = RequestRecord("2026-001", date(2026, 1, 5), "post", "张某", "natural_person", "验收报告")


@pytest.fixture
def own(desk, tmp_path, today):
    """A desk with one case in a register of its own."""
    own = Desk(desk.corpus, tmp_path / "data")
    own.ledger.add_requests([CASE], today)
    yield own
    own.ledger.close()


@pytest.fixture
def make(own, example, today):
    def make(kind, **changes):
        return own.letters.draft_letter(kind, example(kind, **changes), today)

    return make


def test_a_letter_is_noted_under_its_request(own, make, today):
    letter = make("reply_granted", request_number="2026-001")
    assert own.note_letter(letter, today) == "已记入台账2026-001。"
    sent = SentLetter("reply_granted", date(2026, 1, 26), "示水公开〔2026〕12号")
    assert own.ledger.get("2026-001") == replace(CASE, letters=(sent,))


def test_a_letter_made_again_is_noted_once_and_another_beside_it(own, make, today):
    for day in ("2026-01-26", "2026-01-27"):
        own.note_letter(make("reply_granted", request_number="2026-001", signed=day), today)
    own.note_letter(make("extension_notice", request_number="2026-001"), today)
    letters = own.ledger.get("2026-001").letters
    assert [(sent.kind, sent.signed.day) for sent in letters] == [("reply_granted", 27), ("extension_notice", 30)]


def test_a_corrected_letter_takes_the_place_of_the_earlier_one(own, make, today):
    first = make("reply_granted", request_number="2026-001")
    second = make("reply_granted", request_number="2026-001", document_number="示水公开〔2026〕13号")
    own.note_letter(first, today)
    own.note_letter(second, today, first)
    assert [sent.document_number for sent in own.ledger.get("2026-001").letters] == ["示水公开〔2026〕13号"]


def test_letters_to_two_third_parties_are_both_noted(own, make, today):
    for number in (21, 22):
        letter = make(
            "third_party_consultation", request_number="2026-001", document_number=f"示水公开〔2026〕{number}号"
        )
        own.note_letter(letter, today)
    assert len(own.ledger.get("2026-001").letters) == 2


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"request_number": "2026-007"}, "台账里没有登记编号2026-007"),
        ({"request_number": "2026-001", "applicant": "李某"}, "台账里2026-001的申请人是“张某”，文书写的是“李某”"),
    ],
)
def test_a_letter_of_no_such_case_is_not_noted_and_that_is_said(own, make, today, changes, part):
    said = own.note_letter(make("reply_granted", **changes), today)
    assert said.startswith("没有记入台账：")
    assert part in said
    assert own.ledger.requests() == [CASE]


def test_without_a_number_no_register_is_made(desk, make, today, tmp_path):
    other = Desk(desk.corpus, tmp_path / "other")
    assert other.note_letter(make("reply_granted"), today) == ""
    assert not (tmp_path / "other").exists()
