"""Reads what chapter six says of the processing fee."""

import re
from collections.abc import Iterable
from decimal import Decimal

from assistant.numerals import find_numerals
from assistant.report.reading.wording import ReadingWords, fold
from assistant.report.tables import Value

_CLAUSE = re.compile("[。；;]")
_COUNTERS = {"件", "笔", "宗", "起", "次"}


def read_fee(texts: Iterable[str], words: ReadingWords) -> tuple[Value, Value]:
    """Return the cases and the yuan that the text says were charged; None for what it does not say."""
    for text in texts:
        for clause in _CLAUSE.split(fold(text)):
            if words.fee_name not in clause:
                continue
            said = [numeral for numeral in find_numerals(clause) if numeral.figure and numeral.value is not None]
            cases = [numeral.value for numeral in said if numeral.unit in _COUNTERS]
            amounts = [numeral.value for numeral in said if numeral.unit == "元"]
            if words.fee_denied.search(clause) and not any(amounts):
                return 0, 0
            if cases or amounts:
                return _plain(cases[-1]) if cases else None, _plain(amounts[-1]) if amounts else None
    return None, None


def _plain(value: Decimal | None) -> Value:
    return int(value) if value is not None and value == value.to_integral_value() else value
