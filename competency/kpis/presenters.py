"""KPI definitions as pages show them, in the page's language; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext, pgettext

from competency.frameworks.parts import InferredReading
from competency.frameworks.published_files import Published
from competency.frameworks.schema import KpiRole
from competency.frameworks.spoken import Spoken, Wording, readings_of
from competency.kpis.queries import Link, Use
from competency.kpis.schema import (
    Aggregation,
    Direction,
    Kpi,
    Kpis,
    KpiScope,
    MeasureUnit,
    is_about_one_person,
)


@dataclass(frozen=True)
class ShownKpi:
    """A definition, how its file reads, and what links or names it."""

    kpi: Kpi
    file: Published[Kpis]
    wording: Wording
    links: Sequence[Link]
    uses: Sequence[Use]

    @property
    def anchor(self) -> str:
        """Return where on the page it stands."""
        return anchor(self.file, self.kpi)

    @property
    def can_be_about_one_person(self) -> bool:
        """Return whether a source's legal basis can allow its use about one person."""
        return is_about_one_person(self.kpi)

    @property
    def readings(self) -> tuple[InferredReading, ...]:
        """Return what its file read into the source about it."""
        return readings_of(self.file.value.inferred, f"kpis[{self.kpi.id}]")


def anchor(file: Published[Kpis], kpi: Kpi) -> str:
    """Return where on the page a definition stands; two files may have the same id."""
    return f"{file.row.slug}/{kpi.id}"


def titles_of_kpis(
    files: Iterable[Published[Kpis]], language: str
) -> dict[str, tuple[str, Spoken]]:
    """Return where each KPI stands on the page of definitions, and its title, by its id."""
    found: dict[str, tuple[str, Spoken]] = {}
    for file in files:
        wording = file.wording(language)
        for kpi in file.value.kpis:
            found.setdefault(kpi.id, (anchor(file, kpi), wording.of(kpi.id, kpi.title)))
    return found


def unit_label(unit: MeasureUnit) -> str:
    """Return what a value counts, in words."""
    return {
        MeasureUnit.COUNT: gettext("A number of things"),
        MeasureUnit.SHARE: gettext("A share of a whole"),
        MeasureUnit.SECONDS: gettext("Seconds"),
        MeasureUnit.SCORE: gettext("A score"),
    }[unit]


def direction_label(direction: Direction) -> str:
    """Return which way is better, in words."""
    return {
        Direction.HIGHER: gettext("More is better"),
        Direction.LOWER: gettext("Less is better"),
        Direction.IN_RANGE: gettext("Best within a range"),
        Direction.UNSTATED: gettext("The source doesn't say which way is better"),
    }[direction]


def aggregation_label(aggregation: Aggregation) -> str:
    """Return how days and people are put together, in words."""
    return {
        Aggregation.RATIO_OF_SUMS: gettext("One sum divided by the other, never a mean of ratios"),
        Aggregation.SUM: gettext("Added up"),
    }[aggregation]


def scope_label(scope: KpiScope) -> str:
    """Return about whom a KPI can say something, in words."""
    return {
        KpiScope.AGENT: gettext("One agent"),
        KpiScope.TEAM: gettext("A team"),
        KpiScope.QUEUE: gettext("A queue, never one agent"),
    }[scope]


def breakdown_label(name: str) -> str:
    """Return what a KPI is broken down by, in words; one that a file made up as it is."""
    return {
        "channel": pgettext("broken down by", "Channel"),
        "complexity": pgettext("broken down by", "Complexity"),
        "campaign": pgettext("broken down by", "Campaign"),
    }.get(name, name)


def role_label(role: KpiRole) -> str:
    """Return what a KPI is to a criterion, in words."""
    return {
        KpiRole.EVIDENCE: gettext("as evidence"),
        KpiRole.CONTEXT: gettext("as context only"),
        KpiRole.GATE: gettext("as a condition"),
    }[role]
