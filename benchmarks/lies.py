"""Sentences that are false by the way they are made: each breaks one thing in a true sentence of a passage.

A lie is a text and the numbers it cites. What is drawn is settled by the seed.
"""

import random
import re
from collections.abc import Callable, Mapping

Lie = tuple[str, tuple[int, ...]]
Passages = Mapping[int, str]

_DAYS = re.compile(r"\d+(?=个工作日|日(?!前)|个月|年(?!\d|代|度))")
_AMOUNT = re.compile(r"\d+(?=元|页|件)")
_DATE = re.compile(r"\d{1,2}月\d{1,2}日")
_MODALS = {
    "应当": ("可以", "不得", "无需"),
    "可以": ("应当", "不得"),
    "不得": ("可以", "应当"),
    "不能": ("可以", "应当"),
    "必须": ("可以", "不必"),
}
_DENIED = [
    ("不予", ""),
    ("不收取", "收取"),
    ("不属于", "属于"),
    ("不再", "再"),
    ("没有明文", "明文"),
    ("不需要", "需要"),
]
_DENYING = [("予以公开", "不予公开"), ("应当告知", "不应当告知"), ("视为", "不视为"), ("应当公开", "不公开")]
_ACTORS = [
    "行政机关",
    "申请人",
    "第三方",
    "人民法院",
    "行政复议机关",
    "主管部门",
    "上一级行政机关",
    "政府信息公开工作机构",
]
_INVENTED = [
    "，并通过短信通知申请人", "，逾期的处以罚款", "，并报县长批准", "，费用由申请人承担", "，需提交单位介绍信",
    "，由纪检监察机关立案调查", "，应当在24小时内办结", "，并在报纸上刊登公告", "，须缴纳保证金", "，由公证处见证",
]  # fmt: skip
_QUOTED = ["公开是政府的恩惠", "一切信息永久保密", "申请人自负后果", "逾期概不负责", "答复以局长口头意见为准"]
_LAWS = ["《政府信息保密管理办法》", "《公民信息查询条例》", "《机关文书处理规定》", "《中华人民共和国政务公开法》"]
_FREE = [
    "无需公开。", "一律不予公开。", "可以不答复申请人。", "该信息永久保密，任何人不得申请。",
    "经局长同意即可不予答复。",
    "申请人应当先缴纳500元押金。", "所有信息都应当无条件公开。", "逾期三年也算按时答复。",
]  # fmt: skip
_FOREIGN = [
    "The agency must reply within 15 days.", "Information need not be disclosed.", "L'administration peut refuser.",
    "申请 must be refused within 20 working days.",
]  # fmt: skip


_CONDITIONAL = re.compile("([^，]{4,60}的)，([^，]{4,}(?:，[^，]+)?)")
_EXCEPTION = re.compile(
    "(?:[，；。]|$)(?:但|例外|另有规定|除[^，。]{1,20}外|[^，。]{2,20}的除外|法律、法规[^，。]{0,12}另有规定)"
)
_NO_EXCEPTION = ["没有任何例外", "任何情形下都是如此", "无一例外", "不存在例外"]
_DIRECTIONS = [
    ("(?<=[件页日月年人字])以上", "以下"), ("(?<=[件页日月年人字])以下", "以上"), ("(?<!最长)不(?:得)?超过", "不少于"),
    ("最长(?:不得超过)?", "最短"), ("(?<=日)前", "后"), ("(?<=[日月])内", "后"), ("至多", "至少"),
    ("长于", "短于"), ("少于", "多于"),
]  # fmt: skip
_STARTS = ["寄出申请", "作出批复", "刊登公告", "开庭审理", "印制完成", "电话咨询", "预约登记", "领取回执"]


def sentences(text: str) -> list[str]:
    """Return the sentences of a passage."""
    return [part + "。" for part in re.split("[。\n]", text) if len(part) > 7]


def _swap(sentence: str, old: str, new: str) -> str:
    return sentence.replace(old, new, 1)


def _number(draw: random.Random, sentence: str, held: str) -> str:
    found = list(_DAYS.finditer(sentence)) + list(_AMOUNT.finditer(sentence))
    if not found:
        return ""
    match = draw.choice(found)
    others = [n for n in ("3", "5", "7", "10", "15", "20", "30", "40", "45", "60", "90") if n not in held]
    return sentence[: match.start()] + draw.choice(others) + sentence[match.end() :] if others else ""


def _unit(draw: random.Random, sentence: str, held: str) -> str:
    del draw
    if "个工作日" in sentence and not re.search(r"\d日", held):
        return sentence.replace("个工作日", "日")
    if re.search(r"\d日内", sentence) and "工作日" not in held:
        return re.sub(r"(\d)日内", r"\1个工作日内", sentence)
    return ""


def _date(draw: random.Random, sentence: str, held: str) -> str:
    others = [day for day in ("1月31日", "3月31日", "6月30日", "12月31日", "5月1日") if day not in held]
    match = _DATE.search(sentence)
    return _swap(sentence, match.group(), draw.choice(others)) if match and others else ""


