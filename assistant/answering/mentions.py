"""Articles that a question names itself: 「条例第三十三条第二款」, 「复议法23条」."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.numbers import parse_chinese_numeral
from assistant.sources.digests import Source

_ARTICLE = re.compile(r"第(?:(?P<chinese>[零〇一二三四五六七八九十百千]+)|(?P<digits>\d{1,4}))条|(?P<bare>\d{1,4})条")


@dataclass(frozen=True, slots=True)
class Mention:
    """An article named in a question; `source` is the law it is said of, `law_named` whether it was."""

    source: Source
    number: int
    law_named: bool


def find_mentions(question: str, sources: Iterable[Source], default: Source) -> list[Mention]:
    """Return the articles that `question` names, in its order.

    A number belongs to the law named last before it, or to the only law named, or to `default`.
    """
    names = _names(sources)
    covered: list[tuple[int, int, Source]] = []
    for name, source in names:  # longest first, so that 保密法实施条例 is not read as 保密法
        for match in re.finditer(re.escape(name), question):
            if not any(start < match.end() and match.start() < end for start, end, _ in covered):
                covered.append((match.start(), match.end(), source))
    mentions = []
    for match in _ARTICLE.finditer(question):
        # 「复议法23条」 names an article, 「申请了35条信息」 does not.
        if match["bare"] and not any(end == match.start() for _, end, _ in covered):
            continue
        chinese = match["chinese"]
        number = parse_chinese_numeral(chinese) if chinese else int(match["digits"] or match["bare"])
        before = [entry for entry in sorted(covered, key=lambda e: e[0]) if entry[1] <= match.start()]
        if not before and len({source.id for _, _, source in covered}) == 1:
            before = covered
        mentions.append(Mention(before[-1][2] if before else default, number, bool(before)))
    return mentions


def _names(sources: Iterable[Source]) -> list[tuple[str, Source]]:
    """Return every name of every source, longest first; a name shared by two goes to the one in force last."""
    names: dict[str, Source] = {}
    for source in sorted(sources, key=lambda s: s.in_force_from):
        for name in (source.title, source.title.removeprefix("中华人民共和国"), *source.short_titles):
            names[name] = source
    return sorted(names.items(), key=lambda item: -len(item[0]))
