"""What is wrong in files of measurements: which file, row and column, and what to do; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from competency.errors import message_id

FAULTS_KEPT = 200
"""How many faults a report holds; nobody mends more in one sitting."""


class Wrong(StrEnum):
    """What can be wrong with a cell or a row."""

    NO_PERSON = "no_person"
    UNKNOWN_PERSON = "unknown_person"
    NOT_EMPLOYED = "not_employed"
    NO_DAY = "no_day"
    BAD_DAY = "bad_day"
    FUTURE = "future"
    NO_CAMPAIGN = "no_campaign"
    UNKNOWN_CAMPAIGN = "unknown_campaign"
    SEVERAL_CAMPAIGNS = "several_campaigns"
    NO_KPI = "no_kpi"
    UNKNOWN_KPI = "unknown_kpi"
    BAD_NUMBER = "bad_number"
    BAD_TIME = "bad_time"
    TOO_FINE = "too_fine"
    TOO_LARGE = "too_large"
    NEGATIVE = "negative"
    ALONE = "alone"
    NOT_DIVIDED = "not_divided"
    TWICE = "twice"
    LONG_REFERENCE = "long_reference"


MESSAGES: Mapping[Wrong, str] = {
    Wrong.NO_PERSON: message_id("Nobody is named; write who it is about."),
    Wrong.UNKNOWN_PERSON: message_id("“%(value)s” is nobody; map it to a person, or mend it."),
    Wrong.NOT_EMPLOYED: message_id("“%(value)s” was not employed on that day; mend the day."),
    Wrong.NO_DAY: message_id("There is no day; write it."),
    Wrong.BAD_DAY: message_id("“%(value)s” is not a day in the order that the profile says."),
    Wrong.FUTURE: message_id("“%(value)s” is still to come; mend the day."),
    Wrong.NO_CAMPAIGN: message_id("No campaign is named; write its code."),
    Wrong.UNKNOWN_CAMPAIGN: message_id("“%(value)s” is no campaign; use its code or its name."),
    Wrong.SEVERAL_CAMPAIGNS: message_id(
        "“%(value)s” works on several campaigns that day; take the campaign from a column."
    ),
    Wrong.NO_KPI: message_id("No indicator is named; write which."),
    Wrong.UNKNOWN_KPI: message_id(
        "“%(value)s” is no indicator of a person; add it to the names of the profile."
    ),
    Wrong.BAD_NUMBER: message_id("“%(value)s” is not a number as the profile says; mend it."),
    Wrong.BAD_TIME: message_id("“%(value)s” is not a time as the profile says; mend it."),
    Wrong.TOO_FINE: message_id("“%(value)s” is finer than a thousandth; let the profile round."),
    Wrong.TOO_LARGE: message_id("“%(value)s” is more than a day can hold (150,000); mend it."),
    Wrong.NEGATIVE: message_id("“%(value)s” is less than nothing; mend it."),
    Wrong.ALONE: message_id("Of numerator and denominator one is missing; write both or none."),
    Wrong.NOT_DIVIDED: message_id("This indicator is a plain sum; leave the denominator empty."),
    Wrong.TWICE: message_id("“%(value)s” has this day twice with different values; keep one."),
    Wrong.LONG_REFERENCE: message_id(
        "A contact's reference, channel or line has at most 80, 64 and 80 letters; shorten it."
    ),
}

WORDED = ("reason", "remedy")
"""Params that are messages themselves; the other ones are filled into them too."""
SHOWN = 60
"""Letters of a cell that a fault repeats."""


@dataclass(frozen=True)
class ImportFault:
    """One thing to mend; ``row`` counts from 1, the headings being row 1, and is 0 for a file."""

    file: str
    row: int
    column: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence without its place, in the language of ``translate``."""
        worded = {
            name: translate(str(self.params[name])) % self.params
            for name in WORDED
            if name in self.params
        }
        params, text = {**self.params, **worded}, translate(self.message)
        return text % params if params else text

    def __str__(self) -> str:
        """Return the English sentence with its place."""
        text = self.said()
        place = ", ".join(
            part for part in (self.file, f"row {self.row}" if self.row else "", self.column) if part
        )
        return f"{place}: {text}"


def fault_of(file: str, row: int, column: str, wrong: Wrong, value: str | None) -> ImportFault:
    """Return the fault of one cell."""
    message = MESSAGES[wrong]
    shown = "".join(c if c.isprintable() else "�" for c in (value or "")[: SHOWN + 1])
    if len(shown) > SHOWN:
        shown = shown[: SHOWN - 1] + "…"
    params = {"value": shown} if "%(value)s" in message else {}
    return ImportFault(file, row, column, message, params)
