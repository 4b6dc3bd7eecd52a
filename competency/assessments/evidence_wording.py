"""What evidence rules ask for and what is missing, in words of the page's language."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext, ngettext

from competency.assessments.evidence_rules import UnitSufficiency
from competency.assessments.schema import Point, Sufficiency
from competency.frameworks.rule_words import evidence_asked
from competency.frameworks.schema import AssessmentMethod, EvidenceRule


def asked_evidence(rule: EvidenceRule, found: Sufficiency) -> tuple[str, ...]:
    """Return what an evidence rule asks for, and what of it is missing."""
    lines = list(evidence_asked(rule))
    if not found.suffices:
        lines.append(gettext("so far %(num)s count", num=found.counted))
        lines.extend(_missing(found))
    return tuple(lines)


def _missing(found: Sufficiency) -> Iterator[str]:
    """Yield what is missing, and why pieces that are there don't count."""
    if found.missing:
        yield ngettext("%(num)d more is missing", "%(num)d more are missing", found.missing)
    if found.missing_sources:
        yield ngettext(
            "from %(num)d more person", "from %(num)d more people", found.missing_sources
        )
    if found.other_kind:
        yield ngettext(
            "%(num)d is of another kind", "%(num)d are of another kind", found.other_kind
        )
    if found.too_old:
        yield ngettext("%(num)d is too old", "%(num)d are too old", found.too_old)
    if found.ended:
        yield ngettext("%(num)d counts no longer", "%(num)d count no longer", found.ended)


def asked_of_unit(one: UnitSufficiency) -> tuple[str, ...]:
    """Return what a unit asks for as a whole, and what of it is missing."""
    lines = asked_evidence(one.unit.evidence, one.found) if one.unit.evidence else ()
    if AssessmentMethod.PRACTICAL_TEST not in one.unit.assessment_methods:
        return lines
    test = (
        gettext("practical test in situation: none yet")
        if one.test_missing
        else gettext("practical test in situation: there is one")
    )
    return (*lines, test)


def point_label(point: Point) -> str:
    """Return what a doubt says that evidence is not, in words."""
    return {
        Point.VALID: gettext("Not valid: it doesn't show what the criterion asks"),
        Point.AUTHENTIC: gettext("Not authentic: it isn't the person's own work"),
        Point.CURRENT: gettext("Not current: it says too little about today"),
        Point.SUFFICIENT: gettext("Not sufficient: it shows too little"),
    }[point]
