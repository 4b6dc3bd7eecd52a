"""What somebody still lacks who applies to be certified; pure.

``unmet`` follows from its facts alone: no clock, no database. An exception can be made to
every condition but those in ``BINDING``, which the opening of a certification needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from competency.clock import months_before


class Condition(StrEnum):
    """What an applicant is to meet."""

    EMPLOYED = "employed"
    UNDER_WAY = "under_way"
    CERTIFICATION_OPEN = "certification_open"
    ATTESTED = "attested"
    MONTHS_EMPLOYED = "months_employed"
    DAYS_SINCE = "days_since"


BINDING = frozenset({Condition.EMPLOYED, Condition.UNDER_WAY})


@dataclass(frozen=True)
class EligibilityFacts:
    """All that eligibility follows from."""

    today: date
    hired_on: date
    left_on: date | None = None
    is_under_way: bool = False
    """Whether an appraisal or a certification against the framework is unfinished."""
    open_units: frozenset[str] = frozenset()
    """Units of certifications that were submitted or suspended and are not closed."""
    attested: Mapping[str, date | None] = field(default_factory=dict)
    """Units with a document that stands today, each with its last day if it has one."""
    not_reached_on: date | None = None
    """When the last certification of the framework that was not reached was decided."""
    months_least: int = 0
    days_least: int = 0


@dataclass(frozen=True)
class Unmet:
    """One condition that is not met: of which units, and what it is about.

    ``least`` months or days are asked for, counted from ``since``; ``until`` is the last
    day on which it stands in the way, where that is known.
    """

    condition: Condition
    units: tuple[str, ...] = ()
    least: int = 0
    since: date | None = None
    until: date | None = None

    @property
    def is_binding(self) -> bool:
        """Return whether no exception can be made."""
        return self.condition in BINDING


def unmet(facts: EligibilityFacts, units: Sequence[str]) -> tuple[Unmet, ...]:
    """Return what somebody lacks today to be certified for some units; nothing where all is met."""
    found = []
    left = facts.left_on is not None and facts.left_on <= facts.today
    if left or facts.hired_on > facts.today:
        found.append(Unmet(Condition.EMPLOYED))
    if facts.is_under_way:
        found.append(Unmet(Condition.UNDER_WAY))
    opened = tuple(unit for unit in units if unit in facts.open_units)
    if opened:
        found.append(Unmet(Condition.CERTIFICATION_OPEN, opened))
    held = tuple(unit for unit in units if unit in facts.attested)
    if held:
        until = _latest(facts.attested[unit] for unit in held)
        found.append(Unmet(Condition.ATTESTED, held, until=until))
    if facts.hired_on > months_before(facts.today, facts.months_least):
        since, least = facts.hired_on, facts.months_least
        found.append(Unmet(Condition.MONTHS_EMPLOYED, least=least, since=since))
    if facts.not_reached_on is not None:
        until = facts.not_reached_on + timedelta(days=facts.days_least)
        if facts.today < until:
            since, least = facts.not_reached_on, facts.days_least
            last = until - timedelta(days=1)
            found.append(Unmet(Condition.DAYS_SINCE, least=least, since=since, until=last))
    return tuple(found)


def _latest(days: Iterable[date | None]) -> date | None:
    """Return the last of some last days, ``None`` where one has no end."""
    known = list(days)
    return None if None in known else max(day for day in known if day is not None)
