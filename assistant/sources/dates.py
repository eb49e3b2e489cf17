"""Days as official texts write them: 2019年5月15日, 二〇一九年五月十五日, 2019-05-15."""

import re
from datetime import date

from assistant.numbers import parse_chinese_numeral

_CHINESE = "零〇○一二三四五六七八九"
DAY = (
    rf"(?:(?:1[89]|20)\d\d\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|[{_CHINESE}]{{4}}年[{_CHINESE}十]{{1,3}}月[{_CHINESE}十]{{1,3}}日"
    r"|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})"
)
_PARTS = re.compile(rf"([\d{_CHINESE}]{{4}})[年\-/.]([\d{_CHINESE}十]{{1,3}})[月\-/.]([\d{_CHINESE}十]{{1,3}})日?")


def parse_day(text: str) -> date | None:
    """Return the day that `text` begins with, or None when there is none or it cannot be (2月30日)."""
    match = _PARTS.match(re.sub(r"\s", "", text))
    if match is None:
        return None
    year, month, day = (_number(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else parse_chinese_numeral(text.replace("○", "〇"))


def add_years(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
