"""What the rules of results must agree with: levels, scales, and one another. Pure.

Like ``rules``, it looks at plain data and gives findings that refuse the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from competency.files.faults import Finding
from competency.files.said import Said
from competency.files.validation import closest, short
from competency.frameworks import scoring_rules, walk
from competency.frameworks.outcome_parts import (
    RuleAt,
    criteria_in,
    every_rule,
    formed_by,
    parts,
    rule_of,
)
from competency.frameworks.schema import COMPETENT
from competency.frameworks.walk import Data

USES = {
    "at_least": {"all", "n_of"},
    "count": {"n_of"},
    "share": {"n_of"},
    "none_below": {"n_of", "weighted", "points"},
    "values": {"weighted", "points"},
    "weights": {"weighted", "points"},
    "pass_from": {"weighted", "points"},
    "bands": {"weighted", "points"},
    "scale": {"weighted", "points", "ladder"},
    "steps": {"ladder"},
    "of": {"all", "n_of", "minimum", "weighted", "points"},
    "tagged": {"all", "n_of", "minimum", "weighted", "points"},
    "over": {"all", "n_of", "minimum", "weighted", "points"},
    "rules": {"all", "n_of", "minimum", "weighted", "points"},
    "gates": {"all", "n_of", "minimum", "weighted", "points", "ladder"},
}
"""The rules that have a use for a key."""
KNOWN = frozenset({"none", *USES["gates"]})
"""The names of the rules; the schema reports any other."""


def unreachable_rules(data: Data) -> Iterator[Finding]:
    """Find rules that ask for a level which a part of theirs can't reach."""
    scales = dict(walk.scales(data))
    for at in every_rule(data):
        wanted = at.rule.get("at_least")
        if not isinstance(wanted, str) or wanted == COMPETENT:
            continue
        used = {name for whole in at.wholes for name in formed_by(data, at, whole)}
        for name in (name for name in scales if name in used):
            known = walk.codes(scales[name])
            if known and wanted not in known:
                yield Finding(
                    (*at.path, "at_least"),
                    Said(
                        "the scale %(scale)s has no level %(level)s",
                        scale=name,
                        level=short(wanted),
                    ),
                    Said(
                        "%(remedy)s (or leave it out: the lowest level of each scale)",
                        remedy=closest(wanted, known),
                    ),
                )


def uncomparable_levels(data: Data) -> Iterator[Finding]:
    """Find results whose lowest level is asked for among levels of several scales."""
    known = {name for name, _ in walk.scales(data)}
    for at in every_rule(data):
        for whole in at.wholes:
            path, around = whole
            used = formed_by(data, at, whole).keys() & known
            if at.name == "minimum" and not at.selects and not at.rule.get("rules"):
                used = {walk.name(c, "scale") for _, c in criteria_in(around, path)} & known
            if at.name != "minimum" or len(used) < 2:  # noqa: PLR2004 - several
                continue
            is_whole = at.path == ("outcome", "framework")
            yield Finding(
                at.path if is_whole or at.outer else path,
                _meaningless(used),
                Said("use none for the whole")
                if is_whole
                else Said("put the criteria on one scale, or use the rule all"),
            )


def ignored_keys(data: Data) -> Iterator[Finding]:
    """Find what a rule has no use for, and ``n_of`` without its number."""
    for at in every_rule(data):
        whole_asks_competent = at.rule.get("at_least") == COMPETENT
        if at.name == "minimum" and at.rule.get("at_least") and not whole_asks_competent:
            yield Finding(
                (*at.path, "at_least"),
                Said("the rule minimum asks for no level"),
                Said("remove it, or use the rule all"),
            )
        given = [key for key in ("count", "share") if at.rule.get(key) is not None]
        if at.name == "n_of" and len(given) != 1:
            yield Finding(
                at.path,
                Said("the rule n_of needs one number: a count or a share"),
                Said("write count: 3, or share: 0.75"),
            )
        for key in sorted(USES.keys() & at.rule.keys()):
            if not at.rule.get(key) or at.name not in KNOWN - USES[key] or key == "at_least":
                continue
            yield Finding(
                (*at.path, key),
                Said("the rule %(rule)s has no use for it", rule=short(at.name)),
                Said("remove it, or use the rule n_of")
                if USES[key] == {"n_of"}
                else Said("remove it, or use another rule"),
                at_key=True,
            )


