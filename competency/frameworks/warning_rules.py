"""What is missing in a framework or was read into its source; none of it refuses the file. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from competency.files.faults import Finding
from competency.files.limits import LIMITS
from competency.files.said import Said
from competency.frameworks import walk
from competency.frameworks.outcome_parts import every_rule
from competency.frameworks.shared_rules import (
    inferred_readings,
    unfilled_places,
    unfinished_provenance,
    warning,
)
from competency.frameworks.walk import Data


def warnings(data: object) -> tuple[Finding, ...]:
    """Return what is missing or was read into the source; none of it refuses the file."""
    top = walk.mapping(data)
    rules = (
        inferred_readings,
        criteria_without_evidence,
        undefined_levels,
        unused_scales,
        unfinished_provenance,
        unfilled_places,
        absent_knowledge,
        unattestable_wholes,
    )
    return tuple(islice((found for rule in rules for found in rule(top)), LIMITS.faults))


def criteria_without_evidence(data: Data) -> Iterator[Finding]:
    """Say which criteria ask for no evidence; one line where none of them does."""
    criteria = list(walk.criteria(data))
    without = [path for path, criterion in criteria if criterion.get("evidence") is None]
    remedy = Said("add evidence: {minimum: 1} where a judgement must rest on some")
    if len(without) == len(criteria) > 1:
        message = Said("none of the %(number)s criteria has an evidence rule", number=len(criteria))
        yield warning(("units",), message, remedy)
        return
    for path in without:
        yield warning(path, Said("the criterion has no evidence rule"), remedy)


def undefined_levels(data: Data) -> Iterator[Finding]:
    """Say which levels have no text: they are undefined and can't be awarded."""
    scales = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        scale = scales.get(walk.name(criterion, "scale"), {})
        described = {
            walk.name(level, "code")
            for _, level in walk.items(scale, "levels", ())
            if level.get("description")
        }
        codes = walk.codes(scale)
        levels = walk.mapping(criterion.get("levels"))
        texts = {code for code in codes if walk.mapping(levels.get(code)).get("text")}
        missing = [code for code in codes if code not in texts | described]
        if texts and missing:
            yield warning(
                (*path, "levels"),
                Said(
                    "%(levels)s has no text: undefined in the source, it can't be awarded",
                    levels=", ".join(missing),
                ),
                Said("leave it so, or add the text of the standard"),
            )
        elif missing and len(codes) > 1:
            yield warning(
                (*path, "levels"),
                Said("no level is described: each is awarded by its label alone"),
                Said("add what each level looks like, where the standard says it"),
            )


def unused_scales(data: Data) -> Iterator[Finding]:
    """Say which scales nothing is judged on, and no result is a level of."""
    used = {walk.name(criterion, "scale") for _, criterion in walk.criteria(data)}
    used |= {walk.name(at.rule, "scale") for at in every_rule(data)}
    for name, _ in walk.scales(data):
        if name not in used:
            yield warning(("scales", name), Said("no criterion uses this scale"), Said("remove it"))


def absent_knowledge(data: Data) -> Iterator[Finding]:
    """Say that there is no list of knowledge."""
    if not data.get("knowledge"):
        yield warning(
            ("knowledge",),
            Said("there is no list of knowledge"),
            Said("add it where the standard has one"),
        )


def unattestable_wholes(data: Data) -> Iterator[Finding]:
    """Say that nothing can ever be attested: neither the whole nor a unit by itself."""
    whole = walk.mapping(walk.mapping(data.get("outcome")).get("framework"))
    by_unit = walk.mapping(data.get("certification")).get("by_unit")
    if walk.name(whole, "rule") == "none" and str(by_unit).casefold() != "true":
        yield warning(
            ("outcome", "framework"),
            Said("no result is formed for the whole, and units are not attested by themselves"),
            Said("add certification: {by_unit: true} where units are to be attested"),
        )
