"""Why an outcome came out as it did, in words: each line of its tree in the page's language.

Every message is a literal, so that the catalogues find it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flask_babel import format_date, format_decimal, gettext, ngettext

from competency.assessments.gates import approvals_asked
from competency.assessments.nodes import nodes_by_id
from competency.assessments.schema import Line, Node
from competency.frameworks.numbering import numbers
from competency.frameworks.outcome_schema import Rule
from competency.frameworks.schema import Framework, Scale, Unit

HELD_BACK = (
    "test_missing",
    "test_not_passed",
    "simulation_missing",
    "simulation_not_passed",
    "interview_missing",
    "interview_not_passed",
)


def tests_missing(framework: Framework, outcome: Node) -> list[tuple[Unit, str]]:
    """Return the units that a practical test holds back, each with why."""
    nodes = nodes_by_id(outcome)
    return [
        (unit, explain(line, framework, unit))
        for unit in framework.all_units()
        for line in nodes[unit.id].lines
        if line.code in HELD_BACK
    ]


def why(node: Node, framework: Framework, unit: Unit | None = None) -> tuple[str, ...]:
    """Return what decided a unit's node, or the whole's: a line each, rules inside rules last."""
    own = tuple(explain(line, framework, unit) for line in node.lines)
    return (*own, *_inside(node, framework, unit))


def _inside(node: Node, framework: Framework, unit: Unit | None) -> Iterator[str]:
    """Yield a line for each rule inside a rule, with its name, its result and its lines."""
    for inner in node.rules:
        rule = framework.named_rules()[inner.id]
        lines = " ".join(explain(line, framework, unit, rule) for line in inner.lines)
        result = (
            gettext("not decided yet")
            if inner.result is None
            else framework.rule_label(inner.result, rule, unit)
        )
        yield gettext("%(rule)s: %(result)s. %(why)s", rule=rule.title, result=result, why=lines)
        yield from _inside(inner, framework, unit)


def _day_of(told: Mapping[str, object]) -> str:
    """Return the day that a line names, in the page's language; empty where it names none."""
    return format_date(date.fromisoformat(str(told["on"]))) if "on" in told else ""


def explain(
    line: Line, framework: Framework, unit: Unit | None = None, rule: Rule | None = None
) -> str:
    """Return one line of an outcome's explanation; criteria are named by their number.

    ``unit`` is the unit whose result it explains; without one it is the whole's. ``rule``
    is the rule inside a rule that it is about, if it is about one.
    """
    told = line.params
    scale = framework.scale_of_rule(rule or framework.rule_of(unit), unit)
    special = _counted(line) or _scored(line, scale) or _climbed(line, scale)
    special = special or _gated(line, framework, scale)
    if special:
        return special
    named = _named(line, framework)
    return {
        "judged": gettext("Judged."),
        "carried": gettext(
            "Carried over from the appraisal decided on %(day)s; not judged anew.",
            day=_day_of(told),
        ),
        "not_judged": gettext("Not judged yet, so nothing follows from it."),
        "excused": gettext("Not judged, with a reason; it takes no part in the result."),
        "out_of_scope": gettext("Outside the scope of this appraisal."),
        "nothing_in_scope": gettext("Nothing here was to be judged."),
        "level_undefined": gettext(
            "The source leaves the required level undefined for everything here, so nothing is "
            "decided."
        ),
        "no_overall": gettext("The standard forms no result across its parts."),
        "unconfirmed": gettext(
            "Human resources had not confirmed how the source is read, so no result was "
            "formed across the parts."
        ),
        "under": gettext("Lower than any may be: %(numbers)s.", numbers=named),
        "held_back": gettext("Held back by: %(numbers)s.", numbers=named),
        "short": gettext("Not reached: %(numbers)s.", numbers=named),
        "test_passed": gettext("The practical test was passed."),
        "test_not_passed": gettext("The practical test was held and not passed."),
        "test_missing": gettext(
            "The practical test that the standard asks for was not held, so the unit is not "
            "certified."
        ),
        "simulation_passed": gettext("The simulation was passed."),
        "simulation_not_passed": gettext("The simulation was held and not passed."),
        "simulation_missing": gettext(
            "The standard wants a simulation, and none was held: the unit is not decided."
        ),
        "interview_passed": gettext("The interview showed all that it was about."),
        "interview_not_passed": gettext("The interview did not show all that it was about."),
        "interview_missing": gettext(
            "The standard wants an interview, and none was held: the unit is not decided."
        ),
        "knowledge_passed": gettext("The knowledge test was passed."),
        "knowledge_not_passed": gettext(
            "The knowledge test was held and not passed, so the whole is not reached."
        ),
        "knowledge_not_tested": gettext("No knowledge test was held; none is needed."),
        "undecided": gettext("Not decided yet: %(numbers)s.", numbers=named),
        "evidence_enough": gettext("Every criterion has the evidence that it asks for."),
        "evidence_missing": gettext("Less evidence than is asked for: %(numbers)s.", numbers=named),
        "measured_met": gettext("Every indicator that is a condition is met."),
        "measured_not_met": gettext(
            "Indicators that are a condition are not met, or too little was measured: %(numbers)s.",
            numbers=named,
        ),
        "first_level": gettext("The first level asks for no time at another one."),
        "lowest": gettext(
            "The lowest level decides: %(level)s.", level=_level(scale, told.get("level"))
        ),
    }.get(line.code, line.code)


