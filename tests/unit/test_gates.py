"""What holds a result back: each gate by its definition, and what is left of the result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.outcomes import outcome
from competency.assessments.schema import EvidenceFact, Facts, Judged, Node, PastOutcome
from competency.frameworks.outcome_schema import Approver, Gate, GateKind, UnitRule
from competency.frameworks.schema import (
    BELOW,
    COMPETENT,
    Criterion,
    EvidenceKind,
    EvidenceRule,
    Framework,
    KpiLink,
    KpiRole,
    Unit,
)
from tests.support.frameworks import framework

TODAY = date(2026, 3, 2)
ORDER = (BELOW, "G", "F", "E")


def gated(*gates: Gate, rule: str = "minimum") -> Framework:
    """Return a framework of one unit of one criterion, whose rule has these gates."""
    asking = EvidenceRule(minimum=2)
    criterion = Criterion(id="c", title="C", scale="steps", evidence=asking)
    made = UnitRule.model_validate({"rule": rule, "gates": gates})
    return framework((Unit(id="u", title="U", criteria=(criterion,), outcome=made),))


def past(*found: tuple[int, str | None]) -> tuple[PastOutcome, ...]:
    """Return outcomes of the unit, each so many days before today."""
    return tuple(PastOutcome(TODAY - timedelta(days), {"u": result}) for days, result in found)


def unit(made: Framework, level: str, **facts: object) -> Node:
    """Return the unit's node where its criterion is judged at ``level``."""
    known = Facts({"c": Judged(level=level)}, as_of=TODAY, **facts)  # type: ignore[arg-type]
    return outcome(made, known).children[0]


def codes(node: Node) -> list[str]:
    return [line.code for line in node.lines]


SUSTAINED = Gate(gate=GateKind.SUSTAINED_FOR, days=90)
SERVED = Gate(gate=GateKind.TIME_IN_LEVEL, days=90)
FROM_F = Gate(gate=GateKind.SUSTAINED_FOR, days=90, from_level="F")


@pytest.mark.parametrize(
    ("history", "result"),
    [
        (past((90, "F")), "F"),
        (past((89, "F")), None),
        (past((200, "E"), (100, "F"), (10, "F")), "F"),
        (past((200, "F"), (100, "G"), (10, "F")), "G"),
        (past((200, "F"), (100, None), (10, "F")), "F"),
        (past((100, "G"), (95, "G")), "G"),
        (past((-5, "F")), None),
        ((), None),
    ],
)
def test_a_level_counts_where_every_outcome_for_so_long_had_it(
    history: tuple[PastOutcome, ...], result: str | None
) -> None:
    assert unit(gated(SUSTAINED), "F", history=history).result == result


def test_what_waits_is_said_with_the_days() -> None:
    node = unit(gated(SUSTAINED), "F", history=past((200, "G"), (30, "F")))
    assert node.result == "G"
    assert [(line.code, line.params) for line in node.lines[-2:]] == [
        ("waits", {"level": "F"}),
        ("sustained_not", {"days": 90, "passed": 30, "since": "2026-01-31"}),
    ]


def test_a_gate_from_a_level_on_lets_the_ones_under_it_through() -> None:
    assert unit(gated(FROM_F), "G").result == "G"
    assert unit(gated(FROM_F), "E").result == "G"
    assert unit(gated(FROM_F), "E", history=past((90, "F"))).result == "F"


@pytest.mark.parametrize(
    ("level", "history", "result"),
    [
        ("G", (), "G"),
        ("F", (), "G"),
        ("F", past((90, "G")), "F"),
        ("F", past((89, "G")), "G"),
        ("E", past((90, "G")), "F"),
        ("E", past((90, "F")), "E"),
        ("E", past((90, "F"), (10, BELOW)), "G"),
    ],
)
def test_a_level_asks_for_time_at_the_one_before(
    level: str, history: tuple[PastOutcome, ...], result: str
) -> None:
    assert unit(gated(SERVED), level, history=history).result == result


def test_below_and_not_judged_are_never_held_back() -> None:
    assert unit(gated(SUSTAINED), BELOW).result == BELOW
    assert codes(unit(gated(SUSTAINED), BELOW)) == ["lowest", "held_back"]


def pieces(count: int) -> dict[str, Sequence[tuple[int, EvidenceFact]]]:
    facts = [EvidenceFact(EvidenceKind.STATEMENT, TODAY, n) for n in range(count)]
    return {"c": list(enumerate(facts))}


def test_evidence_that_does_not_suffice_holds_back_and_names_the_criterion() -> None:
    made = gated(Gate(gate=GateKind.REQUIRED_EVIDENCE), rule="all")
    held = unit(made, "G", evidence=pieces(1))
    assert (held.result, codes(held)[1:]) == (None, ["waits", "evidence_missing"])
    assert held.lines[-1].params == {"ids": ["c"]}
    assert unit(made, "G", evidence=pieces(2)).result == COMPETENT


