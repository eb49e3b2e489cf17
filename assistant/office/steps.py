"""The seven steps (补不补 → … → 怎么答) as a guided choice: an answer leads to a question or to an outcome."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError, LetterError
from assistant.office.letter_kinds import LetterKinds

_OPTION_KEYS = {"label", "next", "letter", "row", "then", "also", "stop"}
_REGULATION = "《中华人民共和国政府信息公开条例》"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a choice ends: the letter to write and the row of 表三 the case will count in.

    Attributes:
        letter: key of the kind, None where the office must first ask another authority.
        also: further letters that go out at the same time.
        row, row_label: None while the case goes on after this letter.
        then: the question to take up once the answer to an interim letter is there.
        advice: what to do where there is no letter.
    """

    letter: str | None
    letter_name: str | None
    also: tuple[str, ...]
    row: str | None
    row_label: str | None
    then: str | None
    advice: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: it leads to the question `next`, or to an outcome."""

    label: str
    next: str | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a step; `number` of the step is 1 to 7, `basis` the articles that decide it."""

    key: str
    step: str
    number: int
    ask: str
    basis: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class GuidedChoice:
    """The whole way: begin with `start`, answer until an outcome comes."""

    start: str
    steps: tuple[str, ...]
    questions: dict[str, Question]

    def question(self, key: str | None = None) -> Question:
        """Return the question `key`, the first one without a key.

        Raises:
            LetterError: there is none.
        """
        if key is None:
            key = self.start
        if key not in self.questions:
            raise LetterError(f"没有“{key}”这一问；可用的有 {'、'.join(self.questions)}。")
        return self.questions[key]

    def choose(self, key: str, answer: int | str) -> Question | Outcome:
        """Return what follows when question `key` is answered.

        Args:
            answer: the option's number from 1, or its label.
        Raises:
            LetterError: there is no such option.
        """
        question = self.question(key)
        for number, option in enumerate(question.options, start=1):
            if str(answer).strip() in (str(number), option.label):
                return self.questions[option.next] if option.next else _outcome(option)
        known = "；".join(f"{number}.{option.label}" for number, option in enumerate(question.options, start=1))
        raise LetterError(f"“{question.ask}”没有“{answer}”这个选项；请选 {known}。")

    def walk(self, answers: list[str]) -> tuple[list[tuple[Question, str]], Question | Outcome]:
        """Answer from the first question on; return the way taken and where it stands.

        An interim letter's `then` is taken up by the next answer.

        Raises:
            LetterError: an answer is no option, or there are answers left after the end.
        """
        way: list[tuple[Question, str]] = []
        place: Question | Outcome = self.question()
        for answer in answers:
            if isinstance(place, Outcome):
                if place.then is None:
                    raise LetterError(f"办理已经结束，多出的回答“{answer}”请删去。")
                place = self.question(place.then)
            way.append((place, answer))
            place = self.choose(place.key, answer)
        return way, place


def explain_place(place: Question | Outcome) -> list[str]:
    """Return a question with its options, or an outcome, as lines."""
    if isinstance(place, Question):
        options = [f"  {number}. {option.label}" for number, option in enumerate(place.options, start=1)]
        return [f"第{place.number}步 {place.step}：{place.ask}（{place.basis}）", *options]
    if place.letter is None:
        return [place.advice]
    lines = [f"使用文书：{place.letter_name}（{place.letter}）"]
    if place.also:
        lines.append(f"同时发出：{'、'.join(place.also)}")
    lines.append(f"计入表三：{place.row_label}" if place.row_label else "案件还没有办结；有了结果再继续判断。")
    return lines


def as_json_of(way: list[tuple[Question, str]], place: Question | Outcome) -> dict[str, Any]:
    """Return the way taken and where it stands, as `gongkai guide --json` prints it."""
    taken = [{"step": question.step, "question": question.key, "ask": question.ask, "answer": answer}
             for question, answer in way]  # fmt: skip
    if isinstance(place, Outcome):
        return {"way": taken, "question": None, "outcome": asdict(place)}
    asked = {"key": place.key, "step": place.step, "ask": place.ask, "basis": place.basis}
    return {"way": taken, "question": asked | {"options": [o.label for o in place.options]}, "outcome": None}


def load_steps(path: Path, kinds: LetterKinds) -> GuidedChoice:
    """Return the guided choice of `path` (`corpus/letters/shared/steps.yaml`).

    Raises:
        CorpusFileError: the format is broken, or it leads to a question, letter or row that does not exist.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        steps = tuple(data["steps"])
        questions = {
            key: Question(
                key=key,
                step=entry["step"],
                number=steps.index(entry["step"]) + 1,
                ask=entry["ask"],
                basis=_REGULATION + "、".join(entry["basis"]),
                options=tuple(_read_option(option, data["questions"], kinds) for option in entry["options"]),
            )
            for key, entry in data["questions"].items()
        }
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CorpusFileError(path, 1, f"七步的格式不对（{error}）。") from error
    return GuidedChoice(data["start"], steps, questions)


def _read_option(entry: dict[str, Any], questions: dict[str, Any], kinds: LetterKinds) -> Option:
    label = str(entry["label"])
    if unknown := set(entry) - _OPTION_KEYS:
        raise ValueError(f"{label}: {sorted(unknown)}")
    for target in (entry.get("next"), entry.get("then")):
        if target is not None and target not in questions:
            raise ValueError(f"{label}: {target}")
    if "next" in entry:
        return Option(label, entry["next"], None)
    if "stop" in entry:
        return Option(label, None, Outcome(None, None, (), None, None, None, entry["stop"]))
    letter, row = kinds.kinds[entry["letter"]], entry.get("row")
    if row != letter.row or (row is None) == (entry.get("then") is None):
        raise ValueError(f"{label}: row")
    also = tuple(kinds.kinds[key].key for key in entry.get("also") or ())
    row_label = kinds.rows[row] if row else None
    return Option(label, None, Outcome(letter.key, letter.name, also, row, row_label, entry.get("then"), ""))


def _outcome(option: Option) -> Outcome:
    if option.outcome is None:
        raise LetterError(f"选项“{option.label}”没有结果。")
    return option.outcome