def _named(line: Line, framework: Framework) -> str:
    """Return the parts that a line names: criteria and units by number, rules by title."""
    raw = line.params.get("ids", ())
    place, rules = numbers(framework), framework.named_rules()
    titles: Mapping[str, str] = {i: rule.title for i, rule in rules.items()}
    ids = raw if isinstance(raw, list | tuple) else ()
    return ", ".join(place.get(str(i)) or titles.get(str(i), str(i)) for i in ids)


def _level(scale: Scale | None, code: object) -> str:
    """Return the words for a level; the code where the scale is not known any more."""
    try:
        return str(code) if scale is None else scale.label(str(code))
    except KeyError:
        return str(code)


def _counted(line: Line) -> str:
    """Return the line of ``all`` or ``n_of``; empty for another one."""
    told = line.params
    if line.code == "all_required":
        return gettext(
            "All are required: %(reached)s of %(total)s reached.",
            reached=told.get("reached"),
            total=told.get("of"),
        )
    if line.code == "n_required":
        return gettext(
            "%(needed)s of %(total)s are required: %(reached)s reached.",
            needed=told.get("needed"),
            total=told.get("of"),
            reached=told.get("reached"),
        )
    return ""


def _climbed(line: Line, scale: Scale | None) -> str:
    """Return the line of a ladder; empty for another one."""
    told = line.params
    level, following = _level(scale, told.get("level")), _level(scale, told.get("next"))
    if line.code == "ladder_open":
        return gettext("%(next)s is not decided yet.", next=following)
    if line.code != "ladder":
        return ""
    if "next" not in told:
        return gettext("The highest step was reached: %(level)s.", level=level)
    return gettext(
        "The steps were reached up to %(level)s; %(next)s asks for more.",
        level=level,
        next=following,
    )


def _scored(line: Line, scale: Scale | None) -> str:
    """Return the line of a score; empty for another one."""
    told = line.params
    level, following = _level(scale, told.get("level")), _level(scale, told.get("next"))
    if line.code not in {"weighted", "points"}:
        return ""
    score = format_decimal(Decimal(str(told.get("score", "0"))))
    least = format_decimal(Decimal(str(told.get("from", "0"))))
    is_mean = line.code == "weighted"
    if "level" not in told:
        text = (
            gettext("The weighted mean is %(score)s; %(least)s is asked for.")
            if is_mean
            else gettext("%(score)s points were reached; %(least)s are asked for.")
        )
        return text % {"score": score, "least": least}
    text = (
        gettext("The weighted mean is %(score)s: %(level)s.")
        if is_mean
        else gettext("%(score)s points were reached: %(level)s.")
    ) % {"score": score, "level": level}
    if "next" not in told:
        return text
    return f"{text} " + gettext("%(next)s begins at %(least)s.", next=following, least=least)


def _gated(line: Line, framework: Framework, scale: Scale | None) -> str:
    """Return the line of a gate; empty for another one."""
    told = line.params
    if line.code == "waits":
        if "level" not in told:
            return gettext("What is asked was reached; the result waits:")
        return gettext("%(level)s was reached, and waits:", level=_level(scale, told.get("level")))
    if line.code in {"approved", "approval_missing"}:
        titles = {gate.id: gate.title or "" for gate in approvals_asked(framework)}
        title = titles.get(str(told.get("approval")), str(told.get("approval")))
        if line.code == "approved":
            return gettext("Approved: %(approval)s.", approval=title)
        return gettext("Not approved: %(approval)s.", approval=title)
    since = told.get("since")
    day = format_date(date.fromisoformat(str(since))) if since else ""
    asked = int(str(told.get("days", 0)))
    days = ngettext("%(num)d day", "%(num)d days", asked)
    passed = ngettext("%(num)d day", "%(num)d days", int(str(told.get("passed", 0))))
    level = _level(scale, told.get("level"))
    return {
        "sustained": gettext(
            "Held since %(day)s: %(passed)s, and %(days)s are asked for.",
            day=day,
            passed=passed,
            days=days,
        ),
        "sustained_not": gettext(
            "It has to last %(days)s; so far %(passed)s.", days=days, passed=passed
        ),
        "time_in_level": gettext(
            "At %(level)s or above since %(day)s: %(passed)s, and %(days)s are asked for.",
            level=level,
            day=day,
            passed=passed,
            days=days,
        ),
        "time_in_level_not": gettext(
            "%(days)s at %(level)s or above are asked for; so far %(passed)s.",
            level=level,
            days=days,
            passed=passed,
        ),
    }.get(line.code, "")
