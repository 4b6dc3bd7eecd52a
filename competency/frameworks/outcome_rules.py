"""What the rules of results must agree with: levels, scales, and one another. Pure.

Like ``rules``, it looks at plain data and gives findings that refuse the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from competency.files.faults import Finding, Path
from competency.files.said import Said
from competency.files.validation import closest, short
from competency.frameworks import walk
from competency.frameworks.walk import Data, Found

COUNTING = frozenset({"count", "share", "none_below"})
"""The keys that only ``n_of`` has a use for."""
MIXED = ({"all", "minimum"}, {"n_of", "minimum"})
"""Rules of which one can't form the other's results: levels from verdicts, or the reverse."""


def unreachable_rules(data: Data) -> Iterator[Finding]:
    """Find rules that ask for a level which a criterion under them can't reach."""
    common: list[Found] = []
    for path, unit in walk.units(data):
        criteria = list(walk.items(unit, "criteria", path))
        if unit.get("outcome") is None:
            common.extend(criteria)
        else:
            yield from _unreachable(data, (*path, "outcome"), unit["outcome"], criteria)
    rule = walk.mapping(data.get("outcome")).get("unit")
    yield from _unreachable(data, ("outcome", "unit"), rule, common)


def _unreachable(
    data: Data, path: Path, rule: object, criteria: Sequence[Found]
) -> Iterator[Finding]:
    """Yield one finding for each scale in use that lacks the level of ``rule``."""
    wanted = walk.mapping(rule).get("at_least")
    used = {walk.name(criterion, "scale") for _, criterion in criteria}
    for name, scale in walk.scales(data):
        known = walk.codes(scale)
        if isinstance(wanted, str) and name in used and known and wanted not in known:
            yield Finding(
                (*path, "at_least"),
                Said("the scale %(scale)s has no level %(level)s", scale=name, level=short(wanted)),
                Said(
                    "%(remedy)s (or leave it out: the lowest level of each scale)",
                    remedy=closest(wanted, known),
                ),
            )


def uncomparable_levels(data: Data) -> Iterator[Finding]:
    """Find units whose lowest level is asked for among levels of several scales."""
    common = walk.mapping(walk.mapping(data.get("outcome")).get("unit"))
    known = {name for name, _ in walk.scales(data)}
    for path, unit in walk.units(data):
        rule = walk.name(walk.mapping(unit.get("outcome") or common), "rule")
        used = _scales_under(unit) & known
        if rule == "minimum" and len(used) > 1:
            yield Finding(
                path,
                _meaningless(used),
                Said("put the criteria on one scale, or use the rule all"),
            )


def _rules(data: Data) -> Iterator[tuple[Path, Data, Sequence[Found]]]:
    """Yield the path of each rule, the rule, and the wholes that it is the rule of."""
    outcome = walk.mapping(data.get("outcome"))
    common: list[Found] = []
    for path, unit in walk.units(data):
        if unit.get("outcome") is None:
            common.append((path, unit))
        else:
            yield (*path, "outcome"), walk.mapping(unit["outcome"]), [(path, unit)]
    yield ("outcome", "unit"), walk.mapping(outcome.get("unit")), common
    yield ("outcome", "framework"), walk.mapping(outcome.get("framework")), [((), data)]


def ignored_keys(data: Data) -> Iterator[Finding]:
    """Find what a rule has no use for, and ``n_of`` without its number."""
    for path, rule, _ in _rules(data):
        name = walk.name(rule, "rule")
        if name == "minimum" and rule.get("at_least") is not None and path[-1] != "framework":
            yield Finding(
                (*path, "at_least"),
                Said("the rule minimum asks for no level"),
                Said("remove it, or use the rule all"),
            )
        given = [key for key in ("count", "share") if rule.get(key) is not None]
        if name == "n_of" and len(given) != 1:
            yield Finding(
                path,
                Said("the rule n_of needs one number: a count or a share"),
                Said("write count: 3, or share: 0.75"),
            )
        for key in sorted(COUNTING & rule.keys()):
            if name and name != "n_of" and rule.get(key) is not None:
                yield Finding(
                    (*path, key),
                    Said("the rule %(rule)s has no use for it", rule=short(name)),
                    Said("remove it, or use the rule n_of"),
                    at_key=True,
                )


