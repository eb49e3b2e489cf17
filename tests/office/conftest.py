"""A desk over the shipped corpus, and a filled example of every kind of letter."""

from datetime import date
from pathlib import Path

import pytest

from assistant.office.desk import Desk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    return Desk(ROOT / "corpus", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def example(desk):
    """The required fields, the kind's own and what the remedy line names, as `--example` prints them."""

    def fill(key, **changes):
        kind = desk.kinds.kind(key)
        names = {name for name, field in kind.fields.items() if field.required} | kind.own
        if kind.remedy:
            names |= {"agency_kind", "government"}
        entered = {name: kind.fields[name].example for name in names if kind.fields[name].example is not None}
        return {name: value for name, value in (entered | changes).items() if value is not None}

    return fill


@pytest.fixture
def today():
    return date(2026, 11, 22)
