"""Rules that others publish, written as frameworks: each gives what its own text says.

Three ways of forming a level that are public facts: points of milestones added up into
thresholds, all of a core and some of a choice, and a weighted mean with a pass mark and a
floor under which nothing may lie.
"""

from __future__ import annotations

import pytest

from competency.assessments.gaps import gaps
from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged
from competency.frameworks import rules
from competency.frameworks.compiled import compile_framework
from competency.frameworks.schema import BELOW, COMPETENT, NOT_YET_COMPETENT, Framework

MILESTONES = {"m1": "1", "m2": "3", "m3": "6", "m4": "12", "m5": "20"}
"""What the milestones of a public engineering ladder count; none is 0."""
LEVELS = {
    "l1-2": "5",
    "l1-3": "11",
    "l2-1": "17",
    "l2-2": "23",
    "l2-3": "29",
    "l3-1": "36",
    "l3-2": "43",
    "l3-3": "50",
    "l4-1": "58",
    "l4-2": "66",
    "l4-3": "74",
    "l5-1": "90",
    "l5-2": "110",
    "l5-3": "135",
}
"""From how many points its levels begin; the first one, l1-1, from none."""


def scale(*codes: str) -> dict[str, object]:
    return {"levels": [{"code": code, "label": code} for code in codes], "below_label": "none"}


def made(**keys: object) -> Framework:
    """Return a framework that passes every rule over files."""
    data = {"id": "example", "version": "1.0.0", "title": "Example", "language": "en", **keys}
    found = Framework.model_validate(data)
    assert not rules.faults(found.model_dump(mode="json"))
    compile_framework(found)
    return found


def levels(**found: str | None) -> Facts:
    return Facts({i.replace("_", "-"): Judged(level=code) for i, code in found.items() if code})


def tracks(*names: str) -> list[dict[str, object]]:
    return [{"id": name, "title": name, "scale": "milestones"} for name in names]


def points_ladder() -> Framework:
    groups = {"building": 4, "executing": 4, "supporting": 4, "strengthening": 4}
    return made(
        scales={"milestones": scale(*MILESTONES), "levels": scale("l1-1", *LEVELS)},
        units=[
            {"id": name, "title": name, "criteria": tracks(*(f"{name}-{n}" for n in range(size)))}
            for name, size in groups.items()
        ],
        outcome={
            "unit": {"rule": "none"},
            "framework": {
                "rule": "points",
                "over": "criteria",
                "values": MILESTONES,
                "scale": "levels",
                "bands": {"l1-1": "0", **LEVELS},
            },
        },
    )


@pytest.mark.parametrize(
    ("milestones", "level", "score"),
    [
        ([BELOW] * 16, "l1-1", "0"),
        (["m1"] * 4 + [BELOW] * 12, "l1-1", "4"),
        (["m1"] * 5 + [BELOW] * 11, "l1-2", "5"),
        (["m2", "m2", "m2", "m1", "m1", *[BELOW] * 11], "l1-3", "11"),
        (["m3", "m3", "m2", "m1", "m1", *[BELOW] * 11], "l2-1", "17"),
        (["m5", "m4", "m3", "m3", "m2", "m2", "m1", *[BELOW] * 9], "l3-3", "51"),
        (["m5"] * 7 + [BELOW] * 9, "l5-3", "140"),
    ],
)
def test_milestones_are_added_up_into_levels(milestones: list[str], level: str, score: str) -> None:
    framework = points_ladder()
    ids = [criterion.id for criterion in framework.criteria()]
    judged = {i: Judged(level=code) for i, code in zip(ids, milestones, strict=True)}
    found = outcome(framework, Facts(judged))
    assert found.result == level
    assert found.lines[0].params["score"] == score
    assert {child.result for child in found.children} == {None}


def test_a_track_that_was_not_judged_leaves_the_level_open() -> None:
    framework = points_ladder()
    ids = [criterion.id for criterion in framework.criteria()]
    found = outcome(framework, Facts({i: Judged(level="m5") for i in ids[1:]}))
    assert found.result is None
    assert found.lines[0].params == {"ids": [ids[0]]}


