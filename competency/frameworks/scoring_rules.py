"""What scores, ladders and gates must agree with: values, bands, steps, days. Pure.

Like ``rules``, it looks at plain data and gives findings that refuse the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from competency.files.faults import Finding, Path
from competency.files.said import Said
from competency.files.validation import closest, short
from competency.frameworks import walk
from competency.frameworks.outcome_parts import (
    VERDICT,
    RuleAt,
    every_rule,
    formed_by,
    forms,
    inner_rules,
    parts,
)
from competency.frameworks.schema import BELOW, COMPETENT, NOT_YET_COMPETENT
from competency.frameworks.walk import Data

SCORED = ("weighted", "points")


def number(value: object) -> Decimal | None:
    """Return the number that ``value`` is or spells."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def unscored(data: Data) -> Iterator[Finding]:
    """Find scores that lead to nothing, or count nothing."""
    for at in every_rule(data):
        if at.name not in SCORED:
            continue
        has_bands = bool(at.rule.get("bands")) or bool(at.rule.get("scale"))
        if (at.rule.get("pass_from") is None) != has_bands:
            yield Finding(
                at.path,
                Said("a score needs one use: pass_from, or bands on a scale"),
                Said("write pass_from: 12, or scale with bands for its levels"),
            )
        elif has_bands and not (at.rule.get("bands") and at.rule.get("scale")):
            yield Finding(
                at.path,
                Said("bands and scale need one another"),
                Said("name the scale of the result, and from which score its levels begin"),
            )
        if at.name == "points" and not at.rule.get("values"):
            yield Finding(
                at.path,
                Said("the rule points needs values"),
                Said("write what each level counts, as in values: {G: 1, F: 3}"),
            )


def uncounted_levels(data: Data) -> Iterator[Finding]:
    """Find levels of the parts of a score that count nothing, or less than a lower one."""
    scales = dict(walk.scales(data))
    for at in every_rule(data):
        if at.name not in SCORED:
            continue
        values = walk.mapping(at.rule.get("values"))
        used = dict.fromkeys(name for whole in at.wholes for name in formed_by(data, at, whole))
        orders = {name: (BELOW, *walk.codes(scales[name])) for name in used if name in scales}
        if VERDICT in used:
            orders[VERDICT] = (NOT_YET_COMPETENT, COMPETENT)
        if not values:
            if len(orders) > 1 and at.name == "weighted":
                yield Finding(
                    at.path,
                    Said(
                        "the parts are on several scales (%(scales)s), so places can't be compared",
                        scales=", ".join(sorted(orders)),
                    ),
                    Said("write what each level counts under values"),
                )
            continue
        yield from _counted(at, values, orders)