def impossible_counts(data: Data) -> Iterator[Finding]:
    """Find counts that are larger than what there is to count."""
    for path, rule, wholes in _rules(data):
        wanted = walk.number(rule.get("count"))
        if walk.name(rule, "rule") != "n_of" or wanted is None:
            continue
        for _, whole in wholes:
            parts = _parts(whole)
            if parts and wanted > parts:
                yield Finding(
                    (*path, "count"),
                    Said("%(wanted)s of %(parts)s can't be reached", wanted=wanted, parts=parts),
                    Said("ask for at most %(parts)s, or write a share", parts=parts),
                )
                break


def _parts(whole: Data) -> int:
    """Return how many criteria and inner units a whole is made of."""
    found = [whole.get(key) for key in ("criteria", "units")]
    return sum(len(items) for items in found if isinstance(items, list))


def unknown_floors(data: Data) -> Iterator[Finding]:
    """Find a level of ``none_below`` that no scale under its rule has."""
    scales = dict(walk.scales(data))
    for path, rule, wholes in _rules(data):
        wanted = rule.get("none_below")
        used = {name for _, whole in wholes for name in _scales_under(whole)} & scales.keys()
        known = tuple(dict.fromkeys(c for name in sorted(used) for c in walk.codes(scales[name])))
        if isinstance(wanted, str) and known and wanted not in known:
            yield Finding(
                (*path, "none_below"),
                Said("no scale here has the level %(level)s", level=short(wanted)),
                closest(wanted, known),
            )


def unformed_wholes(data: Data) -> Iterator[Finding]:
    """Find rules over units whose results they can't put together."""
    outcome = walk.mapping(data.get("outcome"))
    common = walk.mapping(outcome.get("unit"))
    whole = walk.name(walk.mapping(outcome.get("framework")), "rule")
    yield from _unlike(data, (), common, whole)
    for path, unit in walk.units(data):
        rule = walk.name(walk.mapping(unit.get("outcome") or common), "rule")
        yield from _unlike(unit, path, common, rule)
    used = _scales_under(data) & {name for name, _ in walk.scales(data)}
    if whole == "minimum" and len(used) > 1:
        yield Finding(
            ("outcome", "framework"),
            _meaningless(used),
            Said("use none for the whole"),
        )


def _meaningless(scales: Iterable[str]) -> Said:
    """Return what is wrong with the lowest of levels on several scales."""
    return Said(
        "the lowest of levels on several scales (%(scales)s) means nothing",
        scales=", ".join(sorted(scales)),
    )


def _unlike(around: Data, path: Path, common: Data, rule: str) -> Iterator[Finding]:
    """Yield the units directly in ``around`` whose rule isn't the one around them."""
    for inner_path, inner in walk.items(around, "units", path):
        own = walk.name(walk.mapping(inner.get("outcome") or common), "rule")
        if {own, rule} in MIXED:
            yield Finding(
                inner_path,
                Said(
                    "its rule is %(own)s, and what is around it is formed by %(rule)s",
                    own=own,
                    rule=rule,
                ),
                Said("use one rule for both, or none for the whole"),
            )


def _scales_under(unit: Data) -> set[str]:
    """Return the scales of all criteria in a unit and in the units inside it."""
    own = {walk.name(criterion, "scale") for _, criterion in walk.items(unit, "criteria", ())}
    for _, inner in walk.items(unit, "units", ()):
        own |= _scales_under(inner)
    return own


RULES = (
    unreachable_rules,
    uncomparable_levels,
    ignored_keys,
    impossible_counts,
    unknown_floors,
    unformed_wholes,
)
"""Each of them takes a framework's data and gives what contradicts itself."""