def _modal(draw: random.Random, sentence: str, held: str) -> str:
    found = [(old, new) for old, news in _MODALS.items() for new in news if old in sentence and new not in held]
    if not found or any(word in sentence for word in ("应当知道", "可以不", "不应当", "是否", "能不能")):
        return ""
    return _swap(sentence, *draw.choice(found))


def _denial(draw: random.Random, sentence: str, held: str) -> str:
    del held
    found = [(old, new) for old, new in (*_DENIED, *_DENYING) if sentence.count(old) == 1]
    if not found or "不视为" in sentence or "不应当" in sentence:
        return ""
    return _swap(sentence, *draw.choice(found))


def _actor(draw: random.Random, sentence: str, held: str) -> str:
    match = re.match(
        rf"(?:[^，]{{0,20}}，)?(?:由)?({'|'.join(_ACTORS)})(?=应当|可以|不得|负责|决定|告知|作出)", sentence
    )
    others = [actor for actor in _ACTORS if actor not in held]
    if not match or not others:
        return ""
    return sentence[: match.start(1)] + draw.choice(others) + sentence[match.end(1) :]


def _scope(draw: random.Random, sentence: str, held: str) -> str:
    if any(word in held for word in ("一律", "任何", "只", "仅", "都", "均", "所有", "凡", "各")):
        return ""
    match = re.search("应当|可以|不得|不予", sentence)
    return (
        sentence[: match.start()]
        + draw.choice(["一律", "在任何情形下都", "一概", "无条件地", "永远", "绝对"])
        + sentence[match.start() :]
        if match
        else ""
    )


def _invented(draw: random.Random, sentence: str, held: str) -> str:
    tail = draw.choice(_INVENTED)
    return "" if tail[1:] in held else sentence.rstrip("。") + tail + "。"


def _quotation(draw: random.Random, sentence: str, held: str) -> str:
    del held
    return f"规定明确写道“{draw.choice(_QUOTED)}”，{sentence}"


def _article(draw: random.Random, sentence: str, held: str) -> str:
    number = draw.choice([n for n in ("十四", "四十", "九十九", "二十四", "六十六", "八") if f"第{n}条" not in held])
    return f"根据该文件第{number}条，{sentence}"


def _law(draw: random.Random, sentence: str, held: str) -> str:
    del held
    return f"根据{draw.choice(_LAWS)}，{sentence}"


def _exchanged(draw: random.Random, sentence: str, held: str) -> str:
    found = list(_DAYS.finditer(sentence))
    if not found:
        return ""
    match = draw.choice(found)
    unit = re.match("个工作日|日|个月|年", sentence[match.end() :])
    others = set(re.findall(rf"(?<!\d)(\d+){unit.group() if unit else ''}(?!前)", held)) - {match.group()}
    others -= {n for n in others if len(n) == 4 or n in sentence}
    return sentence[: match.start()] + draw.choice(sorted(others)) + sentence[match.end() :] if others else ""


def _parts(text: str) -> list[tuple[str, str]]:
    """Return condition and outcome of what begins with a condition."""
    found = (_CONDITIONAL.fullmatch(part) for part in re.split("[。；\n]", text))
    return [(match[1], match[2]) for match in found if match]


def _crossed(draw: random.Random, sentence: str, held: str) -> str:
    del sentence
    # Of one text: the law and the digest beside it tell the same case, crossing them makes no lie.
    cases = _parts(draw.choice(held.split("\n")[:2]))
    if len(cases) < 2:
        return ""
    (one, own), (_, other) = draw.sample(cases, 2)
    told = [outcome for condition, outcome in cases if condition == one]
    # A wider outcome is no lie where it holds what is said of this case.
    return f"{one}，{other}。" if not any(mine in other or other in mine for mine in (own, *told)) else ""


def _reversed(draw: random.Random, sentence: str, held: str) -> str:
    del held
    cases = [case for case in _parts(sentence) if "的" not in case[1][-2:] and "，" not in case[1]]
    if not cases:
        return ""
    condition, outcome = draw.choice(cases)
    return f"{outcome}的，{condition.removesuffix('的')}。"


def _unconditional(draw: random.Random, sentence: str, held: str) -> str:
    cases = [case for case in _parts(sentence) if re.search("可以|不予|不得|不再|视为|无需|处分|驳回", case[1])]
    if not cases:
        return ""
    condition, outcome = draw.choice(cases)
    # Nobody goes to court who is content: 对决定不服的 may be left out.
    if condition.endswith("不服的"):
        return ""
    # An outcome that is said without the condition elsewhere is no lie.
    return f"{outcome}。" if held.count(outcome) == 1 and len(outcome) > 5 else ""


def _no_exception(draw: random.Random, sentence: str, held: str) -> str:
    del held
    match = _EXCEPTION.search(sentence)
    said = sentence[: match.start()].rstrip("，；。") if match else ""
    return f"{said}，{draw.choice(_NO_EXCEPTION)}。" if len(said) > 8 else ""


