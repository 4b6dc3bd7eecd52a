"""The table of the workflow is the design's, and nothing goes round it."""

from __future__ import annotations

import pytest
from flask import Flask

from competency.assessments.rules import (
    DECIDED,
    SHOWN_TO_SUBJECT,
    TRANSITIONS,
    is_drawn,
    next_state,
    passes_without_review,
    visible_state,
)
from competency.assessments.schema import Action, AppraisalFacts, Review, State, VisibleState
from competency.errors import IllegalTransition
from tests.support.cast import World
from tests.support.certification_workflow import certifying
from tests.support.life import TABLE
from tests.support.workflow import appraising, let_live


def test_the_table_is_the_designs_table() -> None:
    assert {
        action.value: (
            {state.value for state in transition.sources},
            transition.target and transition.target.value,
            {by.value for by in transition.by},
        )
        for action, transition in TRANSITIONS.items()
    } == {action: (set(f), to, set(by)) for action, (f, to, by) in TABLE.items()}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
def test_each_action_leads_where_the_table_says_or_is_refused(state: State, action: Action) -> None:
    sources, target, _ = TABLE[action.value]
    if state.value in sources and target is None:
        assert next_state(state, action, State.IN_REVIEW) is State.IN_REVIEW
        with pytest.raises(IllegalTransition):
            next_state(state, action)
    elif state.value in sources:
        assert next_state(state, action).value == target
    else:
        with pytest.raises(IllegalTransition):
            next_state(state, action)


def test_nothing_leaves_closed_or_cancelled() -> None:
    ends = {State.CLOSED, State.CANCELLED}
    assert not any(ends & transition.sources for transition in TRANSITIONS.values())


def test_the_subject_is_shown_only_what_was_decided() -> None:
    assert SHOWN_TO_SUBJECT < DECIDED
    assert State.APPROVED not in SHOWN_TO_SUBJECT


def test_every_state_is_shown_as_one_of_the_five_or_an_exit() -> None:
    assert {visible_state(state) for state in State} == set(VisibleState)


@pytest.mark.parametrize(
    ("review", "flagged", "passes"),
    [
        (Review.ALL, False, False),
        (Review.ALL, True, False),
        (Review.FLAGGED, False, True),
        (Review.FLAGGED, True, False),
        (Review.NONE, False, True),
        (Review.NONE, True, True),
    ],
)
def test_only_a_cycle_without_review_or_an_unflagged_one_passes(
    review: Review,
    flagged: bool,  # noqa: FBT001 - a case of the table above
    passes: bool,  # noqa: FBT001 - the same
) -> None:
    facts = AppraisalFacts(State.SUBMITTED, 1, 2, review=review, flagged=flagged)
    assert passes_without_review(facts) is passes


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "lives"), [("appraisal", 12), ("certification", 6)])
def test_no_illegal_state_is_reached_by_whoever_tries_whatever(
    app: Flask, world: World, kind: str, lives: int
) -> None:
    assert app
    machine = appraising(world) if kind == "appraisal" else certifying(world)
    let_live(machine, lives=lives, steps=15)


def test_chance_draws_about_the_share_asked_and_always_the_same() -> None:
    ids = [f"{number:020d}" for number in range(4000)]
    drawn = {one for one in ids if is_drawn(one, 10)}
    assert 320 < len(drawn) < 480
    assert drawn == {one for one in reversed(ids) if is_drawn(one, 10)}
    assert drawn < {one for one in ids if is_drawn(one, 30)}
    assert not any(is_drawn(one, 0) for one in ids)
    assert all(is_drawn(one, 100) for one in ids)
