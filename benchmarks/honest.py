"""Sentences that are true by the way they are made: a sentence of a passage said again in another order or other words.

Each way keeps who, whom, when, condition, exception, number and modal; a way that does not fit a sentence gives "".
"""

import random
import re
from collections.abc import Callable

# Ways in which an honest model says the same.
SAME = {
    "申请行政复议": ("申请复议",), "最长不得超过": ("不超过", "最多"), "告知": ("通知",), "公布": ("发布",),
    "应当": ("应该", "必须"), "提起行政诉讼": ("向法院起诉",), "逾期": ("过期",), "收到": ("接到",), "予以": ("",),
    "或者": ("或",), "起算": ("开始计算",), "损害": ("侵害",), "次日": ("第二天",),
}  # fmt: skip
OPENINGS = ("也就是说，", "根据规定，", "一般来说，", "需要注意的是，", "具体来说，", "按照规定，")
# What may stand in another order without another meaning: no 先, no step, no case of its own.
_BOUND = re.compile("没有|先|再|后|其中|分别|例外|但|第[一二三四五六七八九十]|[：；“”（）]")


def reworded(sentence: str, draw: random.Random) -> str:
    """Say the same in other words, with a numeral for a figure of days."""
    for word, others in SAME.items():
        if word in sentence:
            sentence = re.sub(rf"(?<![不是]){word}(?!知道)", draw.choice(others), sentence)
    return re.sub(r"(?<!\d)(\d{1,2})(?=个工作日)", lambda m: _numeral(int(m[1])), sentence)


def _numeral(value: int) -> str:
    from assistant.numbers import write_chinese_numeral

    return write_chinese_numeral(value)


def _opened(sentence: str, draw: random.Random) -> str:
    return draw.choice(OPENINGS) + sentence


def _if(sentence: str, draw: random.Random) -> str:
    match = re.fullmatch("([^，；：]{4,40})的，([^；：]+。)", sentence)
    if not match or sentence.startswith(("对", "经", "除")):
        return ""
    return draw.choice([f"如果{match[1]}，{match[2]}", f"{match[1]}时，{match[2]}", f"{match[1]}的话，{match[2]}"])


def _period_last(sentence: str, draw: random.Random) -> str:
    match = re.fullmatch(r"(.*?)自([^，自]{2,30}之日)起(\d+(?:个工作日|日|个月)内)([^，。]{2,30})。", sentence)
    return f"{match[1]}{match[3]}{match[4]}，从{match[2]}{draw.choice(['起算', '算起'])}。" if match else ""


def _list_turned(sentence: str, draw: random.Random) -> str:
    match = re.search("(?<=[为是有和在对把或括含])([一-鿿]{2,6})、([一-鿿]{2,6})(?=[、，。等])", sentence)
    del draw
    if not match or _BOUND.search(sentence):
        return ""
    return sentence[: match.start()] + f"{match[2]}、{match[1]}" + sentence[match.end() :]


def _without_brackets(sentence: str, draw: random.Random) -> str:
    del draw
    said = re.sub("（[^（）]*）", "", sentence)
    return said if said != sentence and not re.search("第|（[一二三四五六七八九十镇室]）", sentence) else ""


def _one_case(sentence: str, draw: random.Random) -> str:
    cases = [case for case in re.split("；", sentence.rstrip("。")) if re.match("[^，：]{4,30}的，.{4,}", case)]
    said = draw.choice(cases) if "；" in sentence and cases else ""
    return f"{said}。" if said and not re.search("其|该|此|这|例外|前款", said) else ""


def _plainly(sentence: str, draw: random.Random) -> str:
    said = sentence.replace("行政机关", "机关").replace("应当", draw.choice(["要", "得", "须"]))
    return said if "应当" in sentence and "应当知道" not in sentence and "不应当" not in sentence else ""


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "word for word": lambda sentence, draw: sentence,
    "with an opening": _opened,
    "in other words": reworded,
    "如果, 时 or 的话 for 的": _if,
    "the period last": _period_last,
    "a list in another order": _list_turned,
    "without the brackets": _without_brackets,
    "one case alone": _one_case,
    "要 for 应当, 机关 for 行政机关": _plainly,
}