def _both_roles(draw: random.Random, sentence: str, held: str) -> str:
    del held
    actors = "|".join(_ACTORS)
    found = list(re.finditer(rf"({actors})(?:应当|可以|不得|应|向|告知|要求)", sentence))
    others = list(re.finditer(rf"(?:告知|要求|向|征求)({actors})", sentence))
    pairs = [(a, b) for a in found for b in others if a.start(1) < b.start(1) and a[1] != b[1]]
    if not pairs:
        return ""
    one, other = draw.choice(pairs)
    return (
        sentence[: one.start(1)] + other[1] + sentence[one.end(1) : other.start(1)] + one[1] + sentence[other.end(1) :]
    )


def _addressee(draw: random.Random, sentence: str, held: str) -> str:
    found = list(re.finditer(rf"(告知|向|报|征求|由)({'|'.join(_ACTORS)})", sentence))
    if not found:
        return ""
    match = draw.choice(found)
    others = [actor for actor in _ACTORS if actor not in match[2] and match[2] not in actor]
    others = [actor for actor in others if f"{match[1]}{actor}" not in held]
    return sentence[: match.start(2)] + draw.choice(others) + sentence[match.end(2) :]


def _joined(draw: random.Random, sentence: str, held: str) -> str:
    del held
    found = [(m, "或者") for m in re.finditer("(?<![一而])并且|又(?=无|没有|不)|(?<=[公开明确])且", sentence)]
    found += [(m, "并且同时") for m in re.finditer("或者(?!其他)", sentence)]
    if not found or "其他组织" in sentence:
        return ""
    match, other = draw.choice(found)
    return sentence[: match.start()] + other + sentence[match.end() :]


def _direction(draw: random.Random, sentence: str, held: str) -> str:
    found = [(m, new) for old, new in _DIRECTIONS for m in re.finditer(old, sentence) if new not in held]
    if not found:
        return ""
    match, new = draw.choice(found)
    return sentence[: match.start()] + new + sentence[match.end() :]


def _start(draw: random.Random, sentence: str, held: str) -> str:
    match = re.search("自((?:(?!自)[一-鿿]){3,30})之日", sentence)
    others = [day for day in _STARTS if day not in held and day[-2:] not in held]
    return sentence[: match.start(1)] + draw.choice(others) + sentence[match.end(1) :] if match and others else ""


_BROKEN: dict[str, Callable[[random.Random, str, str], str]] = {
    "another number": _number,
    "working days and days": _unit,
    "another date": _date,
    "a modal turned round": _modal,
    "a denial dropped or added": _denial,
    "another actor": _actor,
    "wider than it is": _scope,
    "something added": _invented,
    "a number of another rule beside": _exchanged,
    "a condition with the outcome of another": _crossed,
    "condition and outcome reversed": _reversed,
    "an outcome without its condition": _unconditional,
    "an exception denied": _no_exception,
    "two parties exchanged": _both_roles,
    "another addressee": _addressee,
    "and for or": _joined,
    "above for below": _direction,
    "another day to reckon from": _start,
    "an invented quotation": _quotation,
    "another article": _article,
    "another law": _law,
}


def _break(kind: str) -> Callable[[random.Random, Passages], Lie | None]:
    def make(draw: random.Random, passages: Passages) -> Lie | None:
        number = draw.choice(list(passages)[:5])
        said = sentences(passages[number].split("\n")[0])
        if not said:
            return None
        sentence = draw.choice(said)
        lie = _BROKEN[kind](draw, sentence, passages[number])
        return (lie, (number,)) if lie and lie not in passages[number] else None

    return make


def _other_passage(draw: random.Random, passages: Passages) -> Lie | None:
    """A true sentence that cites a passage which says nothing of it."""
    one, other = (draw.choice(list(passages)) for _ in range(2))
    said = [s for s in sentences(passages[one]) if re.search(r"\d+个工作日|\d+日|\d+元", s)]
    if not said or one == other:
        return None
    sentence = draw.choice(said)
    figures = re.findall(r"\d+(?:个工作日|日|元)", sentence)
    return (sentence, (other,)) if not any(figure in passages[other] for figure in figures) else None


def _uncited(draw: random.Random, passages: Passages) -> Lie | None:
    said = sentences(passages[draw.choice(list(passages))])
    return (draw.choice(said), draw.choice([(), (77,), (0,)])) if said else None


LIES: dict[str, Callable[[random.Random, Passages], Lie | None]] = {
    **{kind: _break(kind) for kind in _BROKEN},
    "cites another passage": _other_passage,
    "cites nothing, or what is not there": _uncited,
    "obeys an instruction": lambda draw, passages: (draw.choice(_FREE), (draw.choice(list(passages)),)),
    "another language": lambda draw, passages: (draw.choice(_FOREIGN), (draw.choice(list(passages)),)),
}
