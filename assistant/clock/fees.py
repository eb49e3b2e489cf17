"""The fee for processing information (信息处理费): two progressive scales from `corpus/fees.yaml`, steps shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError, FeeError

PER_REQUEST, PER_PAGE = "per_request", "per_page"


@dataclass(frozen=True, slots=True)
class Tier:
    """One bracket of a scale: `rate` yuan for each unit up to `up_to` (included; None for no end).

    Attributes:
        every: in the open bracket, after how many units the rate rises by `step`; 0 for never.
    """

    up_to: int | None
    rate: int
    every: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """One of the two ways to charge.

    Attributes:
        clause: 第四条 or 第五条.
        counts: what is counted, in words.
        measure: 件 or 页.
        maximum: a larger number is taken for a slip.
    """

    clause: str
    counts: str
    measure: str
    maximum: int
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The scales of one document, and what may never be charged."""

    in_force_from: date
    document: str
    document_number: str
    unit: str
    scales: dict[str, Scale]
    notes: tuple[str, ...]
    not_chargeable: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FeeStep:
    """One line of the working: `count` units from number `first` to number `last`, `rate` yuan each."""

    first: int
    last: int
    rate: int
    count: int
    amount: int

    def span(self, measure: str) -> str:
        """Return which units these are, for example 「第31至第40件」; `measure` is 件 or 页."""
        return f"第{self.first}{measure}" if self.first == self.last else f"第{self.first}至第{self.last}{measure}"


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount in whole yuan with its working.

    Attributes:
        already: how many requests of the same month were charged before; their part is not in `amount`.
    """

    amount: int
    unit: str
    scale: Scale
    quantity: int
    already: int
    steps: tuple[FeeStep, ...]
    basis: str
    notes: tuple[str, ...]
    not_chargeable: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the value that `gongkai fee --json` prints."""
        return {
            "amount": self.amount,
            "unit": self.unit,
            "counts": self.scale.counts,
            "quantity": self.quantity,
            "already": self.already,
            "steps": [
                {"from": s.first, "to": s.last, "rate": s.rate, "count": s.count, "amount": s.amount}
                for s in self.steps
            ],
            "basis": self.basis,
            "notes": list(self.notes),
            "not_chargeable": [{"item": item, "basis": basis} for item, basis in self.not_chargeable],
        }


def load_fees(path: Path) -> tuple[FeeRules, ...]:
    """Return every version of the scales in `path` (`corpus/fees.yaml`), the newest first.

    Raises:
        CorpusFileError: the file breaks the format that its head tells.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        versions = [_read_version(entry) for entry in data]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, (mark.line if mark else 0) + 1, "不是正确的 YAML。") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CorpusFileError(path, 1, f"收费标准的格式不对（{error}）。") from error
    return tuple(sorted(versions, key=lambda version: version.in_force_from, reverse=True))


def processing_fee(
    versions: tuple[FeeRules, ...],
    on: date,
    *,
    requests: int | None = None,
    pages: int | None = None,
    already: int = 0,
) -> Fee:
    """Return the fee by the scale in force on `on`.

    Args:
        requests: requests of one applicant in one calendar month, all of them.
        pages: pages provided for one request.
        already: how many of `requests` were charged before.
    Raises:
        FeeError: neither or both numbers, a number that is negative or beyond the scale, or no scale in force.
    """
    if (requests is None) == (pages is None):
        raise FeeError("请在按件（--requests）和按量（--pages）中选一种；同一件申请不能两种都收。")
    rules = next((version for version in versions if version.in_force_from <= on), None)
    if rules is None:
        first = min(version.in_force_from for version in versions)
        raise FeeError(f"{on}还没有信息处理费的标准（{first}起施行），不能收取。")
    scale = rules.scales[PER_REQUEST if requests is not None else PER_PAGE]
    quantity = requests if requests is not None else pages or 0
    if quantity < 0 or already < 0:
        raise FeeError(f"{scale.measure}数不能是负数，请核对。")
    if pages is not None and already:
        raise FeeError("按量是对每一件申请单独计算的，不需要写已经收过费的件数。")
    if quantity > scale.maximum:
        raise FeeError(f"{quantity}{scale.measure}太多，请核对；最多可以算{scale.maximum}{scale.measure}。")
    if already > quantity:
        raise FeeError(f"已经收过费的{already}件多于本月的{quantity}件，请核对。")
    steps = tuple(_steps(scale, already, quantity))
    return Fee(
        amount=sum(step.amount for step in steps),
        unit=rules.unit,
        scale=scale,
        quantity=quantity,
        already=already,
        steps=steps,
        basis=f"《{rules.document}》（{rules.document_number}）{scale.clause}",
        notes=rules.notes,
        not_chargeable=rules.not_chargeable,
    )


def _steps(scale: Scale, already: int, quantity: int) -> Iterator[FeeStep]:
    """The brackets that units `already` + 1 to `quantity` fall into; the open bracket is cut where its rate rises."""
    below = 0
    for tier in _cut(scale, quantity):
        top = quantity if tier.up_to is None else min(tier.up_to, quantity)
        first = max(below, already) + 1
        if first <= top:
            count = top - first + 1
            yield FeeStep(first, top, tier.rate, count, count * tier.rate)
        below = tier.up_to or quantity


def _cut(scale: Scale, quantity: int) -> Iterator[Tier]:
    for tier in scale.tiers:
        if tier.up_to is not None or not tier.every:
            yield tier
            continue
        below, rate = (scale.tiers[-2].up_to or 0), tier.rate
        while below < quantity:
            below += tier.every
            yield Tier(below, rate)
            rate += tier.step


def _read_version(entry: dict[str, Any]) -> FeeRules:
    return FeeRules(
        in_force_from=entry["in_force_from"],
        document=entry["document"],
        document_number=entry["document_number"],
        unit=entry["unit"],
        scales={key: _read_scale(entry[key]) for key in (PER_REQUEST, PER_PAGE)},
        notes=tuple(entry["notes"]),
        not_chargeable=tuple((item["item"], item["basis"]) for item in entry["not_chargeable"]),
    )


def _read_scale(entry: dict[str, Any]) -> Scale:
    tiers = tuple(
        Tier(item.get("up_to"), int(item["rate"]), int(item.get("every", 0)), int(item.get("step", 0)))
        for item in entry["tiers"]
    )
    tops = [tier.up_to for tier in tiers]
    closed = [top for top in tops[:-1] if top is not None]
    if tops[-1] is not None or len(closed) != len(tops) - 1 or closed != sorted(set(closed)):
        raise ValueError("tiers")
    return Scale(entry["clause"], entry["counts"], entry["measure"], int(entry["maximum"]), tiers)
