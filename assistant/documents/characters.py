"""Characters as they come out of files, made those that were meant."""

import re
import unicodedata

# Fonts that draw a radical and the character with one glyph make PDF writers note the radical. Unicode folds most
# radicals, but not the simplified ones, and a few to the traditional character.
_SIMPLIFIED_RADICALS = (
    "⺁厂⺇几⺊卜⺋已⺌小⺍小⺎兀⺏尣⺐尢⺓幺⺔彐⺕彐⺗心⺘手⺙攵⺛旡⺜日⺝月⺞歹⺟母⺠民⺡水⺢水⺣灬⺤爪⺥爪⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻"
    "⺮竹⺯糸⺰纟⺱罓⺲罒⺳网⺴网⺵网⺶羊⺷羊⺸羊⺹老⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻊足⻋车⻌辶⻍辶"
    "⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
    "⼾户⾭青⾗隶⻆角⻝食"
)
_MEANT = {ord(a): b for a, b in zip(_SIMPLIFIED_RADICALS[::2], _SIMPLIFIED_RADICALS[1::2], strict=True)}
_MEANT |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6) if code not in _MEANT}
_DROPPED = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"[\s\u00a0\u3000]+")
_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d\u2014\u2026·"
_GAP = re.compile(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])")


def clean_line(text: str) -> str:
    """Return `text` as one line: invisible characters dropped, radicals made characters, white space one space."""
    return _SPACE.sub(" ", _DROPPED.sub("", text).translate(_MEANT)).strip()


def close_gaps(text: str) -> str:
    """Return `text` without the white space that stands beside a Chinese character or a full-width sign."""
    return _GAP.sub("", text)


def is_wide(character: str) -> bool:
    """Whether `character` takes a full square: a Chinese character, a full-width sign, a Chinese quotation mark."""
    return re.match(f"[{_WIDE}]", character) is not None


def join_lines(lines: list[str]) -> str:
    """Return broken lines as one: nothing between Chinese characters, a space between Latin words."""
    joined = ""
    for line in filter(None, lines):
        between = " " if joined and not is_wide(joined[-1]) and not is_wide(line[0]) else ""
        joined += between + line
    return joined
