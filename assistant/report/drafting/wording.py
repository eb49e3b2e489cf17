"""The sentences of a draft, from `corpus/wording.yaml`."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.errors import CorpusFileError
from assistant.report.corpus_files import load_corpus_yaml
from assistant.report.drafting.texts import Text, fill, words
from assistant.report.errors import UntraceableNumberError

_LISTS = ("government_ends", "note_openings", "year_leads", "problem_leads", "measure_leads", "measure_openings")


@dataclass(frozen=True)
class Wording:
    """Templates by key, each with its variants, and how bodies call themselves."""

    templates: Mapping[str, tuple[str, ...]]
    self_names: Mapping[str, str]
    default_self_name: str
    government_ends: tuple[str, ...]
    note_openings: tuple[str, ...]
    year_leads: tuple[str, ...]
    problem_leads: tuple[str, ...]
    measure_leads: tuple[str, ...]
    measure_openings: tuple[str, ...]
    polishing: Mapping[str, Any]

    def say(self, key: str, seed: str, manner: int = 0, /, **slots: Text) -> Text:
        """Return the sentence `key`; `seed` decides among its variants, always alike for the same seed.

        Args:
            manner: goes on from there to the next variants.
        """
        variants = self.templates[key]
        return fill(variants[(zlib.crc32(f"{seed} {key}".encode()) + manner) % len(variants)], **slots)

    def self_name(self, agency: str) -> str:
        """How the body calls itself: 我局, 我市, 我街道; 本机关 where its name tells nothing."""
        if agency.endswith("人民政府"):
            place = agency.removesuffix("人民政府")
            end = next((end for end in self.government_ends if place.endswith(end)), None)
            return f"我{end[-1]}" if end else self.default_self_name
        ends = sorted(self.self_names, key=len, reverse=True)
        return next((self.self_names[end] for end in ends if agency.endswith(end)), self.default_self_name)


def load_wording(path: Path) -> Wording:
    """Return the wording of drafts.

    Raises:
        CorpusFileError: the file is broken, or a number stands in a sentence.
    """
    try:
        data = load_corpus_yaml(path)
        names, default, polishing = (data.pop(key) for key in ("self_names", "default_self_name", "polishing"))
        lists = {key: tuple(data.pop(key)) for key in _LISTS}
        templates = {key: tuple(variants) for key, variants in data.items()}
        for variants in templates.values():
            for variant in variants:
                words(re.sub(r"\{\w+\}", "", variant))
    except UntraceableNumberError as error:
        raise CorpusFileError(path, 1, str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise CorpusFileError(path, 1, f"用语缺少或写错了 {error}。") from error
    return Wording(
        templates=MappingProxyType(templates),
        self_names=MappingProxyType(names),
        default_self_name=default,
        polishing=polishing,
        **lists,
    )
