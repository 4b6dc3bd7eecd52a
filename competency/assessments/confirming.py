"""What a submission confirms of its evidence, and how evidence stands, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from competency.assessments.evidence import evidence_facts, keyed_facts
from competency.assessments.evidence_rules import unit_sufficiency
from competency.assessments.evidence_wording import asked_evidence, asked_of_unit, point_label
from competency.assessments.models import Evidence
from competency.assessments.presenters import EvidenceLine, evidence_lines
from competency.assessments.queries import Loaded
from competency.assessments.rules import in_scope, sufficiency
from competency.assessments.schema import AssessorKind, Confirmations, Doubt, Mode, Point
from competency.frameworks.numbering import numbers


@dataclass(frozen=True)
class Piece:
    """One evidence to be confirmed, with the numbers of the criteria that it speaks to.

    ``points`` and ``reason`` are what is said against it so far.
    """

    line: EvidenceLine
    numbers: str
    chosen: str
    points: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Shortfall:
    """A criterion or unit with less evidence than it asks for, and the reason so far."""

    id: str
    number: str
    title: str
    reason: str
    of_unit: bool = False


@dataclass(frozen=True)
class ToConfirm:
    """What a submission asks for beside the judgements; only a certification binds."""

    pieces: tuple[Piece, ...]
    shortfalls: tuple[Shortfall, ...]
    binds: bool
    points: tuple[tuple[str, str], ...]
    """The four points that may not hold, worded."""


@dataclass(frozen=True)
class Asked:
    """How the evidence of one criterion or unit stands, in words; empty where nothing is asked."""

    text: str
    suffices: bool
    count: int = 0

    def as_json(self) -> dict[str, object]:
        """Return what the page's script shows."""
        return {"text": self.text, "suffices": self.suffices, "count": self.count}


@dataclass(frozen=True)
class Standing:
    """How all evidence of an appraisal stands, by id of criterion and of unit."""

    criteria: Mapping[str, Asked]
    units: Mapping[str, Asked]


def _asked(loaded: Loaded) -> frozenset[str] | None:
    """Return the criteria whose evidence the lead confirms: in a later round those judged anew.

    What carries over brings what was confirmed with it.
    """
    return loaded.asked_of(AssessorKind.LEAD)


def evidence_standing(
    loaded: Loaded,
    evidence: Mapping[str, Sequence[Evidence]],
    today: date,
    excused: frozenset[str] = frozenset(),
) -> Standing:
    """Return how the evidence of an appraisal stands today."""
    framework = loaded.framework
    criteria = {}
    for i in in_scope(framework, _asked(loaded)):
        rule, found = framework.criterion(i).evidence, evidence.get(i, ())
        enough = sufficiency(rule, evidence_facts(found), today)
        words = "; ".join(asked_evidence(rule, enough)) if rule else ""
        criteria[i] = Asked(words, enough.suffices or i in excused, len(found))
    kept = frozenset(criteria) - excused
    units = {
        one.unit.id: Asked("; ".join(asked_of_unit(one)), one.suffices)
        for one in unit_sufficiency(framework, kept, keyed_facts(evidence), today)
    }
    return Standing(criteria, units)


def to_confirm(
    loaded: Loaded,
    evidence: Mapping[str, Sequence[Evidence]],
    *,
    today: date,
    excused: frozenset[str],
    said: Confirmations,
) -> ToConfirm:
    """Return each evidence to be confirmed, and in a certification what falls short.

    ``said`` is what was said so far; evidence of which nothing was said counts as relied on.
    """
    binds = loaded.appraisal.mode is Mode.CERTIFICATION
    pieces = _pieces(loaded, evidence, said)
    relied = {
        i: [e for e in found if said.relied_on.get(e.public_id, True)]
        for i, found in evidence.items()
    }
    short = _shortfalls(loaded, relied, today, excused, said) if binds else ()
    points = tuple((point.value, point_label(point)) for point in Point)
    return ToConfirm(pieces, short, binds, points)


def _pieces(
    loaded: Loaded, evidence: Mapping[str, Sequence[Evidence]], said: Confirmations
) -> tuple[Piece, ...]:
    """Return each evidence once, with what was said of it."""
    place = numbers(loaded.framework)
    found: dict[str, tuple[Evidence, list[str]]] = {}
    for i in in_scope(loaded.framework, _asked(loaded)):
        for each in evidence.get(i, ()):
            found.setdefault(each.public_id, (each, []))[1].append(place[i])
    chosen = {True: "yes", False: "no", None: ""}
    nothing = Doubt((), "")
    return tuple(
        Piece(
            evidence_lines([each])[0],
            ", ".join(about),
            chosen[said.relied_on.get(i)],
            frozenset(said.doubts.get(i, nothing).points),
            said.doubts.get(i, nothing).reason,
        )
        for i, (each, about) in found.items()
    )


def _shortfalls(
    loaded: Loaded,
    relied: Mapping[str, Sequence[Evidence]],
    today: date,
    excused: frozenset[str],
    said: Confirmations,
) -> tuple[Shortfall, ...]:
    """Return what falls short of a rule: criteria first, then units."""
    framework, place = loaded.framework, numbers(loaded.framework)
    kept = [i for i in in_scope(framework, _asked(loaded)) if i not in excused]
    short = [
        Shortfall(i, place[i], framework.criterion(i).title, said.shortfalls.get(i, ""))
        for i in kept
        if not sufficiency(
            framework.criterion(i).evidence, evidence_facts(relied.get(i, ())), today
        ).suffices
    ]
    short += [
        Shortfall(
            one.unit.id,
            place[one.unit.id],
            one.unit.title,
            said.shortfalls.get(one.unit.id, ""),
            of_unit=True,
        )
        for one in unit_sufficiency(framework, frozenset(kept), keyed_facts(relied), today)
        if not one.found.suffices
    ]
    return tuple(short)
