"""What a message wants: is it a question that can be read, and does it lean on what was asked before?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_QUESTION = 2000

_CHINESE = re.compile("[一-鿿]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
# A message leans on the one before when it begins like this, or points at something it does not name.
_OPENING = re.compile(
    r"^(?:那|那么|那要|要是|如果|假如|万一|还有|另外|然后|接着|之后|可是|但是|不过|为什么|凭什么|怎么算|多久|多少|几天|谁|哪|这|它|他|她|对方|上面|前面|刚才|同样|反过来|超过|逾期|过了|不然|否则|除此|具体|是不是也|也)"
)
_POINTER = re.compile(r"(?:这种|这样|这个|那个|那种|它|他们|她|对方|上述|上面|前面|刚才|同样|其中|呢[？?。！!]?$)")
_SHORT = 26
_FARTHEST = 2


@dataclass(frozen=True, slots=True)
class Message:
    """A message made ready: what to search for, and what to say instead where it cannot be read.

    Attributes:
        text: the message as it is understood alone.
        context: the earlier questions that it leans on or may lean on, or "".
        leans: it says nothing without them.
        refusal: why it cannot be read, in Chinese with what to do, or "".
    """

    text: str
    context: str
    leans: bool
    refusal: str

    @property
    def whole(self) -> str:
        """What to search for: the message after what it leans on."""
        return f"{self.context} {self.text}".strip() if self.leans else self.text


def read_message(message: str, history: Sequence[str] = ()) -> Message:
    """Return `message` as it is to be understood after the earlier questions `history`, oldest first."""
    text = " ".join(_CONTROL.sub(" ", message).encode("utf-8", "ignore").decode().split())
    refusal = _refusal(text)
    context = "" if refusal else _context(history)
    return Message(text, context, bool(context) and _leans(text), refusal)


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
    return len(text) <= _SHORT and bool(_OPENING.match(text) or _POINTER.search(text))