def _counted(at: RuleAt, values: Data, orders: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Yield what is wrong with the values of a score, whose parts' levels are in ``orders``."""
    path = (*at.path, "values")
    known = list(dict.fromkeys(code for order in orders.values() for code in order))
    for code in values:
        if known and code not in known:
            yield Finding(
                (*path, code),
                Said("no part has the level %(level)s", level=short(code)),
                closest(code, known),
                at_key=True,
            )
    for order in orders.values():
        missing = [code for code in order[1:] if code not in values]
        if missing:
            yield Finding(
                path,
                Said("it doesn't say what %(levels)s counts", levels=", ".join(missing)),
                Said("give every level of the parts a number; below is 0"),
            )
        yield from _rising(path, [order[0] if order[0] in values else "", *order[1:]], values)


def _rising(path: Path, order: Sequence[str], values: Data) -> Iterator[Finding]:
    """Yield the levels whose number is lower than that of a level under them."""
    least = Decimal(0)
    for code in order:
        found = number(values[code]) if code in values else None
        if found is None or found < 0:
            continue
        if found < least:
            yield Finding(
                (*path, code),
                Said("a higher level counts less than a lower one"),
                Said("let the numbers rise with the levels"),
            )
        least = max(least, found)


def unweighted_parts(data: Data) -> Iterator[Finding]:
    """Find weights of what is no part of the score, and weights of nothing."""
    for at in every_rule(data):
        weights = walk.mapping(at.rule.get("weights"))
        for whole in at.wholes if weights else ():
            named = parts(at, whole)
            known = [
                walk.name(item, "id") for _, item in (*named.criteria, *named.units, *named.rules)
            ]
            for part, weight in weights.items():
                if part not in known:
                    yield Finding(
                        (*at.path, "weights", part),
                        Said("%(part)s is no part of this score", part=short(part)),
                        closest(part, known),
                        at_key=True,
                    )
                elif number(weight) == 0:
                    yield Finding(
                        (*at.path, "weights", part),
                        Said("a part that counts nothing is no part"),
                        Said("write a number above 0, or leave the part out with of"),
                    )


def unknown_bands(data: Data) -> Iterator[Finding]:
    """Find results on no scale, bands of no level, and bands that don't rise."""
    scales = dict(walk.scales(data))
    for at in every_rule(data):
        name = walk.name(at.rule, "scale")
        if not name or at.name not in {*SCORED, "ladder"}:
            continue
        if name not in scales:
            yield Finding(
                (*at.path, "scale"),
                Said("there is no scale %(scale)s", scale=short(name)),
                closest(name, list(scales)),
            )
            continue
        order = walk.codes(scales[name])
        bands = walk.mapping(at.rule.get("bands"))
        for code in bands:
            if code not in order:
                yield _no_level((*at.path, "bands", code), name, code, order)
        yield from _rising((*at.path, "bands"), order, bands)


def _no_level(path: Path, scale: str, code: str, order: Sequence[str]) -> Finding:
    """Return the finding of a level that a scale doesn't have."""
    return Finding(
        path,
        Said("the scale %(scale)s has no level %(level)s", scale=scale, level=short(code)),
        closest(code, order),
        at_key=True,
    )


def broken_ladders(data: Data) -> Iterator[Finding]:
    """Find ladders without steps or scale, steps out of order, and steps that ask no verdict."""
    scales = dict(walk.scales(data))
    for at in every_rule(data):
        if at.name != "ladder":
            continue
        if not at.rule.get("steps") or not at.rule.get("scale"):
            yield Finding(
                at.path,
                Said("a ladder needs steps, and the scale of their levels"),
                Said("write scale, and under steps what each level asks"),
            )
        order = walk.codes(walk.mapping(scales.get(walk.name(at.rule, "scale"))))
        last = -1
        for path, step in walk.items(at.rule, "steps", at.path):
            code = walk.name(step, "level")
            if order and code not in order:
                yield _no_level((*path, "level"), walk.name(at.rule, "scale"), code, order)
            elif order and order.index(code) <= last:
                yield Finding(
                    (*path, "level"),
                    Said("the steps are not in the order of the scale, the lowest first"),
                    Said("put each level once, in the order of the scale"),
                )
            last = order.index(code) if code in order else last
        for path, rule in inner_rules(at.rule, at.path):
            inner = RuleAt(path, rule, at.wholes, at)
            for whole in at.wholes[:1]:
                if forms(data, inner, whole) not in {None, VERDICT}:
                    yield Finding(
                        path,
                        Said("a step asks for what is reached or not, and this forms levels"),
                        Said("use all or n_of with at_least, or a score with pass_from"),
                    )


GATE_KEYS = {
    "days": {"sustained_for", "time_in_level"},
    "role": {"human_approval"},
    "id": {"human_approval"},
    "title": {"human_approval"},
}


def idle_gates(data: Data) -> Iterator[Finding]:
    """Find gates without what they need, with what they don't, or on what forms no level."""
    scales = dict(walk.scales(data))
    conditions = any(
        link.get("role") == "gate"
        for _, criterion in walk.criteria(data)
        for _, link in walk.items(criterion, "kpis", ())
    )
    for at in every_rule(data):
        formed = {forms(data, at, whole) for whole in at.wholes} - {None}
        for path, gate in walk.items(at.rule, "gates", at.path):
            name = walk.name(gate, "gate")
            for key, users in GATE_KEYS.items():
                if name in users and gate.get(key) is None:
                    yield Finding(
                        path,
                        Said("the gate %(gate)s needs %(key)s", gate=name, key=key),
                        Said("write it beside the gate"),
                    )
                elif name and name not in users and gate.get(key) is not None:
                    yield Finding(
                        (*path, key),
                        Said("the gate %(gate)s has no use for it", gate=short(name)),
                        Said("remove it"),
                        at_key=True,
                    )
            if name == "kpi_gate" and not conditions:
                yield Finding(
                    (*path, "gate"),
                    Said("no criterion has an indicator as a condition"),
                    Said("give a criterion's kpis one with role: gate, or remove the gate"),
                )
            first = gate.get("from_level")
            needs_levels = "from_level" if first is not None else ""
            if formed == {VERDICT} and (needs_levels or name == "time_in_level"):
                yield Finding(
                    (*path, needs_levels or "gate"),
                    Said("the result here is competent or not, and has no levels"),
                    Said("remove it, or use a rule that forms levels"),
                )
            for scale in scales.keys() & formed:
                order = walk.codes(scales[scale])
                if isinstance(first, str) and first not in order:
                    yield _no_level((*path, "from_level"), scale, first, order)


RULES = (
    unscored,
    uncounted_levels,
    unweighted_parts,
    unknown_bands,
    broken_ladders,
    idle_gates,
)
"""Each of them takes a framework's data and gives what contradicts itself."""
