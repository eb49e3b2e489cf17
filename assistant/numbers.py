"""Figures in Chinese prose: numerals read and written, and texts folded so that they can be compared."""

import re
import unicodedata

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "零〇一二两三四五六七八九十百千万"
# A Chinese numeral is a figure only before one of these, so that 一次性, 统一, 三需要 stay words.
_MEASURES = r"个?工作日|日|天|个?月|年|元|万元|件|份|页|条|款|项|次(?!性)|号|个(?!别)|部分|方面|章|人|周|小时|倍|%"
_COUNTED = re.compile(rf"(?<![第{_NUMERAL}])(?P<numeral>[{_NUMERAL}]+)(?=(?:{_MEASURES}))")
_ORDINAL = re.compile(rf"第(?P<numeral>[{_NUMERAL}]+)(?=[条款项章节部])")
_HAS_UNIT = re.compile("[十百千万]")


def parse_chinese_numeral(numeral: str) -> int:
    """Return the value of a Chinese numeral below one hundred million (「二十」 → 20, 「二〇一九」 → 2019).

    Raises:
        ValueError: `numeral` is empty or holds another character.
    """
    if not numeral or any(ch not in _NUMERAL for ch in numeral):
        raise ValueError(f"not a Chinese numeral: {numeral!r}")
    if not _HAS_UNIT.search(numeral):
        return int("".join(str(_DIGITS[ch]) for ch in numeral))
    if "万" in numeral:
        high, _, low = numeral.partition("万")
        return parse_chinese_numeral(high or "一") * 10_000 + (parse_chinese_numeral(low) if low else 0)
    value, digit = 0, 0
    for ch in numeral:
        if ch in _UNITS:
            value += (digit or 1) * _UNITS[ch]
            digit = 0
        else:
            digit = _DIGITS[ch]
    return value + digit


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
