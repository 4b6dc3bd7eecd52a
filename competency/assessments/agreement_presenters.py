"""Agreement of a cycle's assessors as pages say it: plain words first, then coefficients.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, format_percent, gettext, ngettext

from competency.assessments.agreement import (
    Coefficient,
    Interval,
    Pair,
    Undefined,
    alpha_of,
    kappa,
    percent_agreement,
    quadratic,
)
from competency.assessments.agreement_queries import Levels, Severity
from competency.assessments.schema import AssessorKind
from competency.frameworks.schema import Framework


@dataclass(frozen=True)
class ShownCoefficient:
    """One coefficient in words; where it has no value ``value`` says why."""

    name: str
    value: str
    interval: str
    pairs: int


@dataclass(frozen=True)
class OnOneScale:
    """The coefficients of the criteria that share a scale; ``levels`` names it, lowest first."""

    levels: str
    coefficients: tuple[ShownCoefficient, ...]


@dataclass(frozen=True)
class ShownAgreement:
    """How far two kinds of assessors agree; ``note`` says how to read it, where that is needed."""

    who: str
    plain: str
    note: str
    scales: tuple[OnOneScale, ...]


@dataclass(frozen=True)
class ShownSeverity:
    """How often one lead's level was above and below the pooled view, in words."""

    name: str
    above: str
    below: str
    pairs: int


def shown_agreement(
    framework: Framework, pairs: Mapping[AssessorKind, Levels]
) -> tuple[ShownAgreement, ...]:
    """Return the agreement of the lead with each other kind that has pairs."""
    order = (AssessorKind.SECOND, AssessorKind.SELF, AssessorKind.REVIEW)
    return tuple(_shown(framework, kind, pairs[kind]) for kind in order if pairs.get(kind))


def _shown(framework: Framework, kind: AssessorKind, levels: Levels) -> ShownAgreement:
    """Return how far the lead agrees with one other kind."""
    scales: dict[tuple[str, ...], Counter[Pair]] = {}
    named: dict[tuple[str, ...], str] = {}
    same: Counter[Pair] = Counter()
    for (criterion, lead, other), number in levels.items():
        scale = framework.scale_of(criterion)
        pair = (scale.position(lead), scale.position(other))
        scales.setdefault(scale.codes(), Counter())[pair] += number
        named[scale.codes()] = " < ".join(
            (scale.below_label, *(level.label for level in scale.levels))
        )
        same[int(lead == other), 1] += number
    whole = percent_agreement(same)
    share = format_percent(whole.value or 0.0)
    return ShownAgreement(
        _who(kind),
        ngettext(
            "agree on %(share)s (%(num)d pair)",
            "agree on %(share)s (%(num)d pairs)",
            whole.pairs,
            share=share,
        ),
        _note(kind),
        tuple(
            OnOneScale(named[codes] if len(scales) > 1 else "", _coefficients(counts, len(codes)))
            for codes, counts in sorted(scales.items())
        ),
    )


def _who(kind: AssessorKind) -> str:
    """Return who is compared."""
    return {
        AssessorKind.SECOND: gettext("Assessor and second assessor"),
        AssessorKind.SELF: gettext("Assessor and self-assessment"),
        AssessorKind.REVIEW: gettext("Assessor and review"),
    }[kind]


def _note(kind: AssessorKind) -> str:
    """Return what keeps a comparison from being read as two independent views."""
    if kind is AssessorKind.REVIEW:
        return gettext(
            "The reviewer reads the assessor's level first, so this says how much review changed"
            " where it looked one by one."
        )
    return ""


def _coefficients(counts: Mapping[Pair, int], highest: int) -> tuple[ShownCoefficient, ...]:
    """Return every coefficient of pairs of positions from 0 to ``highest``."""
    units = Counter({tuple(sorted(pair)): 0 for pair in counts})
    for pair, number in counts.items():
        units[tuple(sorted(pair))] += number
    return (
        _worded(gettext("Same level"), percent_agreement(counts), in_hundred=True),
        _worded(gettext("Cohen's kappa"), kappa(counts)),
        _worded(gettext("Kappa, quadratic weights"), kappa(counts, quadratic(highest))),
        _worded(gettext("Krippendorff's alpha, ordinal"), alpha_of(units)),
    )


def _worded(name: str, found: Coefficient, *, in_hundred: bool = False) -> ShownCoefficient:
    """Return a coefficient in words."""

    def told(value: float) -> str:
        text = format_percent(value) if in_hundred else format_decimal(value, "0.00")
        return str(text)

    if found.value is None:
        return ShownCoefficient(name, _why(found.why), "", found.pairs)
    return ShownCoefficient(name, told(found.value), _range(found.interval, told), found.pairs)


def _range(interval: Interval | None, told: Callable[[float], str]) -> str:
    """Return an interval in words; empty where there is none."""
    if interval is None:
        return ""
    return gettext("%(low)s to %(high)s", low=told(interval.low), high=told(interval.high))


def _why(why: Undefined | None) -> str:
    """Return why a coefficient has no value."""
    if why is Undefined.ONE_LEVEL:
        return gettext("not defined: everything is at one level")
    return gettext("not defined: no pairs")


def shown_severity(found: list[Severity]) -> tuple[ShownSeverity, ...]:
    """Return the severity of leads in words, in the order given."""
    return tuple(
        ShownSeverity(
            each.name,
            str(format_percent(each.above / each.pairs)),
            str(format_percent(each.below / each.pairs)),
            each.pairs,
        )
        for each in found
    )
