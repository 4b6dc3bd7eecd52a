"""Scores, ladders, chosen parts and gates in words, as a framework's page tells them.

The sentences are in the page's language; words of the framework inside them are marked
with the language that they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from flask_babel import format_decimal, format_percent, gettext, ngettext
from markupsafe import Markup, escape

from competency.errors import message_id
from competency.frameworks.numbering import numbers
from competency.frameworks.outcome_schema import (
    COMPETENT,
    Approver,
    Gate,
    GateKind,
    Rule,
)
from competency.frameworks.schema import BELOW, Framework, Scale, Unit

_ROLES: Mapping[Approver, str] = {
    Approver.HR: message_id("human resources"),
    Approver.REVIEWER: message_id("a reviewer"),
}


def said_in(words: str, language: str) -> Markup:
    """Return words of the framework, marked with their language."""
    return Markup('<strong lang="{}">{}</strong>').format(language, words)


def is_plain(rule: Rule) -> bool:
    """Return whether a rule is all, n_of or minimum over what is directly inside."""
    is_chosen = rule.of or rule.tagged or rule.over or rule.rules
    return rule.rule in {"all", "n_of", "minimum"} and not is_chosen


def composed(framework: Framework, rule: Rule, unit: Unit | None, spoken: str) -> Markup:
    """Return in words a rule of a unit or the whole, and the rules inside it."""
    if rule.rule == "none":
        return escape(gettext("The standard forms no result across its parts."))
    lines = [_made_of(framework, rule), _formed(framework, rule, unit, spoken)]
    lines += _values(framework, rule, spoken)
    for step in rule.steps:
        scale = framework.scale_of_rule(rule, unit)
        names = Markup(", ").join(said_in(part.title, spoken) for part in step.rules)
        lines.append(
            escape(gettext("%(level)s asks for: %(rules)s."))
            % {"level": _level(scale, step.level, spoken), "rules": names}
        )
    lines += [
        Markup("{}: {}").format(
            said_in(part.title, spoken), composed(framework, part, unit, spoken)
        )
        for part in rule.inner()
    ]
    lines += gate_words(rule, unit, framework, spoken)
    return Markup(" ").join(line for line in lines if line)


def _made_of(framework: Framework, rule: Rule) -> Markup:
    """Return which parts a rule has, empty where they are named further on."""
    if rule.of:
        place = numbers(framework)
        named = ", ".join(place[i] for i in rule.of)
        return escape(gettext("Its parts are %(parts)s.", parts=named))
    if rule.tagged is not None:
        return escape(gettext("Its parts are the criteria tagged %(tag)s.", tag=rule.tagged))
    if rule.over is not None:
        return escape(gettext("Its parts are all criteria inside."))
    return Markup("")


def _formed(framework: Framework, rule: Rule, unit: Unit | None, spoken: str) -> Markup:
    """Return what a rule makes of its parts."""
    scale = framework.scale_of_rule(rule, unit)
    result = said_in(framework.result_label(COMPETENT), framework.language)
    if rule.rule == "minimum":
        return escape(gettext("The lowest decides."))
    if rule.rule == "ladder":
        return escape(
            gettext("The highest step decides of which all is reached, and all under it.")
        )
    if rule.rule in {"all", "n_of"}:
        asked = _asked(framework, rule, spoken)
        if rule.rule == "all":
            text = gettext("All are required: %(result)s when every part is %(asked)s.")
        else:
            text = gettext(
                "Enough are required: %(result)s when at least %(needed)s of the parts are "
                "%(asked)s."
            )
        return escape(text) % {"result": result, "needed": _needed(rule), "asked": asked}
    text = (
        gettext("The weighted mean decides:")
        if rule.rule == "weighted"
        else gettext("Points are added up:")
    )
    if scale is None:
        least = format_decimal(rule.pass_from or Decimal(0))
        return Markup("{} {}").format(
            text,
            escape(gettext("%(result)s from %(least)s.")) % {"result": result, "least": least},
        )
    bands = (
        escape(gettext("%(result)s from %(least)s"))
        % {"result": _level(scale, code, spoken), "least": format_decimal(rule.bands[code])}
        for code in scale.codes()
        if code in rule.bands
    )
    return Markup("{} {}.").format(text, Markup(", ").join(bands))


def _asked(framework: Framework, rule: Rule, spoken: str) -> Markup:
    """Return what is asked of a part of ``all`` or ``n_of``."""
    if rule.at_least is None or rule.at_least == COMPETENT:
        return escape(gettext("reached"))
    labels = dict.fromkeys(
        scale.label(rule.at_least)
        for scale in framework.scales.values()
        if rule.at_least in scale.codes()
    )
    named = Markup(" / ").join(said_in(label, spoken) for label in labels)
    return escape(gettext("at %(level)s or above")) % {"level": named}


def _needed(rule: Rule) -> str:
    """Return how many parts ``n_of`` asks for, as a number or a percentage."""
    if rule.share is not None:
        return str(format_percent(rule.share, format="#,##0.##%"))
    return "" if rule.count is None else str(format_decimal(rule.count))


def _values(framework: Framework, rule: Rule, spoken: str) -> list[Markup]:
    """Return what levels count, which parts count more than once, and the floor."""
    lines = []
    scales = list(framework.scales.values())
    if rule.values:
        counted = (
            Markup("{} {}").format(_named(framework, scales, code, spoken), format_decimal(number))
            for code, number in rule.values.items()
        )
        lines.append(escape(gettext("Levels count: %(values)s.")) % {"values": _list(counted)})
    if rule.weights:
        place, titles = numbers(framework), framework.named_rules()
        weighed = (
            Markup("{} × {}").format(place.get(i) or titles[i].title, format_decimal(number))
            for i, number in rule.weights.items()
        )
        lines.append(escape(gettext("Weights: %(weights)s.")) % {"weights": _list(weighed)})
    if rule.none_below is not None:
        level = _named(framework, scales, rule.none_below, spoken)
        lines.append(escape(gettext("No criterion may be under %(level)s.")) % {"level": level})
    return lines


def _list(found: Iterable[Markup]) -> Markup:
    """Return several in one line."""
    return Markup(", ").join(found)


def _named(framework: Framework, scales: Iterable[Scale], code: str, spoken: str) -> Markup:
    """Return the words for a code of any scale, or of a verdict."""
    if code in {COMPETENT, "not_yet_competent"}:
        return said_in(framework.result_label(code), framework.language)
    having = [scale for scale in scales if code == BELOW or code in scale.codes()]
    labels = dict.fromkeys(scale.label(code) for scale in having)
    return Markup(" / ").join(said_in(label, spoken) for label in labels)


def _level(scale: Scale | None, code: str, spoken: str) -> Markup:
    """Return the words for a level of the result."""
    return escape(code) if scale is None else said_in(scale.label(code), spoken)


def gate_words(rule: Rule, unit: Unit | None, framework: Framework, spoken: str) -> list[Markup]:
    """Return what each gate of a rule asks, as whole sentences."""
    scale = framework.scale_of_rule(rule, unit)
    return [_gate(gate, scale, spoken) for gate in rule.gates]


def _gate(gate: Gate, scale: Scale | None, spoken: str) -> Markup:
    """Return what one gate asks, and from which level on."""
    days = ngettext("%(num)d day", "%(num)d days", gate.days or 0)
    match gate.gate:
        case GateKind.REQUIRED_EVIDENCE:
            text = escape(
                gettext("It waits until every criterion has the evidence that it asks for.")
            )
        case GateKind.SUSTAINED_FOR:
            text = escape(gettext("It waits until it was held for %(days)s.", days=days))
        case GateKind.TIME_IN_LEVEL:
            text = escape(gettext("It waits for %(days)s at the level before.", days=days))
        case GateKind.KPI_GATE:
            text = escape(
                gettext("It waits until the indicators that are a condition meet their thresholds.")
            )
        case GateKind.HUMAN_APPROVAL:
            text = escape(gettext("It waits for %(approval)s, approved by %(role)s.")) % {
                "approval": said_in(gate.title or "", spoken),
                "role": gettext(_ROLES[gate.role or Approver.HR]),
            }
    if gate.from_level is None or scale is None:
        return text
    level = _level(scale, gate.from_level, spoken)
    return Markup("{} {}").format(text, escape(gettext("From %(level)s on.")) % {"level": level})
