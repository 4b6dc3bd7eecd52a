"""The forms of evidence: a new piece, a new version, and the filter of a portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from competency.assessments.evidence import PAGE_GROUPS, Contents
from competency.assessments.forms import links_of
from competency.assessments.portfolio import Filter, Order
from competency.errors import Invalid
from competency.frameworks.schema import EvidenceKind, Framework

ASKED = {"yes": True, "no": False}
SEARCH_MAXIMUM = 200


@dataclass(frozen=True)
class EvidenceInput:
    """A new piece of evidence as its form says it, without the files."""

    contents: Contents
    links: tuple[tuple[str, str], ...]


def evidence_input(form: MultiDict[str, str]) -> EvidenceInput:
    """Return what the form of a new evidence says; raise ``Invalid``."""
    try:
        kind = EvidenceKind(form.get("kind", ""))
    except ValueError:
        raise Invalid("Choose what kind of evidence it is.", "kind") from None
    try:
        happened_on = date.fromisoformat(form.get("happened_on", ""))
    except ValueError:
        raise Invalid("Say on which day it was, as in 2026-03-31.", "happened_on") from None
    ends = form.get("valid_until", "").strip()
    try:
        valid_until = date.fromisoformat(ends) if ends else None
    except ValueError:
        raise Invalid("Write the last day as in 2027-03-31.", "valid_until") from None
    contents = Contents(
        kind,
        form.get("title", "").strip(),
        form.get("text", "").replace("\r\n", "\n").strip(),
        happened_on,
        place=form.get("place", "").strip(),
        source=form.get("source", "").strip(),
        valid_until=valid_until,
    )
    return EvidenceInput(contents, links_of(form.getlist("criteria")))


def positions_of(values: list[str]) -> list[int]:
    """Return the positions of files that are kept, nonsense left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) < len("100")]


def filter_of(args: MultiDict[str, str], framework: Framework | None) -> Filter:
    """Return the filter of a portfolio; what no page sends filters nothing.

    ``part`` names a unit or a criterion of ``framework``, the one that was chosen.
    """
    group = args.get("group", "")
    order = args.get("order", "")
    return Filter(
        words=args.get("q", "").strip()[:SEARCH_MAXIMUM],
        group=group if group in PAGE_GROUPS else "",
        framework=framework.id if framework else "",
        criteria=_criteria(framework, args.get("part", "")),
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
        recorder=args.get("by", "")[:40],
        has_file=ASKED.get(args.get("file", "")),
        is_linked=ASKED.get(args.get("linked", "")),
        set_aside=args.get("aside") == "yes",
        order=Order(order) if order in set(Order) else Order.NEWEST,
    )


def _criteria(framework: Framework | None, part: str) -> frozenset[str]:
    """Return the criteria of the unit or the criterion of that id; none for strange ids."""
    if framework is None or not part:
        return frozenset()
    for unit in framework.all_units():
        if unit.id == part:
            return frozenset(criterion.id for criterion in framework.criteria_in(unit))
    return frozenset({part})


def _day(text: str) -> date | None:
    """Return a date, ``None`` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
