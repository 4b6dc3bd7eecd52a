"""A document takes the place of an earlier one after a reassessment only, and if it covers it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency.assessments.schema import AssessorKind, State
from competency.credentials.models import EntryStep
from competency.credentials.schema import EntryState, Reason
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.cast import World
from tests.support.contests import CONTESTED, answer, reassessed, take_step
from tests.support.register import add_issuer, entry_of, issue


def delivered_anew(world: World, level: str) -> Road:
    """Return Aurora's second appraisal, closed after a round in which Lena judged ``SHORT`` so."""
    road = open_road(world)
    reassessed(world, road)
    for criterion in CONTESTED:
        given = level if criterion == SHORT else "met"
        answer(road, "lena", criterion, given, kind=AssessorKind.LEAD)
    take_step(road, "submit", "lena", evidence_confirmed=True)
    take_step(road, "take", "rita")
    take_step(road, "approve", "rita")
    take_step(road, "release", "hilda")
    take_step(road, "acknowledge", "aurora")
    return road


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        ("below", "met", False),
        ("below", "below", False),
        ("met", "below", True),
    ],
)
def test_what_the_new_document_covers_is_superseded_and_nothing_else(
    world: World,
    before: str,
    after: str,
    stands: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    add_issuer(world)
    first = open_road(world)
    first.to(State.CLOSED, levels={i: before if i == SHORT else "met" for i in first.criteria})
    old = issue(world, first.public_id).public_id
    new = issue(world, delivered_anew(world, after).public_id).public_id
    assert entry_of(world, new).state is EntryState.ACTIVE
    standing = entry_of(world, old)
    assert (standing.state is EntryState.ACTIVE) is stands
    replaced = entry_of(world, new).replaces_id
    assert replaced == (None if stands else standing.id)
    steps = world.session.scalars(sa.select(EntryStep.category)).all()
    assert steps == ([] if stands else [Reason.REASSESSED])


def test_an_ordinary_next_appraisal_supersedes_nothing(world: World) -> None:
    add_issuer(world)
    ids = [issue(world, open_road(world).to(State.CLOSED).public_id).public_id for _ in range(2)]
    assert {entry_of(world, i).state for i in ids} == {EntryState.ACTIVE}