def test_a_unit_asks_for_evidence_of_its_own_and_a_piece_counts_once() -> None:
    made = gated(Gate(gate=GateKind.REQUIRED_EVIDENCE), rule="all")
    asking = made.units[0].model_copy(update={"evidence": EvidenceRule(minimum=3)})
    made = framework((asking,))
    two = {"c": [*pieces(2)["c"], *pieces(2)["c"]]}
    assert unit(made, "G", evidence=two).lines[-1].params == {"ids": ["u"]}
    assert unit(made, "G", evidence=pieces(3)).result == COMPETENT


def test_a_result_waits_for_the_approval_that_it_asks_for() -> None:
    gate = Gate(gate=GateKind.HUMAN_APPROVAL, role=Approver.HR, id="board", title="The board")
    made = gated(gate, rule="all")
    assert unit(made, "G").result is None
    assert unit(made, "G", approvals=frozenset({"another"})).result is None
    given_ = unit(made, "G", approvals=frozenset({"board"}))
    assert (given_.result, codes(given_)[-1]) == (COMPETENT, "approved")


def test_a_unit_that_waits_leaves_the_whole_open() -> None:
    made = gated(Gate(gate=GateKind.REQUIRED_EVIDENCE), rule="all")
    found = outcome(made, Facts({"c": Judged(level="G")}, as_of=TODAY))
    assert found.result is None
    assert found.lines[-1].params == {"ids": ["u"]}


LEVELS = st.sampled_from(ORDER)
HISTORY = st.lists(st.tuples(st.integers(1, 400), LEVELS), max_size=6, unique_by=lambda one: one[0])


def since(history: list[tuple[int, str]], level: str) -> int:
    """Return for how many days every outcome had ``level``, by its definition; -1: not now."""
    days = -1
    for ago, result in sorted(history):
        if ORDER.index(result) < ORDER.index(level):
            break
        days = ago
    return days


@given(LEVELS, HISTORY, st.integers(1, 400))
def test_sustained_and_time_in_level_are_what_they_say(
    level: str, history: list[tuple[int, str]], days: int
) -> None:
    held = gated(Gate(gate=GateKind.SUSTAINED_FOR, days=days))
    served = gated(Gate(gate=GateKind.TIME_IN_LEVEL, days=days))
    known = past(*history)
    upto = ORDER[1 : ORDER.index(level) + 1]
    kept = [code for code in upto if since(history, code) >= days]
    assert unit(held, level, history=known).result == (
        level if level == BELOW else max(kept, key=ORDER.index, default=None)
    )
    reached = [
        code for code in upto if code == "G" or since(history, ORDER[ORDER.index(code) - 1]) >= days
    ]
    assert unit(served, level, history=known).result == max(reached, key=ORDER.index, default=BELOW)


@given(LEVELS, LEVELS, HISTORY)
def test_a_better_judgement_never_worsens_what_gates_leave(
    one: str, other: str, history: list[tuple[int, str]]
) -> None:
    made = gated(SUSTAINED, SERVED)
    low, high = sorted((one, other), key=ORDER.index)
    results = [unit(made, level, history=past(*history)).result for level in (low, high)]
    ranks = [0 if result is None else ORDER.index(result) for result in results]
    assert ranks[0] <= ranks[1]


MEASURED = Gate(gate=GateKind.KPI_GATE)


def measured(**examples: str) -> Framework:
    """Return a framework whose one criterion has an indicator as a condition."""
    link = KpiLink(kpi="k", role=KpiRole.GATE, levels=examples)
    made = gated(MEASURED)
    [one] = made.units
    criterion = one.criteria[0].model_copy(update={"kpis": (link,)})
    whole = one.model_copy(update={"criteria": (criterion,)})
    return made.model_copy(update={"units": (whole,)})


@pytest.mark.parametrize(
    ("examples", "found", "judged", "left"),
    [
        ({"G": ">= 1"}, {"G": "met", "F": "met", "E": "met"}, "E", "E"),
        ({"G": ">= 1"}, {"G": "met", "F": "met", "E": "not_met"}, "E", "F"),
        ({"G": ">= 1"}, {"G": "met", "F": "inconclusive", "E": "not_met"}, "E", "G"),
        ({"G": ">= 1"}, {"G": "insufficient"}, "G", None),
        # those in force say which levels have a threshold, not the examples
        ({"G": ">= 1", "E": ">= 2"}, {"F": "met"}, "E", "E"),
        ({}, {"F": "not_met"}, "E", "G"),
        ({"F": ">= 1"}, {}, "E", "G"),
        ({"E": ">= 1"}, {}, "F", "F"),
        # nothing says from which value, so nothing is let through
        ({}, {}, "G", None),
        ({"G": ">= 1"}, {}, "G", None),
    ],
)
def test_only_a_level_whose_threshold_is_met_is_let_through(
    examples: dict[str, str], found: dict[str, str], judged: str, left: str | None
) -> None:
    node = unit(measured(**examples), judged, verdicts={"c": {"k": found}})
    assert node.result == left
    assert ("measured_met" if left == judged else "measured_not_met") in codes(node)
