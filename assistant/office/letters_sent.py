"""Notes a letter in the register under its request."""

from dataclasses import replace
from datetime import date

from assistant.errors import LedgerError
from assistant.numbers import fold_width
from assistant.office.ledger import Ledger
from assistant.office.ledger_records import SentLetter
from assistant.office.letters import Letter


def note_letter(ledger: Ledger, letter: Letter, today: date, earlier: Letter | None = None) -> str:
    """Note `letter` under its 登记编号; return a line that says what became of it, "" where it names no number.

    The same letter made again (by its 发文字号, or by its day where it has none) takes the place of what was noted, as
    does one corrected from `earlier`. One for another applicant than the register's is not noted: an example left as it
    stands must not end up in a real case.
    """
    number = letter.request_number
    if not number:
        return ""
    try:
        record = ledger.get(number)
        if letter.applicant and fold_width(letter.applicant) != fold_width(record.applicant):
            return (
                f"没有记入台账：台账里{number}的申请人是“{record.applicant}”，文书写的是“{letter.applicant}”，请核对。"
            )
        gone = {_identity(_sent(one)) for one in (letter, earlier) if one and one.request_number == number}
        kept = [sent for sent in record.letters if _identity(sent) not in gone]
        ledger.replace_request(replace(record, letters=(*kept, _sent(letter))), today)
    except LedgerError as error:
        return f"没有记入台账：{error}"
    return f"已记入台账{number}。"


def _sent(letter: Letter) -> SentLetter:
    return SentLetter(letter.kind.key, letter.signed, letter.document_number)


def _identity(sent: SentLetter) -> tuple[str, object]:
    return sent.kind, sent.document_number or sent.signed
