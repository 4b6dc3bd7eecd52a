"""How results are formed, in words: the rules of a framework as a page tells them.

The sentences are in the page's language; words of the framework inside them are marked
with the language that they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale
from flask_babel import format_decimal, format_percent, get_locale, gettext, ngettext
from markupsafe import Markup, escape

from competency.errors import message_id
from competency.frameworks.outcome_schema import (
    Counting,
    UnitRule,
)
from competency.frameworks.schema import (
    COMPETENT,
    EvidenceKind,
    EvidenceRule,
    Framework,
    Scale,
    Unit,
)
from competency.frameworks.scoring_words import composed, gate_words, is_plain, said_in

_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.DIRECT_PERFORMANCE: message_id("Seen at work"),
    EvidenceKind.DIRECT_PRODUCT: message_id("Something produced"),
    EvidenceKind.PRACTICAL_TEST: message_id("Practical test"),
    EvidenceKind.SIMULATION: message_id("Simulation"),
    EvidenceKind.KNOWLEDGE_TEST: message_id("Knowledge test"),
    EvidenceKind.INTERVIEW: message_id("Interview"),
    EvidenceKind.INDIRECT: message_id("Indirect evidence"),
    EvidenceKind.KPI: message_id("Indicator"),
    EvidenceKind.OBSERVATION: message_id("Observation"),
    EvidenceKind.STATEMENT: message_id("Statement"),
}
"""Marked, not translated: a page words many pieces of evidence, each by one of these."""


def evidence_kind_label(kind: EvidenceKind) -> str:
    """Return a kind of evidence in words."""
    return _kind_label(kind, get_locale())


@cache
def _kind_label(kind: EvidenceKind, _language: Locale | None) -> str:
    """Return a kind in the page's language, which ``_language`` names."""
    return str(gettext(_KINDS[kind]))


def evidence_asked(rule: EvidenceRule) -> tuple[str, ...]:
    """Return what an evidence rule asks for, point by point."""
    lines = [ngettext("%(num)d piece is asked for", "%(num)d pieces are asked for", rule.minimum)]
    if rule.kinds:
        kinds = ", ".join(evidence_kind_label(kind) for kind in rule.kinds)
        lines.append(gettext("of these kinds: %(kinds)s", kinds=kinds))
    if rule.max_age_days is not None:
        days = rule.max_age_days
        lines.append(ngettext("at most %(num)d day old", "at most %(num)d days old", days))
    if rule.distinct_sources is not None:
        people = rule.distinct_sources
        lines.append(ngettext("from %(num)d person", "from %(num)d different people", people))
    return tuple(lines)


@dataclass(frozen=True)
class ResultWords:
    """How a framework's results are formed; each a whole sentence, or a few.

    ``own`` has the rules of the units that have one of their own, by the unit's id.
    """

    unit: Markup
    whole: Markup
    own: Mapping[str, Markup]
    evidence: str
    leaves_levels_undefined: bool


def result_words(framework: Framework, spoken: str) -> ResultWords:
    """Return the rules of a framework, whose words are in the language ``spoken``."""
    criteria, rules = framework.criteria(), framework.outcome
    asking = sum(criterion.evidence is not None for criterion in criteria)
    return ResultWords(
        unit=_unit(
            framework,
            rules.unit,
            tuple(unit for unit in framework.all_units() if unit.outcome is None),
            spoken,
        ),
        whole=_whole(framework, spoken),
        own={
            unit.id: _unit(framework, unit.outcome, (unit,), spoken)
            for unit in framework.all_units()
            if unit.outcome is not None
        },
        evidence=_evidence(asking, len(criteria)),
        leaves_levels_undefined=any(
            framework.awardable(criterion.id) != framework.scale_of(criterion.id).codes()
            for criterion in criteria
        ),
    )


