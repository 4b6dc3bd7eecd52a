"""Value types of observations; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

KPI = "quality-score"
"""The indicator that handed in observations are the measurements of."""
SCALE = 1000
"""Points are kept in whole thousandths, as measurements are."""
ITEMS_MAXIMUM = 30
WEIGHT_MAXIMUM = 20
CAP_MAXIMUM = 99
TITLE_MAXIMUM = 120
REFERENCE_MAXIMUM = 80
CHANNEL_MAXIMUM = 64
LINE_MAXIMUM = 80
NOTE_MAXIMUM = 2000


class Mark(StrEnum):
    """What was seen of one behaviour in a contact; of a prohibition, whether it was avoided."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class StepKind(StrEnum):
    """What was done about an observation after it was handed in."""

    REPLY = "reply"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    CHANGE = "change"


@dataclass(frozen=True)
class Item:
    """One behaviour of a form: how much it weighs, and whether failing it caps the score."""

    criterion_id: str
    weight: int
    critical: bool = False


@dataclass(frozen=True)
class NewForm:
    """What a version of a form holds."""

    framework_public_id: str
    title: str
    items: tuple[Item, ...]
    cap_percent: int
    channel: str = ""
    script_id: str = ""


@dataclass(frozen=True)
class Mapped:
    """A behaviour of one framework, and the criterion of another that it speaks to."""

    behaviours_slug: str
    behaviour_id: str
    framework_slug: str
    criterion_id: str


@dataclass(frozen=True)
class Contact:
    """Which contact was watched: its reference, its day, its channel and its line."""

    reference: str
    day: date
    channel: str = ""
    line: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is written on a sheet: a mark and a note for each item, and a note on the whole."""

    marks: dict[str, Mark]
    notes: dict[str, str]
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """What permission is decided on, beside where the person stands."""

    observer_id: int
    handed_in: bool
    observer_supervisor_id: int | None = None
    disputed: bool = False
    """Whether a dispute waits for its answer."""
    was_disputed: bool = False
