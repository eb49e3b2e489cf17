"""Whether a message of the chat wants an annual report drafted."""

import re

from assistant.numbers import fold_width

STARTS_DRAFT = re.compile("(?:起草|草拟|拟写|编写|编制|撰写|写|生成|做).{0,24}(?:年报|年度报告)")
# 「帮我起草」 is a wish however it goes on; 「谁负责编制年度报告？」 and 「写年报有什么要求」 are questions.
_WISH = re.compile(
    "(?:帮|替|给|请|麻烦)(?:我们?|咱们?|你|您|忙|一?下){0,3}(?:起草|草拟|拟写|编写|编制|撰写|写|生成|做)"
)
_QUESTION = re.compile(
    "[?？]|什么|哪[些个里天种年]|怎么|怎样|如何|谁|多少|多久|几[天个份月号]|何时|是否|要不要|用不用|需不需|"
    "应当|应该|必须|要求|注意|规定|依据|包括|区别|吗"
)


def wants_draft(message: str) -> bool:
    """Whether a message asks for an annual report to be drafted; a question about drafting one does not."""
    folded = fold_width(message)
    return bool(STARTS_DRAFT.search(folded)) and bool(_WISH.search(folded) or not _QUESTION.search(folded))
