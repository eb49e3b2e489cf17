"""Due dates as an iCalendar file (RFC 5545), which every calendar programme reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DueDate:
    """One all-day entry.

    Attributes:
        uid: the same for the same thing, so that a second import replaces the first.
        alarm_days: how many days before the entry reminds; 0 for no reminder.
    """

    uid: str
    day: date
    summary: str
    description: str
    alarm_days: int = 3


def write_calendar(entries: Iterable[DueDate], written_on: date) -> str:
    """Return the text of an .ics file, lines ended by CRLF.

    Args:
        entries: what is due.
        written_on: the day the file is made, for DTSTAMP.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gongkai//deadlines//ZH", "CALSCALE:GREGORIAN"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{written_on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escape(entry.summary)}",
            f"DESCRIPTION:{_escape(entry.description)}",
            "TRANSP:TRANSPARENT",
        ]
        if entry.alarm_days:
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escape(entry.summary)}"]
            lines += [f"TRIGGER:-P{entry.alarm_days}D", "END:VALARM"]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _escape(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _fold(line: str) -> str:
    """Break a line before 75 octets, never inside a character."""
    parts, size, current = [], 0, ""
    for ch in line:
        octets = len(ch.encode("utf-8"))
        if size + octets > 74:
            parts.append(current)
            current, size = "", 0
        current += ch
        size += octets
    return "\r\n ".join((*parts, current))
