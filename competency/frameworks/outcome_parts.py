"""The rules of results as plain data: where they stand, and what their parts are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from competency.files.faults import Path
from competency.frameworks import walk
from competency.frameworks.walk import Data, Found

VERDICT = "competent or not"
"""What a rule forms that is no level of a scale."""
NOTHING = "no result"


@dataclass(frozen=True)
class RuleAt:
    """One rule, where it stands, and the units (or the framework) whose result it is part of."""

    path: Path
    rule: Data
    wholes: tuple[Found, ...]
    outer: RuleAt | None = field(default=None, repr=False)
    """The rule that it stands in, if any."""

    @property
    def name(self) -> str:
        """Return the name of the rule, empty where there is none."""
        return walk.name(self.rule, "rule")

    @property
    def selects(self) -> list[str]:
        """Return the keys that say which parts it has."""
        return [key for key in ("of", "tagged", "over") if self.rule.get(key)]


def every_rule(data: Data) -> Iterator[RuleAt]:
    """Yield every rule of a framework, each before those inside it."""
    outcome = walk.mapping(data.get("outcome"))
    common: list[Found] = []
    for path, unit in walk.units(data):
        if unit.get("outcome") is None:
            common.append((path, unit))
        else:
            yield from _with_inner(
                RuleAt((*path, "outcome"), walk.mapping(unit["outcome"]), ((path, unit),))
            )
    of_units = walk.mapping(outcome.get("unit"))
    yield from _with_inner(RuleAt(("outcome", "unit"), of_units, tuple(common)))
    of_whole = walk.mapping(outcome.get("framework"))
    yield from _with_inner(RuleAt(("outcome", "framework"), of_whole, (((), data),)))


def _with_inner(at: RuleAt) -> Iterator[RuleAt]:
    """Yield a rule and the rules inside it."""
    yield at
    for path, rule in inner_rules(at.rule, at.path):
        yield from _with_inner(RuleAt(path, rule, at.wholes, at))


def inner_rules(rule: Data, path: Path) -> Iterator[Found]:
    """Yield the rules directly inside a rule, those of its steps among them."""
    yield from walk.items(rule, "rules", path)
    for step_path, step in walk.items(rule, "steps", path):
        yield from walk.items(step, "rules", step_path)


@dataclass(frozen=True)
class Parts:
    """The parts of a rule in one unit or the framework, and ids that lead to none."""

    criteria: tuple[Found, ...] = ()
    units: tuple[Found, ...] = ()
    rules: tuple[Found, ...] = ()
    lost: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.criteria) + len(self.units) + len(self.rules)


def parts(at: RuleAt, whole: Found) -> Parts:
    """Return what a rule counts in ``whole``."""
    path, around = whole
    inner = tuple(walk.items(at.rule, "rules", at.path))
    named = at.rule.get("of")
    if isinstance(named, list | tuple) and named:
        units = {walk.name(unit, "id"): (p, unit) for p, unit in walk.units(around, path)}
        criteria = {walk.name(c, "id"): (p, c) for p, c in criteria_in(around, path)}
        return Parts(
            tuple(criteria[i] for i in named if i in criteria),
            tuple(units[i] for i in named if i in units and i not in criteria),
            inner,
            tuple(i for i in named if isinstance(i, str) and i not in {*units, *criteria}),
        )
    tag = at.rule.get("tagged")
    if isinstance(tag, str):
        tagged = [found for found in criteria_in(around, path) if tag in tags(found[1])]
        return Parts(tuple(tagged), (), inner)
    if at.rule.get("over") == "criteria":
        return Parts(tuple(criteria_in(around, path)), (), inner)
    if inner or at.rule.get("steps"):
        return Parts((), (), inner)
    own = walk.items(around, "criteria", path)
    return Parts(tuple(own), tuple(walk.items(around, "units", path)))


def tags(criterion: Data) -> Sequence[object]:
    """Return the tags of a criterion."""
    found = criterion.get("tags")
    return found if isinstance(found, list | tuple) else ()


def criteria_in(around: Data, path: Path) -> Iterator[Found]:
    """Yield the criteria of a unit, or of the framework, and of the units inside it."""
    yield from walk.items(around, "criteria", path)
    for inner_path, inner in walk.items(around, "units", path):
        yield from criteria_in(inner, inner_path)


def rule_of(data: Data, unit: Data) -> Data:
    """Return the rule of a unit: its own, or that of all units."""
    common = walk.mapping(walk.mapping(data.get("outcome")).get("unit"))
    return walk.mapping(unit.get("outcome") or common)


def forms(data: Data, at: RuleAt, whole: Found) -> str | None:
    """Return what a rule forms: a verdict, nothing, or levels of the scale that is returned.

    ``None`` where the file says too little to know.
    """
    match at.name:
        case "all" | "n_of":
            return VERDICT
        case "none":
            return NOTHING
        case "minimum":
            return next(iter(formed_by(data, at, whole)), None)
        case "weighted" | "points" | "ladder":
            verdict = None if at.name == "ladder" else VERDICT
            return walk.name(at.rule, "scale") or verdict
        case _:
            return None


def formed_by(data: Data, at: RuleAt, whole: Found) -> dict[str, Path]:
    """Return what the parts of a rule are: scales, verdicts, nothing; each with a part's path.

    A part of which nothing is known is left out.
    """
    found: dict[str, Path] = {}
    named = parts(at, whole)
    for path, criterion in named.criteria:
        if scale := walk.name(criterion, "scale"):
            found.setdefault(scale, path)
    for path, unit in named.units:
        inside = forms(data, RuleAt(path, rule_of(data, unit), ((path, unit),)), (path, unit))
        if inside is not None:
            found.setdefault(inside, path)
    for path, rule in named.rules:
        inside = forms(data, RuleAt(path, rule, at.wholes, at), whole)
        if inside is not None:
            found.setdefault(inside, path)
    return found
