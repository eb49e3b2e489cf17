"""Working days: State Council holidays and make-up days from `chinesecalendar`, and years that an office supplies.

`corpus/calendar/README.md` tells the format of a supplied year. A year that neither covers is an error: the holidays
of a year are announced late in the year before, and a guess would be wrong in every spring.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from assistant.clock.dates import weekday_name
from assistant.errors import CalendarCoverageError, CorpusFileError

_ENTRY_KEYS = {"name", "from", "until", "make_up"}


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked.

    Attributes:
        years: the covered years.
        holidays: days off beside ordinary weekends, with the holiday's name.
        make_up_days: weekend days that are worked, with the holiday they make up for.
        supplied: the folder for years that an office supplies; a message about a missing year names it.
    """

    years: frozenset[int]
    holidays: Mapping[date, str]
    make_up_days: Mapping[date, str]
    supplied: Path | None = None

    def rest_reason(self, day: date) -> str | None:
        """Return why `day` is a day of rest (星期六, 春节放假), or None for a working day.

        Raises:
            CalendarCoverageError: the year of `day` is not covered.
        """
        if day.year not in self.years:
            raise self.uncovered(day)
        if day in self.make_up_days:
            return None
        if day in self.holidays:
            return f"{self.holidays[day]}放假"
        return weekday_name(day) if day.weekday() >= 5 else None

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked; raises as `rest_reason` does."""
        return self.rest_reason(day) is None

    def uncovered(self, day: date, known: str = "") -> CalendarCoverageError:
        """Return the error for the uncovered year of `day`; `known` is what can be told all the same."""
        return CalendarCoverageError(day.year, self.years, self.supplied, known)

    def covers(self, day: date) -> bool:
        """Whether the year of `day` is covered."""
        return day.year in self.years

    def next_working_day(self, day: date) -> date:
        """Return `day`, or the first working day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def last_working_day(self, day: date) -> date:
        """Return `day`, or the last working day before it."""
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return day


def load_calendar(folders: Iterable[Path] = ()) -> WorkingCalendar:
    """Return the calendar of `chinesecalendar` and of every `*.yaml` in `folders`; a supplied year comes first.

    Args:
        folders: the shipped `corpus/calendar`, then the office's own; a folder that does not exist is passed over.
    Raises:
        CorpusFileError: a file breaks the format.
    """
    from chinese_calendar import constants

    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    holidays = {day: names[name] for day, name in constants.holidays.items()}
    make_up = {day: names[name] for day, name in constants.workdays.items()}
    years = set(range(min(holidays).year, max(holidays).year + 1))
    places = list(folders)
    for path in (path for folder in places for path in sorted(folder.glob("*.yaml"))):
        year, off, worked = _read_year(path)
        for known in (holidays, make_up):
            for day in [day for day in known if day.year == year]:
                del known[day]
        for day in (*off, *worked):
            holidays.pop(day, None)
            make_up.pop(day, None)
        holidays.update(off)
        make_up.update(worked)
        years.add(year)
    return WorkingCalendar(frozenset(years), holidays, make_up, places[-1] if places else None)


def _read_year(path: Path) -> tuple[int, dict[date, str], dict[date, str]]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = "不是正确的 YAML，或者写了不存在的日期。"
        raise CorpusFileError(path, (mark.line if mark else 0) + 1, problem) from error
    if not isinstance(data, dict) or set(data) != {"year", "source", "holidays"}:
        raise CorpusFileError(path, 1, "日历文件应当正好有 year、source、holidays 三项。")
    year, entries = data["year"], data["holidays"]
    if type(year) is not int or not isinstance(entries, list) or not entries:
        raise CorpusFileError(path, 1, "year 应当是年份，holidays 应当是当年各个节日的列表。")
    if not data["source"]:
        raise CorpusFileError(path, 1, "source 要写明放假通知的名称或者文号。")
    off: dict[date, str] = {}
    worked: dict[date, str] = {}
    for number, entry in enumerate(entries, start=1):
        _read_holiday(path, year, number, entry, off, worked)
    return year, off, worked


def _read_holiday(
    path: Path, year: int, number: int, entry: object, off: dict[date, str], worked: dict[date, str]
) -> None:
    where = f"holidays 第{number}项"
    if not isinstance(entry, dict) or set(entry) - _ENTRY_KEYS or not {"name", "from", "until"} <= set(entry):
        raise CorpusFileError(path, 1, f"{where}应当有 name、from、until，可以有 make_up。")
    first, last, make_up = entry["from"], entry["until"], entry.get("make_up") or []
    if not isinstance(make_up, list) or any(type(day) is not date for day in (first, last, *make_up)):
        raise CorpusFileError(path, 1, f"{where}的日期应当写成 {year}-01-01 的样子。")
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not 1 <= len(span) <= 15 or any(abs(day.year - year) > 1 for day in (*span, *make_up)):
        raise CorpusFileError(path, 1, f"{where}的起止日期不对，或者不在 {year} 年。")
    for day in make_up:
        if day.weekday() < 5:
            raise CorpusFileError(path, 1, f"{where}的调休上班日 {day} 是{weekday_name(day)}，本来就上班。")
        worked[day] = str(entry["name"])
    off.update(dict.fromkeys(span, str(entry["name"])))
    if clash := sorted(set(off) & set(worked)):
        raise CorpusFileError(path, 1, f"{clash[0]} 既写成放假又写成上班。")
