"""Reports in hand: kept over restarts, each of one person, and no window overwrites another."""

from datetime import datetime

import pytest

from assistant.errors import RecordsError
from assistant.office.records import Records
from assistant.office.worksheets import StaleWorksheetError

NOW = datetime.fromisoformat("2026-01-20T09:00:00+08:00")
CONTENT = {"head": {"agency": "示例市水务局"}, "cells": {"requests.received.total": "12"}}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "office.sqlite"


@pytest.fixture
def records(place):
    records = Records(place)
    yield records
    records.close()


def test_what_was_entered_is_there_after_a_restart(place):
    first = Records(place)
    sheet = first.worksheets.begin("张三", CONTENT, None, NOW)
    assert first.worksheets.save("张三", sheet.id, 1, NOW, content={**CONTENT, "cells": {}}) == 2
    first.close()
    second = Records(place)
    found = second.worksheets.find("张三", sheet.id)
    second.close()
    assert (found.version, found.content["cells"], found.previous) == (2, {}, None)


def test_one_change_does_not_touch_the_other_part(records):
    sheet = records.worksheets.begin("张三", CONTENT, {"source": "上年"}, NOW)
    records.worksheets.save("张三", sheet.id, 1, NOW, content={"head": {}})
    assert records.worksheets.find("张三", sheet.id).previous == {"source": "上年"}
    records.worksheets.save("张三", sheet.id, 2, NOW, previous=None)
    assert records.worksheets.find("张三", sheet.id).previous is None


def test_a_window_that_is_behind_overwrites_nothing(records):
    sheet = records.worksheets.begin("张三", CONTENT, None, NOW)
    records.worksheets.save("张三", sheet.id, 1, NOW, content={"from": "first window"})
    with pytest.raises(StaleWorksheetError, match="另一个窗口"):
        records.worksheets.save("张三", sheet.id, 1, NOW, content={"from": "second window"})
    assert records.worksheets.find("张三", sheet.id).content == {"from": "first window"}


def test_nobody_reaches_the_report_of_another(records):
    sheet = records.worksheets.begin("张三", CONTENT, None, NOW)
    assert records.worksheets.list_worksheets("李四") == []
    assert records.worksheets.find("李四", sheet.id) is None
    assert not records.worksheets.delete("李四", sheet.id)
    with pytest.raises(RecordsError, match="没有这份年报"):
        records.worksheets.save("李四", sheet.id, 1, NOW, content={})
    assert records.worksheets.find("张三", sheet.id).content == CONTENT
    assert records.worksheets.delete("张三", sheet.id)
    assert records.worksheets.list_worksheets("张三") == []
