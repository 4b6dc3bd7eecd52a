"""Due dates as a calendar file (RFC 5545), which calendar programs read; pure.

Each is an all-day event that takes no time of the day. Its UID stays the same whenever
the file is made, so that reading it again moves an event instead of adding one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_OCTETS = 75
"""How many octets a line has at most, its break not counted (RFC 5545, 3.1)."""
PRODUCT = "-//Competency//Due dates//EN"


@dataclass(frozen=True)
class DueDate:
    """One day with what is due on it; ``key`` tells it from all others, for ever."""

    key: str
    day: date
    summary: str
    url: str


def calendar(dates: Iterable[DueDate], *, host: str, now: datetime) -> bytes:
    """Return the file: UTF-8, lines folded and ended by CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "METHOD:PUBLISH"]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for each in dates:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{each.key}@{host}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(each.summary)}",
            f"URL:{each.url}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Return a text as a value: on one line, its signs of the format escaped."""
    one_line = " ".join(text.split())
    return one_line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> bytes:
    """Return a line in parts of at most 75 octets, never split inside a character."""
    parts, part = [], b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LINE_OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part])