def _unit(framework: Framework, rule: UnitRule, units: Sequence[Unit], spoken: str) -> Markup:
    """Return in words the rule of ``units``, which have it."""
    if not is_plain(rule):
        return composed(framework, rule, units[0] if units else None, spoken)
    gates = gate_words(rule, units[0] if units else None, framework, spoken)
    if rule.rule == "minimum":
        words = escape(gettext("The lowest decides: a unit has the level of its lowest criterion."))
        return Markup(" ").join([words, *gates])
    scales = [framework.scale_of(c.id) for unit in units for c in unit.criteria]
    having = [scale for scale in scales if rule.at_least in scale.codes()]
    lines = [
        escape(_of_a_unit(rule, having))
        % {
            "result": _result(framework, spoken),
            "level": _levels(having, rule.at_least, spoken),
            "needed": _needed(rule),
        }
    ]
    if 0 < len(having) < len(scales):
        lines.append(escape(gettext("On a scale without that level its lowest one is asked for.")))
    if any(unit.units for unit in units):
        lines.append(escape(gettext("The units inside it are required too.")))
    return Markup(" ").join([*lines, *_floor(framework, rule, spoken), *gates])


def _of_a_unit(rule: UnitRule, having: Sequence[Scale]) -> str:
    """Return the sentence of a unit's rule, to be filled in; ``having`` have its level."""
    is_counted = rule.rule == "n_of"
    if not having:
        return (
            gettext(
                "Enough are required: %(result)s when at least %(needed)s of the criteria are at "
                "the lowest level that they have, or above."
            )
            if is_counted
            else gettext(
                "All are required: %(result)s when every criterion is at the lowest level that it "
                "has, or above."
            )
        )
    if all(scale.codes()[-1] == rule.at_least for scale in having):
        return (
            gettext(
                "Enough are required: %(result)s when at least %(needed)s of the criteria are "
                "judged %(level)s."
            )
            if is_counted
            else gettext("All are required: %(result)s when every criterion is judged %(level)s.")
        )
    return (
        gettext(
            "Enough are required: %(result)s when at least %(needed)s of the criteria are at "
            "%(level)s or above."
        )
        if is_counted
        else gettext("All are required: %(result)s when every criterion is at %(level)s or above.")
    )


def _whole(framework: Framework, spoken: str) -> Markup:
    """Return the rule of the whole in words."""
    rule = framework.outcome.framework
    if not is_plain(rule):
        return composed(framework, rule, None, spoken)
    gates = gate_words(rule, None, framework, spoken)
    if rule.rule == "minimum":
        words = escape(gettext("The lowest decides: the whole has the level of its lowest unit."))
        return Markup(" ").join([words, *gates])
    text = gettext("All are required: %(result)s when every unit is.")
    if rule.rule == "n_of":
        text = gettext("Enough are required: %(result)s when at least %(needed)s of the units are.")
    words = escape(text) % {"result": _result(framework, spoken), "needed": _needed(rule)}
    return Markup(" ").join([words, *_floor(framework, rule, spoken), *gates])


def _needed(rule: Counting) -> str:
    """Return how many parts the rule ``n_of`` asks for, as a number or a percentage."""
    if rule.share is not None:
        return str(format_percent(rule.share, format="#,##0.##%"))
    return "" if rule.count is None else str(format_decimal(rule.count))


def _floor(framework: Framework, rule: Counting, spoken: str) -> list[Markup]:
    """Return the sentence of the level that no criterion may be under, where there is one."""
    if rule.none_below is None:
        return []
    level = _levels(framework.scales.values(), rule.none_below, spoken)
    return [escape(gettext("No criterion may be under %(level)s.")) % {"level": level}]


def _levels(scales: Iterable[Scale], code: str | None, spoken: str) -> Markup:
    """Return what the scales call a level, each word once."""
    labels = dict.fromkeys(scale.label(code) for scale in scales if code and code in scale.codes())
    return Markup(" / ").join(said_in(label, spoken) for label in labels)


def _evidence(asking: int, criteria: int) -> str:
    """Return how many criteria ask for evidence, in words."""
    if not asking:
        return gettext("No criterion asks for a certain number or kind of evidence.")
    return gettext(
        "%(asking)s of %(criteria)s criteria ask for a certain number or kind, written under them.",
        asking=asking,
        criteria=criteria,
    )


def _result(framework: Framework, spoken: str) -> Markup:
    """Return the framework's word for competent."""
    language = spoken if framework.terms.competent else framework.language
    return said_in(framework.result_label(COMPETENT), language)
