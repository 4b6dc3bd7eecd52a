"""A finding as data: what a page shows of it, what is frozen with it, what gates ask; pure.

Numbers are text with six places: the same finding is the same bytes on every database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from competency.frameworks.schema import KpiLink, KpiRole
from competency.kpis.figures import value_of
from competency.kpis.findings import Asked, Finding, Threshold
from competency.kpis.intervals import CONFIDENCE, Moments
from competency.kpis.models import SCALE
from competency.kpis.schema import Kpi

Data = dict[str, object]


class Refusal(StrEnum):
    """Why an indicator says nothing about a person, or about their team."""

    NO_DEFINITION = "no_definition"
    NOT_PERSONAL = "not_personal"
    NO_BASIS = "no_basis"
    NOT_MEASURED = "not_measured"
    TOO_FEW = "too_few"
    HUMAN_RESOURCES = "human_resources"


@dataclass(frozen=True)
class Origin:
    """Since when thresholds hold, and for whom; without a day none is set."""

    since: date | None = None
    where: str = ""
    """What a row is narrowed to, as in ``campaign ALFA``; empty for everywhere."""


def asked_by(link: KpiLink, codes: Sequence[str]) -> Asked:
    """Return what a link asks; ``codes`` are the levels of the criterion's scale, in order."""
    minimum = link.minimum
    return Asked(
        levels={code: Threshold(link.levels[code]) for code in codes if code in link.levels},
        minimum_days=(minimum.days or 0) if minimum else 0,
        minimum_divisor=(minimum.denominator or 0) if minimum else 0,
        confidence=CONFIDENCE if link.confidence is None else float(link.confidence),
    )


def facts_of(
    kpi: Kpi,
    titles: Mapping[str, str],
    role: KpiRole,
    asked: Asked,
    found: Finding,
    *,
    first: date,
    last: date,
    steps: Sequence[Moments],
    origin: Origin,
    examples: Mapping[str, str],
    sources: Sequence[Mapping[str, str]],
) -> Data:
    """Return a finding as data; ``sources`` say where figures came from and on which basis.

    ``titles`` are the indicator's names, by language, ``examples`` the thresholds of the
    framework's file, which are not in force.
    """
    return {
        "kpi": kpi.id,
        "title": kpi.title,
        "titles": dict(titles),
        "unit": kpi.unit.value,
        "direction": kpi.direction.value,
        "role": role.value,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "days": found.days,
        "numerator": _text(found.numerator),
        "divisor": _text(found.divisor),
        "value": _text(found.value),
        "low": _text(found.between.low if found.between else None),
        "high": _text(found.between.high if found.between else None),
        "confidence": _text(asked.confidence),
        "levels": [
            {"level": code, "threshold": asked.levels[code].text, "verdict": verdict.value}
            for code, verdict in found.verdicts.items()
        ],
        "lowest": found.lowest,
        "highest": found.highest,
        "likeliest": found.likeliest,
        "trend": found.trend.value,
        "steps": [_text(value_of(kpi, one)) for one in steps],
        "thresholds_since": None if origin.since is None else origin.since.isoformat(),
        "thresholds_where": origin.where,
        "examples": dict(examples),
        "sources": [dict(one) for one in sources],
        "scale": SCALE,
    }


def refused(
    link: KpiLink, why: Refusal, kpi: Kpi | None = None, titles: Mapping[str, str] | None = None
) -> Data:
    """Return that an indicator says nothing, and why, as data."""
    return {
        "kpi": link.kpi,
        "title": link.kpi if kpi is None else kpi.title,
        "titles": dict(titles or {}),
        "role": link.role.value,
        "refused": why.value,
    }


def verdicts(facts: Mapping[str, object]) -> dict[str, str]:
    """Return what a finding says of each level, by the level's code."""
    levels = facts.get("levels", [])
    return {str(one["level"]): str(one["verdict"]) for one in levels}  # type: ignore[attr-defined]


def is_decided_about(facts: Mapping[str, object]) -> bool:
    """Return whether the assessor decides about a finding: not of context, nor of a condition."""
    return facts.get("role") == KpiRole.EVIDENCE.value and "refused" not in facts


def is_sufficient(facts: Mapping[str, object]) -> bool:
    """Return whether enough was measured to say anything."""
    return facts.get("low") is not None


def _text(value: float | None) -> str | None:
    """Return a number as text with six places."""
    return None if value is None else f"{value:.6f}"