def core_and_advanced() -> Framework:
    """All of the core, and so many of the advanced behaviours as the level asks for."""

    def behaviour(name: str, tag: str) -> dict[str, object]:
        return {"id": name, "title": name, "scale": "shown", "tags": [tag]}

    def enough(level: str, count: str) -> dict[str, object]:
        core = {"id": f"core-{level}", "title": "Core", "rule": "all", "tagged": "core"}
        some = {"id": f"more-{level}", "title": "Some of the advanced", "rule": "n_of"}
        return {"level": level, "rules": [core, {**some, "tagged": "advanced", "count": count}]}

    return made(
        scales={"shown": scale("shown"), "grade": scale("practitioner", "senior", "lead")},
        units=[
            {
                "id": "all",
                "title": "All",
                "criteria": [
                    *(behaviour(f"c{n}", "core") for n in range(3)),
                    *(behaviour(f"a{n}", "advanced") for n in range(4)),
                ],
            }
        ],
        outcome={
            "unit": {"rule": "none"},
            "framework": {
                "rule": "ladder",
                "scale": "grade",
                "steps": [
                    {
                        "level": "practitioner",
                        "rules": [{"id": "core", "title": "Core", "rule": "all", "tagged": "core"}],
                    },
                    enough("senior", "2"),
                    enough("lead", "4"),
                ],
            },
        },
    )


@pytest.mark.parametrize(
    ("core", "advanced", "grade", "missing"),
    [
        (2, 4, BELOW, {"c2"}),
        (3, 1, "practitioner", {"a1", "a2", "a3"}),
        (3, 2, "senior", {"a2", "a3"}),
        (3, 4, "lead", set()),
    ],
)
def test_all_of_the_core_and_enough_of_the_advanced(
    core: int, advanced: int, grade: str, missing: set[str]
) -> None:
    framework = core_and_advanced()
    shown = {f"c{n}": n < core for n in range(3)} | {f"a{n}": n < advanced for n in range(4)}
    facts = Facts({i: Judged(level="shown" if is_so else BELOW) for i, is_so in shown.items()})
    found = outcome(framework, facts)
    assert found.result == grade
    assert {gap.criterion_id for gap in gaps(framework, found)} == missing


def weighted_with_a_floor() -> Framework:
    """Three parts that weigh 50, 30 and 20, a pass mark of 70, and none under poor."""
    return made(
        scales={"marks": scale("poor", "fair", "good", "excellent")},
        units=[
            {
                "id": "work",
                "title": "Work",
                "criteria": [
                    {"id": name, "title": name, "scale": "marks"}
                    for name in ("knowledge", "handling", "writing")
                ],
            }
        ],
        outcome={
            "unit": {
                "rule": "weighted",
                "values": {"poor": "25", "fair": "50", "good": "75", "excellent": "100"},
                "weights": {"knowledge": "50", "handling": "30", "writing": "20"},
                "pass_from": "70",
                "none_below": "fair",
            },
            "framework": {"rule": "all"},
        },
    )


@pytest.mark.parametrize(
    ("marks", "score", "result"),
    [
        (("good", "good", "fair"), "70", COMPETENT),
        (("good", "fair", "good"), "67.5", NOT_YET_COMPETENT),
        (("excellent", "excellent", "poor"), "85", NOT_YET_COMPETENT),
        (("excellent", "fair", "fair"), "75", COMPETENT),
    ],
)
def test_a_mean_passes_from_its_mark_and_over_its_floor(
    marks: tuple[str, str, str], score: str, result: str
) -> None:
    framework = weighted_with_a_floor()
    knowledge, handling, writing = marks
    found = outcome(framework, levels(knowledge=knowledge, handling=handling, writing=writing))
    unit = nodes_by_id(found)["work"]
    assert (unit.lines[0].params["score"], unit.result, found.result) == (score, result, result)
