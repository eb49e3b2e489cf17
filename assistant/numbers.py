"""Figures in Chinese prose: numerals read and written, and texts folded so that they can be compared."""

import re
import unicodedata

from assistant.numerals import parse_numeral

_NUMERAL = "零〇一二两三四五六七八九十百千万"
# No numeral that anybody writes is longer; a longer run of its characters is none.
_LONGEST = 20
_SHOWN = 40
# A Chinese numeral is a figure only before one of these, so that 一次性, 统一, 三需要 stay words.
_MEASURES = r"个?工作日|日|天|个?月|年|元|万元|件|份|页|条|款|项|次(?!性)|号|个(?!别)|部分|方面|章|人|周|小时|倍|%"
# 万 of 12.5万元 belongs to the figure before it.
_COUNTED = re.compile(rf"(?<![第\d.{_NUMERAL}])(?P<numeral>[{_NUMERAL}]{{1,{_LONGEST}}})(?=(?:{_MEASURES}))")
_ORDINAL = re.compile(rf"第(?P<numeral>[{_NUMERAL}]{{1,{_LONGEST}}})(?=[条款项章节部])")


def parse_chinese_numeral(numeral: str) -> int:
    """Return the value of a Chinese numeral below one hundred million (「二十」 → 20, 「二〇一九」 → 2019).

    Raises:
        ValueError: `numeral` is empty, holds another character or is far too long.
    """
    value = parse_numeral(numeral) if numeral and all(ch in _NUMERAL for ch in numeral) else None
    if value is None:
        raise ValueError(f"not a Chinese numeral: {numeral[:_SHOWN]!r}")
    return int(value)


def write_chinese_numeral(value: int) -> str:
    """Return `value` (0 to 9999) as the law numbers its articles: 33 → 三十三, 109 → 一百零九.

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= value <= 9999:
        raise ValueError(f"out of range: {value}")
    names = "零一二三四五六七八九"
    if value < 10:
        return names[value]
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            out += ("零" if gap and out else "") + names[digit] + name
            gap = False
        else:
            gap = True
    return out[1:] if out.startswith("一十") else out


def fold_width(text: str) -> str:
    """Return `text` with full-width forms made half-width and every white space dropped, for exact comparison."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def fold_figures(text: str) -> str:
    """Return `text` folded as `fold_width` does, and with counted numerals in digits (二十日 → 20日).

    A word in which a numeral is no figure (一次性, 统一, 三需要) is left alone; ordinals of articles (第三十三条)
    become digits too.
    """

    def digits(match: re.Match[str]) -> str:
        lead = "第" if match.group(0).startswith("第") else ""
        return lead + str(parse_chinese_numeral(match.group("numeral")))

    return _COUNTED.sub(digits, _ORDINAL.sub(digits, fold_width(text)))