def lost_parts(data: Data) -> Iterator[Finding]:
    """Find rules that name parts which are not there, or say twice which parts they have."""
    for at in every_rule(data):
        if len(at.selects) > 1:
            yield Finding(
                (*at.path, at.selects[-1]),
                Said("only one of of, tagged and over says which parts a rule has"),
                Said("remove all but one of them"),
                at_key=True,
            )
            continue
        for whole in at.wholes:
            named = parts(at, whole)
            for lost in named.lost:
                yield Finding(
                    (*at.path, "of"),
                    Said("there is no criterion or unit %(id)s inside", id=short(lost)),
                    closest(lost, _ids_in(whole[1])),
                )
            if at.rule.get("tagged") and not named.criteria:
                yield Finding(
                    (*at.path, "tagged"),
                    Said("no criterion inside has the tag %(tag)s", tag=short(at.rule["tagged"])),
                    Said("write it under tags of the criteria that are meant"),
                )
            if named.lost or (at.rule.get("tagged") and not named.criteria):
                break


def _ids_in(around: Data) -> list[str]:
    """Return the ids of the units and criteria inside a unit or the framework."""
    found = [*walk.units(around), *criteria_in(around, ())]
    return [walk.name(item, "id") for _, item in found]


def impossible_counts(data: Data) -> Iterator[Finding]:
    """Find counts that are larger than what there is to count."""
    for at in every_rule(data):
        wanted = walk.number(at.rule.get("count"))
        if at.name != "n_of" or wanted is None:
            continue
        for whole in at.wholes:
            there = len(parts(at, whole))
            if there and wanted > there:
                yield Finding(
                    (*at.path, "count"),
                    Said("%(wanted)s of %(parts)s can't be reached", wanted=wanted, parts=there),
                    Said("ask for at most %(parts)s, or write a share", parts=there),
                )
                break


def unknown_floors(data: Data) -> Iterator[Finding]:
    """Find a level of ``none_below`` that no scale under its rule has."""
    scales = dict(walk.scales(data))
    for at in every_rule(data):
        wanted = at.rule.get("none_below")
        found = (c for path, around in at.wholes for _, c in criteria_in(around, path))
        used = {walk.name(criterion, "scale") for criterion in found} & scales.keys()
        known = tuple(dict.fromkeys(c for name in sorted(used) for c in walk.codes(scales[name])))
        if isinstance(wanted, str) and known and wanted not in known:
            yield Finding(
                (*at.path, "none_below"),
                Said("no scale here has the level %(level)s", level=short(wanted)),
                closest(wanted, known),
            )


def unformed_wholes(data: Data) -> Iterator[Finding]:
    """Find rules whose parts have results that they can't put together."""
    for at in every_rule(data):
        for whole in at.wholes:
            named = parts(at, whole)
            for path, part in (*named.units, *named.rules):
                own = rule_of(data, part) if (path, part) in named.units else part
                inside = RuleAt(path, own, ((path, part),))
                if _is_unlike(at, inside):
                    yield Finding(
                        path,
                        Said(
                            "its rule is %(own)s, and what is around it is formed by %(rule)s",
                            own=inside.name,
                            rule=at.name,
                        ),
                        Said("use one rule for both, or none for the whole"),
                    )


def _is_unlike(at: RuleAt, inside: RuleAt) -> bool:
    """Return whether a rule can't count what the rule of a part forms."""
    if inside.name not in KNOWN or at.name not in KNOWN - {"none", "ladder"}:
        return False
    if inside.name == "none":
        return True
    scored = inside.name in {"weighted", "points"} and not inside.rule.get("scale")
    is_verdict = scored or inside.name in {"all", "n_of"}
    if at.name == "minimum":
        return is_verdict
    asks_no_level = at.rule.get("at_least") in {None, COMPETENT}
    return at.name in {"all", "n_of"} and not is_verdict and asks_no_level


def _meaningless(scales: Iterable[str]) -> Said:
    """Return what is wrong with the lowest of levels on several scales."""
    return Said(
        "the lowest of levels on several scales (%(scales)s) means nothing",
        scales=", ".join(sorted(scales)),
    )


RULES = (
    unreachable_rules,
    uncomparable_levels,
    ignored_keys,
    lost_parts,
    impossible_counts,
    unknown_floors,
    unformed_wholes,
    *scoring_rules.RULES,
)
"""Each of them takes a framework's data and gives what contradicts itself."""
