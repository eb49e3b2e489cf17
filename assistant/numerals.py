"""Finds every numeral in prose: Arabic, full-width, Chinese, with 万, 亿 and %, each with its value and unit."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_HAN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_ODD = "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u218b\u2460-\u249b\u3220-\u3229\u3280-\u3289"
_NUMERAL = re.compile(
    rf"百分之[{_HAN}\d]+(?:[点.][{_HAN}\d]+)?"
    rf"|\d+(?:,\d{{3}})*(?:[.．]\d+)?[百千万亿]*[%％‰]?"
    rf"|[{_HAN}]+(?:点[{_HAN}]+)?[%％‰]?"
    rf"|[{_ODD}]+"
)
_UNIT = re.compile(r"个?百分点|个?工作日|公里|小时|人次|场次|件次|个月|部分|方面|[\u4e00-\u9fff]|")
# A Chinese numeral is a figure before one of these, so that 一次性, 统一, 进一步 stay words.
_COUNTED = re.compile(
    r"个?工作日|个?百分点|个(?!别|人)|[件条项篇份页章款号次人名位期轮批场部类种家户例宗起级年月日天周倍元%](?!性|致|切|直|贯|般|律)"
)
# 第三方, 第一时间 and 第一责任人 are words.
_ORDERED = re.compile("[条款项章节部号次届批期季轮页]")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟两〇", "一二三四五六七八九十百千二零")
_DIGITS = {ch: value for value, ch in enumerate("零一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral as it stands in a text.

    Attributes:
        start: offset of its first character.
        text: as written, with 万, 亿, 百分之 and %.
        value: what it means, 万 and 亿 multiplied out; None for ①, Ⅲ and the like.
        unit: % or the measure word after it, "" at the end of a clause.
        figure: False for a Chinese numeral inside a word (统一, 进一步).
    """

    start: int
    text: str
    value: Decimal | None
    unit: str
    figure: bool

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.start + len(self.text)


@lru_cache(maxsize=4096)
def find_numerals(text: str) -> tuple[Numeral, ...]:
    """Return every numeral of `text`, left to right; no character of one is left out."""
    return tuple(_numeral(text, match) for match in _NUMERAL.finditer(text))


# Signs that a numeral may have; a longer run of figures is none that anybody reads.
_LONGEST = 40


def _numeral(text: str, match: re.Match[str]) -> Numeral:
    written = match.group()
    folded = unicodedata.normalize("NFKC", written).replace(",", "")
    percent = folded.endswith("%") or folded.startswith("百分之")
    following = _UNIT.match(text, match.end())
    unit = "%" if percent else following.group() if following else ""
    arabic = any(ch.isdigit() for ch in folded)
    ordinal = text[: match.start()].endswith("第")
    counted = bool((_ORDERED if ordinal else _COUNTED).match(text, match.end()))
    return Numeral(match.start(), written, parse_numeral(folded), unit, arabic or percent or counted)


def parse_numeral(numeral: str) -> Decimal | None:
    """Return the value of one numeral (「1.2万」 → 12000, 「百分之三十」 → 30, 「二〇二五」 → 2025); None for none."""
    core = numeral.translate(_FORMAL).removeprefix("百分之").rstrip("%‰")
    if len(core) > _LONGEST:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿]*)", core)
    if match:
        value = Decimal(unicodedata.normalize("NFKC", match[1]))
        for ch in match[2]:
            value *= (_TENS | _MYRIADS)[ch]
        return value
    whole, _, fraction = core.partition("点")
    if not whole or any(ch not in _DIGITS and ch not in _TENS and ch not in _MYRIADS for ch in whole):
        return None
    if any(ch not in _DIGITS for ch in fraction):
        return None
    tail = "".join(str(_DIGITS[ch]) for ch in fraction)
    return Decimal(f"{_chinese_whole(whole)}.{tail}") if tail else Decimal(_chinese_whole(whole))


def _chinese_whole(numeral: str) -> int:
    if not any(ch in _TENS or ch in _MYRIADS for ch in numeral):
        return int("".join(str(_DIGITS[ch]) for ch in numeral))
    for name, unit in (("亿", 100_000_000), ("万", 10_000)):
        if name in numeral:
            high, _, low = numeral.rpartition(name)
            return (_chinese_whole(high) if high else 1) * unit + (_chinese_whole(low) if low else 0)
    value, digit = 0, 0
    for ch in numeral:
        if ch in _TENS:
            value += (digit or 1) * _TENS[ch]
            digit = 0
        else:
            digit = _DIGITS[ch]
    return value + digit
