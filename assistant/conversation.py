"""What a message wants: is it a question that can be read, and does it lean on what was asked before?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_QUESTION = 2000

_CHINESE = re.compile("[一-鿿]")
# Tags of a web page that came along with what was copied; <条例> in Chinese stays.
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
# A message leans on the one before when it begins like this, or points at something it does not name.
_OPENING = re.compile(
    r"^(?:那|那么|那要|要是|如果|假如|万一|还有|另外|然后|接着|之后|可是|但是|不过|为什么|凭什么|怎么算|多久|多少|几天|谁|哪|这|它|他|她|对方|上面|前面|刚才|同样|反过来|超过|逾期|过了|不然|否则|除此|具体|是不是也|也|期间|这期间|从哪|从什么时候|能再|可以再|还要|还能)"
)
_POINTER = re.compile(r"(?:这种|这样|这个|那个|那种|它|他们|她|对方|上述|上面|前面|刚才|同样|其中|呢[？?。！!]?$)")
_SHORT = 26
_TERSE = 7
_FARTHEST = 2
_LONGEST_IN_PARTS = 80
_SHORTEST_PART = 4
_MOST_PARTS = 3
_STOPS = re.compile(r"[，,；;。？?！!]|(?<=[一-鿿])\s+(?=[一-鿿])")
# A tag (对吗, 行吗) asks for no second thing.
_ASKS = re.compile(
    r"谁|哪|什么|啥|怎[么样]|咋|如何|多[久少长]|几[天个日件份次页块元]?|是否|(?P<word>[一-鿿])不(?P=word)|有没有|有无|何时|为何|吗$|么$"
)
# 「没写清楚要哪份」 tells, and 「条例写了吗」 asks for the same thing once more.
_ASKS_NOTHING = re.compile(
    r"^(?:除了|除去|问|也?没|不管|无论|不论|还是|我怎么|直接说)|拿不准|说不清|讲不清|没写清"
    r"|^.{0,4}(?:有没有|有无|有|写|列|规定)(?:了|过|明文|明确|具体|法律|权威|清单)?(?:规定|依据|数|案例|限制|下限|清单)?(?:吗|没有|没)?$"
)
_COMPARISON = re.compile(
    r"^(?P<one>[一-鿿（）()“”]{2,14}?)(?:和|与|跟|同)(?P<other>[一-鿿（）()“”]{2,14}?)"
    r"(?P<rest>(?:，|的|在|之间|是|不是|有|到底|究竟|分别|各|各自|两者|二者|一样|救济)[^？?]*(?:区别|不同|不一样|一样|一回事|差别|差多少|分别|各是|各自|各有|哪个|相同)[^？?]*)"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message made ready: what to search for, and what to say instead where it cannot be read.

    Attributes:
        text: the message as it is understood alone.
        context: the earlier questions that it leans on or may lean on, or "".
        leans: it says nothing without them.
        refusal: why it cannot be read, in Chinese with what to do, or "".
        parts: the things asked for, where the message asks for two or three, or ().
    """

    text: str
    context: str
    leans: bool
    refusal: str
    parts: tuple[str, ...] = ()


def read_message(message: str, history: Sequence[str] = ()) -> Message:
    """Return `message` as it is to be understood after the earlier questions `history`, oldest first."""
    text = " ".join(_MARKUP.sub(" ", _CONTROL.sub(" ", message)).encode("utf-8", "ignore").decode().split())
    refusal = _refusal(text)
    context = "" if refusal else _context(history)
    return Message(text, context, bool(context) and _leans(text), refusal, split_question(text))


def split_question(text: str) -> tuple[str, ...]:
    """Return what `text` asks for, one by one, or () where it asks for one thing or tells a story.

    Two or three clauses that ask each for themselves are parts, and so are the two sides of a comparison.
    """
    if len(text) > _LONGEST_IN_PARTS:
        return ()
    if match := _COMPARISON.match(text):
        one, other, rest = match["one"], match["other"], match["rest"]
        return (one + rest, other + rest)
    clauses = [clause.strip() for clause in _STOPS.split(text)]
    asking = [clause for clause in clauses if len(clause) >= _SHORTEST_PART and _ASKS.search(clause)]
    asking = [clause for clause in asking if not _ASKS_NOTHING.search(clause)]
    return tuple(asking) if 2 <= len(asking) <= _MOST_PARTS else ()


def _context(history: Sequence[str]) -> str:
    """Return the last question and, where it leans itself, those before it, back to one that stands alone."""
    leant: list[str] = []
    for earlier in (q for q in reversed(history) if not _refusal(q)):
        leant.insert(0, earlier)
        if not _leans(earlier) or len(leant) == _FARTHEST:
            break
    return " ".join(leant)


def _refusal(text: str) -> str:
    if not text:
        return "没有收到问题。请写下要问的事，例如：收到申请后几个工作日内要答复？"
    if len(text) > LONGEST_QUESTION:
        return f"问题太长（{len(text)}字）。请只留下要问的事，不超过{LONGEST_QUESTION}字。"
    if not _CHINESE.search(text):
        return "没有看到中文的问题。请用中文写下要问的事，例如：申请人逾期不补正怎么办？"
    return ""


def _leans(text: str) -> bool:
    return len(text) <= _TERSE or (len(text) <= _SHORT and bool(_OPENING.match(text) or _POINTER.search(text)))
