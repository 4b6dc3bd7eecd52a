"""Frameworks whose rules score, climb and nest, and their definitions written a second time.

``defined`` reads plain data and knows nothing of the program: an outcome that differs from
it is wrong, or the definition is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from competency.frameworks.outcome_schema import FrameworkRule, OutcomeRules, UnitRule
from competency.frameworks.schema import Criterion, Framework, Unit
from tests.support.frameworks import framework

Data = dict[str, Any]
VALUES: tuple[dict[str, str], ...] = (
    {},
    {"G": "1", "F": "2", "E": "3"},
    {"below": "1", "G": "1", "F": "3", "E": "6"},
)
TAGS = ("core", "more")
ORDER = ("below", "G", "F", "E")


@st.composite
def _score(draw: st.DrawFn, name: str, ids: list[str], *, verdict: bool) -> Data:
    """Give ``weighted`` or ``points`` over criteria, with a pass mark or with bands."""
    values = draw(st.sampled_from(VALUES[1:] if name == "points" else VALUES))
    weighed = draw(st.sets(st.sampled_from(ids))) if draw(st.booleans()) else set()
    rule: Data = {
        "rule": name,
        "values": values,
        "weights": {i: draw(st.sampled_from(["0.5", "2", "3"])) for i in sorted(weighed)},
    }
    if verdict:
        return {
            **rule,
            "pass_from": draw(st.sampled_from(["0", "1", "1.5", "2", "7"])),
            "none_below": draw(st.sampled_from([None, "G"])),
        }
    lowest, steps = draw(st.sampled_from(["0", "1"])), draw(st.sampled_from(["1.5", "2", "4"]))
    return {**rule, "scale": "steps", "bands": {"G": lowest, "F": steps, "E": "5"}}


@st.composite
def _rule(
    draw: st.DrawFn, numbers: Iterator[int], tagged: dict[str, list[str]], depth: int
) -> Data:
    """Give a rule that forms a verdict, with chosen parts or with rules inside it."""
    everything = sorted({i for ids in tagged.values() for i in ids})
    by = draw(st.sampled_from(["over", "tagged", "of", *(["rules"] if depth else [])]))
    name = draw(st.sampled_from(["all", "n_of", "weighted", "points"]))
    rule: Data = {}
    ids = everything
    if by == "rules":
        inner = [draw(_rule(numbers, tagged, depth - 1)) for _ in range(draw(st.integers(1, 2)))]
        rule["rules"] = inner
        ids = [one["id"] for one in inner]
        name = draw(st.sampled_from(["all", "n_of"]))
    elif by == "tagged":
        rule["tagged"] = draw(st.sampled_from(sorted(tagged)))
        ids = tagged[rule["tagged"]]
    elif by == "of":
        rule["of"] = sorted(draw(st.sets(st.sampled_from(everything), min_size=1)))
        ids = rule["of"]
    else:
        rule["over"] = "criteria"
    if name in {"weighted", "points"}:
        rule |= draw(_score(name, ids, verdict=True))
    else:
        asks = by != "rules" and draw(st.booleans())
        rule |= {"rule": name, "at_least": "F" if asks else None}
        if name == "n_of":
            rule["count"] = draw(st.integers(1, len(ids)))
    return {**rule, "id": f"r{next(numbers)}", "title": "A rule inside"}


def _tagged(criteria: Iterable[Criterion]) -> dict[str, list[str]]:
    """Return the ids of criteria by their tags."""
    found: dict[str, list[str]] = {}
    for one in criteria:
        for tag in one.tags:
            found.setdefault(tag, []).append(one.id)
    return found


@st.composite
def _of_a_whole(draw: st.DrawFn, numbers: Iterator[int], criteria: list[Criterion]) -> Data:
    """Give the rule of a unit or of the whole, which holds ``criteria``."""
    tags, ids = _tagged(criteria), [one.id for one in criteria]
    kinds = ["none", "minimum", "score", *(["verdict", "ladder"] if tags else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "minimum":
        return {"rule": "minimum", "over": "criteria"}
    if kind == "score":
        name = draw(st.sampled_from(["weighted", "points"]))
        return {**draw(_score(name, ids, verdict=draw(st.booleans()))), "over": "criteria"}
    if kind == "verdict":
        made = draw(_rule(numbers, tags, 1))
        return {key: value for key, value in made.items() if key not in {"id", "title"}}
    sizes = {code: draw(st.integers(0, 1)) for code in ORDER[1:]} if kind == "ladder" else {}
    steps = [
        {"level": level, "rules": [draw(_rule(numbers, tags, 1)) for _ in range(size)]}
        for level, size in sizes.items()
        if size
    ]
    return {"rule": "ladder", "scale": "steps", "steps": steps} if steps else {"rule": "none"}


@st.composite
def composed(draw: st.DrawFn) -> Framework:
    """Give frameworks of a few units whose rules, and that of the whole, are of every kind."""
    numbers, rules = iter(range(100)), iter(range(1000))

    def criterion() -> Criterion:
        tags = draw(st.sampled_from([(), ("core",), ("more",), TAGS]))
        return Criterion(id=f"c{next(numbers)}", title="C", scale="steps", tags=tags)

    def unit(depth: int) -> Unit:
        inner = tuple(unit(0) for _ in range(draw(st.integers(0, 1)) if depth else 0))
        own = tuple(criterion() for _ in range(draw(st.integers(1, 3))))
        inside = [*own, *(found for one in inner for found in one.criteria)]
        rule = UnitRule.model_validate(draw(_of_a_whole(rules, inside)))
        return Unit(id=f"u{next(numbers)}", title="U", criteria=own, units=inner, outcome=rule)

    units = tuple(unit(1) for _ in range(draw(st.integers(1, 2))))
    inside = [one for outer in units for at in (outer, *outer.units) for one in at.criteria]
    said = {key: kept for key, kept in draw(_of_a_whole(rules, inside)).items() if kept is not None}
    whole = FrameworkRule.model_validate(said)
    outcome = OutcomeRules(unit=UnitRule(rule="none"), framework=whole)
    return framework(units).model_copy(update={"outcome": outcome})


DROPPED = "dropped"


def _inside(around: Data) -> list[Data]:
    own = list(around.get("criteria") or [])
    return own + [c for unit in around.get("units") or [] for c in _inside(unit)]


def _parts(rule: Data, around: Data) -> list[Data]:
    """Return the criteria that a rule of these frameworks counts."""
    inside = _inside(around)
    if rule.get("of"):
        return [next(c for c in inside if c["id"] == i) for i in rule["of"]]
    if rule.get("tagged"):
        return [c for c in inside if rule["tagged"] in (c.get("tags") or [])]
    return inside if rule.get("over") else []


def defined(rule: Data, around: Data, level: dict[str, str], dropped: set[str]) -> str | None:
    """Return what a rule makes of ``around`` by its definition: ``dropped`` is no part.

    ``level`` holds what was judged, ``dropped`` what is excused or out of scope.
    """
    if rule["rule"] in {"none", "ladder"}:
        return _climbed(rule, around, level, dropped) if rule["steps"] else None
    criteria = [c["id"] for c in _parts(rule, around) if c["id"] not in dropped]
    inner = [defined(one, around, level, dropped) for one in rule.get("rules") or []]
    verdicts = [found for found in inner if found != DROPPED]
    if not criteria and not verdicts:
        return DROPPED
    is_open = None in verdicts or any(i not in level for i in criteria)
    if rule["rule"] in {"all", "n_of"}:
        asked = rule.get("at_least")
        wanted = ORDER.index(asked if asked in ORDER else "G")
        good = sum(ORDER.index(level[i]) >= wanted for i in criteria if i in level)
        good += verdicts.count("competent")
        total = len(criteria) + len(verdicts)
        needed = total if rule["rule"] == "all" else min(int(rule["count"]), total)
        short = None if is_open else "not_yet_competent"
        return "competent" if good >= needed else short
    return None if is_open else _formed(rule, criteria, level)


def _formed(rule: Data, criteria: list[str], level: dict[str, str]) -> str:
    if rule["rule"] == "minimum":
        return min((level[i] for i in criteria), key=ORDER.index)
    return _scored(rule, criteria, level)


def _scored(rule: Data, criteria: list[str], level: dict[str, str]) -> str:
    values = {"below": "0", **(rule.get("values") or {"G": "1", "F": "2", "E": "3"})}
    weights = {i: Fraction((rule.get("weights") or {}).get(i, "1")) for i in criteria}
    score = sum((weights[i] * Fraction(values[level[i]]) for i in criteria), Fraction(0))
    if rule["rule"] == "weighted":
        score = score / sum(weights.values())
    if rule.get("scale"):
        reached = [c for c, begins in rule["bands"].items() if score >= Fraction(begins)]
        return max(reached, key=ORDER.index, default="below")
    under = rule.get("none_below") and any(level[i] == "below" for i in criteria)
    is_good = score >= Fraction(rule["pass_from"]) and not under
    return "competent" if is_good else "not_yet_competent"


def _climbed(rule: Data, around: Data, level: dict[str, str], dropped: set[str]) -> str | None:
    reached, asked_any = "below", False
    for step in rule["steps"]:
        found = [defined(one, around, level, dropped) for one in step["rules"]]
        asked = [one for one in found if one != DROPPED]
        asked_any = asked_any or bool(asked)
        if "not_yet_competent" in asked:
            return reached
        if None in asked:
            return None
        if asked:
            reached = step["level"]
    return reached if asked_any else DROPPED
