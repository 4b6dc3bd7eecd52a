"""Contests, the rounds that follow, suspension and reopening: what each keeps and refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.history import deciding_rows
from competency.assessments.models import (
    Assessor,
    Cycle,
    Draft,
    FrozenEvidence,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.nodes import from_data
from competency.assessments.queries import load, outcome_of
from competency.assessments.schema import AssessorKind, State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound
from competency.mail.models import MailMessage
from competency.people.models import Employee, Site
from tests.support.appraisals import SHORT, Road, open_road
from tests.support.cast import World
from tests.support.contests import (
    CONTESTED,
    STATEMENT,
    UPHELD,
    answer,
    contested,
    judged_anew,
    reassessed,
    row_of,
    take_step,
    widen,
)

CONTEST: dict[str, Any] = {"statement": STATEMENT, "criteria": CONTESTED}


def told(world: World, kind: str) -> set[str]:
    """Return the employee numbers of who was told something of a kind."""
    query = (
        sa.select(Employee.employee_number)
        .join(MailMessage, MailMessage.employee_id == Employee.id)
        .where(MailMessage.kind == kind)
    )
    return set(world.session.scalars(query))


def levels(road: Road, number: int) -> dict[str, str | None]:
    """Return what decided in a round, by criterion."""
    rows = deciding_rows(road.world.session, row_of(road), number)
    return {i: row.level for i, row in rows.items()}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"statement": " ", "criteria": CONTESTED}, "why"),
        ({"statement": STATEMENT, "criteria": ()}, "at least one"),
        ({"statement": STATEMENT, "criteria": ("no-such",)}, "of this result"),
        ({"statement": "\N{GOTHIC LETTER AHSA}", "criteria": CONTESTED}, "."),
    ],
)
def test_a_contest_needs_a_statement_that_prints_and_criteria_of_the_result(
    world: World, sent: dict[str, Any], said: str
) -> None:
    road = open_road(world).to(State.RELEASED)
    with pytest.raises(Invalid, match=said):
        take_step(road, "contest", "aurora", **sent)
    assert road.state() is State.RELEASED


def test_the_last_day_to_contest_ends_at_the_site(world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    zone = ZoneInfo("Pacific/Kiritimati")
    with unit_of_work(world.session):
        exempt(world.session, "a test moves a site")
        world.session.execute(sa.update(Site).values(time_zone=zone.key))
    until = row_of(road).contest_until
    assert until is not None
    after = datetime.combine(until + timedelta(days=1), datetime.min.time(), zone)
    with pytest.raises(IllegalTransition, match="last day"):
        take_step(road, "contest", "aurora", now=after, **CONTEST)
    take_step(road, "contest", "aurora", now=after - timedelta(seconds=1), **CONTEST)
    assert road.state() is State.CONTESTED


def test_a_contest_tells_human_resources_and_reviewers_who_are_new_and_names_no_result(
    world: World,
) -> None:
    road = open_road(world)
    contested(world, road)
    assert told(world, "result_contested") == {"E100", "E410", "E420"}
    for message in world.session.scalars(sa.select(MailMessage)):
        assert set(message.params or ()) <= {"cycle", "answer_by_on", "due_on", "count"}


def test_only_a_reviewer_who_is_new_to_it_upholds_and_it_closes(world: World) -> None:
    road = open_road(world)
    contested(world, road)
    for name in ("simon", "hilda", "aurora"):
        with pytest.raises(NotAllowed):
            take_step(road, "uphold", name, comment=UPHELD)
    with pytest.raises(NotAllowed):
        take_step(road, "uphold", "renata", comment=UPHELD)
    with pytest.raises(Invalid, match="why"):
        take_step(road, "uphold", "rita", comment=" ")
    take_step(road, "uphold", "rita", comment=UPHELD)
    row = row_of(road)
    assert (row.state, row.closed_at is not None, row.round) == (State.CLOSED, True, 1)
    assert told(world, "contest_decided") == {"E301"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("aurora", "their own"),
        ("simon", "earlier round"),
        ("renata", "earlier round"),
        ("hilda", "yourself"),
    ],
)
def test_a_new_round_needs_a_lead_who_had_no_part(world: World, name: str, said: str) -> None:
    road = open_road(world)
    contested(world, road)
    with pytest.raises(Invalid, match=said):
        take_step(road, "reassess", "hilda", lead_id=world.employee(name).id)
    with pytest.raises(Invalid, match="Name the new assessor"):
        take_step(road, "reassess", "hilda", lead_id=None)
    assert road.state() is State.CONTESTED


def test_who_has_left_leads_no_new_round(world: World) -> None:
    road = open_road(world)
    contested(world, road)
    with unit_of_work(world.session):
        exempt(world.session, "a test lets somebody leave")
        world.employee("lena").left_on = clock.now().date() - timedelta(days=2)
    with pytest.raises(Invalid, match="any more"):
        take_step(road, "reassess", "hilda", lead_id=world.employee("lena").id)


def test_an_earlier_lead_of_the_same_round_leads_no_later_one(world: World) -> None:
    road = open_road(world)
    widen(world)
    road.hand_over("leo")
    road.hand_over("simon")
    road.to(State.RELEASED)
    take_step(road, "contest", "aurora", **CONTEST)
    with pytest.raises(Invalid, match="earlier round"):
        take_step(road, "reassess", "hilda", lead_id=world.employee("leo").id)


def test_the_new_lead_begins_empty_and_judges_what_was_contested_and_nothing_else(
    world: World,
) -> None:
    road = open_road(world)
    reassessed(world, road)
    row = row_of(road)
    assert (row.state, row.round, row.turn, row.judged_anew) == (
        State.OPEN,
        2,
        0,
        sorted(CONTESTED),
    )
    kept = (row.reviewer_id, row.released_at, row.contest_until, row.decided_at)
    assert kept == (None,) * 4
    assert told(world, "reassessment_to_judge") == {"E210"}
    with pytest.raises(Incomplete) as missing:
        take_step(road, "submit", "lena", evidence_confirmed=True)
    assert set(missing.value.missing) == set(CONTESTED)
    with pytest.raises(Invalid, match="not contested"):
        answer(road, "lena", "ac1.cd2", kind=AssessorKind.LEAD)
    with pytest.raises(NotFound):
        take_step(road, "submit", "leo", evidence_confirmed=True)


def test_the_earlier_round_stays_as_it_was_and_the_rest_carries_over(world: World) -> None:
    road = open_road(world)
    reassessed(world, road)
    session = world.session
    before = [
        session.scalars(sa.select(table.id).order_by(table.id)).all()
        for table in (Judgement, OutcomeRecord, FrozenEvidence)
    ]
    drafts = session.scalar(
        sa.select(sa.func.count())
        .select_from(Draft)
        .join(Assessor, Assessor.id == Draft.assessor_id)
        .where(Assessor.round == 1, Assessor.kind == AssessorKind.LEAD)
    )
    assert drafts == len(road.criteria)
    assert levels(road, 1)[SHORT] == "below"
    judged_anew(road)
    take_step(road, "take", "rita")
    take_step(road, "approve", "rita")
    after = [
        session.scalars(sa.select(table.id).order_by(table.id)).all()
        for table in (Judgement, OutcomeRecord, FrozenEvidence)
    ]
    assert all(new[: len(old)] == old for old, new in zip(before, after, strict=True))
    assert levels(road, 1)[SHORT] == "below"
    assert levels(road, 2) == {**levels(road, 1), SHORT: "met"}
    rows = deciding_rows(session, row_of(road), 2)
    simon, lena = world.employee("simon").id, world.employee("lena").id
    for criterion, judgement in rows.items():
        anew = criterion in CONTESTED
        assert judgement.carried_from == (None if anew else 1)
        assert judgement.employee_id == (lena if anew else simon)
    kept = sa.select(FrozenEvidence.criterion_id, FrozenEvidence.content_hash)
    first, second = (
        set(session.execute(kept.where(FrozenEvidence.round == number)).all()) for number in (1, 2)
    )
    assert first == second
    trees = session.scalars(sa.select(OutcomeRecord.tree).order_by(OutcomeRecord.round)).all()
    assert [from_data(tree).result for tree in trees] == ["not_yet_competent", "competent"]


def test_the_self_assessment_carries_over_as_it_was_handed_in(world: World) -> None:
    road = open_road(world)
    reassessed(world, road)
    rows = world.session.scalars(
        sa.select(Judgement).where(Judgement.kind == AssessorKind.SELF).order_by(Judgement.id)
    ).all()
    first, second = rows[: len(road.criteria)], rows[len(road.criteria) :]
    assert [(r.criterion_id, r.level, r.reason, r.judged_at) for r in second] == [
        (r.criterion_id, r.level, r.reason, r.judged_at) for r in first
    ]
    assert {r.carried_from for r in second} == {1}
    loaded = load(
        world.session, actor=world.actor("hilda"), now=clock.now(), public_id=road.public_id
    )
    assert loaded.facts.self_submitted


def test_nobody_of_an_earlier_round_reviews_or_takes_over_the_next(world: World) -> None:
    road = open_road(world)
    reassessed(world, road)
    with pytest.raises(Invalid, match="earlier round"):
        road.hand_over("simon")
    judged_anew(road)
    with pytest.raises(NotFound):
        take_step(road, "take", "renata")
    take_step(road, "take", "rita")
    take_step(road, "return", "rita", comment="Otra vez.")
    take_step(road, "submit", "lena", evidence_confirmed=True)
    take_step(road, "take", "remo")
    with pytest.raises(Invalid, match="not contested"):
        answer(road, "remo", "ac1.cd2", "below", kind=AssessorKind.REVIEW)
    answer(road, "remo", SHORT, "below", kind=AssessorKind.REVIEW)
    take_step(road, "approve", "remo")
    take_step(road, "release", "hilda")
    assert levels(road, 2)[SHORT] == "below"
    take_step(road, "contest", "aurora", statement="Sigo sin verlo.", criteria=[SHORT])
    for name in ("rita", "remo"):
        with pytest.raises((NotAllowed, NotFound)):
            take_step(road, "uphold", name, comment=UPHELD)


def test_a_second_unfinished_appraisal_stops_what_would_open_this_one(world: World) -> None:
    road = open_road(world)
    contested(world, road)
    open_road(world)
    with pytest.raises(IllegalTransition, match="another unfinished"):
        take_step(road, "reassess", "hilda", lead_id=world.employee("lena").id)


def test_reopening_gives_the_drafts_back_and_keeps_what_was_decided(world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    with pytest.raises(Invalid, match="why"):
        take_step(road, "reopen", "hilda", reason=" ")
    take_step(road, "reopen", "hilda", reason="Faltaba un informe.")
    row = row_of(road)
    assert (row.state, row.round, row.turn) == (State.OPEN, 1, 1)
    assert (row.released_at, row.contest_until, row.reviewer_id) == (None,) * 3
    assert outcome_of(world.session, row) is None
    assert told(world, "appraisal_reopened") == {"E301"}
    assert told(world, "reopened_to_judge") == {"E200"}
    take_step(road, "submit", "simon", evidence_confirmed=True)
    take_step(road, "take", "renata")
    take_step(road, "approve", "renata")
    decided = world.session.scalars(sa.select(OutcomeRecord.turn)).all()
    assert sorted(decided) == [1, 2]


def test_another_reviewer_reviews_what_was_reopened_with_drafts_of_their_own(
    world: World,
) -> None:
    road = open_road(world)
    widen(world)
    road.to(State.IN_REVIEW)
    answer(road, "renata", "ac1.cd1", "below", kind=AssessorKind.REVIEW)
    take_step(road, "approve", "renata")
    take_step(road, "reopen", "hilda", reason="Faltaba un informe.")
    take_step(road, "submit", "simon", evidence_confirmed=True)
    take_step(road, "take", "rita")
    answer(road, "rita", "ac1.cd2", "below", kind=AssessorKind.REVIEW)
    take_step(road, "approve", "rita")
    below = {i for i, level in levels(road, 1).items() if level == "below"}
    assert below == {SHORT, "ac1.cd2"}


@pytest.mark.parametrize("state", [State.OPEN, State.SUBMITTED, State.IN_REVIEW])
def test_a_suspended_appraisal_resumes_where_it_was(world: World, state: State) -> None:
    road = open_road(world).to(state)
    with pytest.raises(Invalid, match="why"):
        take_step(road, "suspend", "hilda", reason="")
    take_step(road, "suspend", "hilda", reason="De licencia.")
    assert road.state() is State.SUSPENDED
    with pytest.raises((IllegalTransition, NotAllowed, NotFound)):
        take_step(road, "submit", "simon", evidence_confirmed=True)
    take_step(road, "resume", "hilda")
    assert road.state() is state
    assert told(world, "appraisal_suspended") == {"E301"}


def test_nothing_resumes_beside_another_unfinished_one(world: World) -> None:
    road = open_road(world)
    take_step(road, "suspend", "hilda", reason="De licencia.")
    open_road(world)
    with pytest.raises(IllegalTransition, match="another unfinished"):
        take_step(road, "resume", "hilda")
    take_step(road, "cancel", "hilda", reason="Ya no hace falta.")
    assert row_of(road).resumes_to is None


def test_what_was_suspended_before_submission_is_not_read(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    take_step(road, "return", "renata", comment="Otra vez.")
    take_step(road, "suspend", "hilda", reason="De licencia.")
    loaded = load(
        world.session, actor=world.actor("hilda"), now=clock.now(), public_id=road.public_id
    )
    assert loaded.facts.reached is State.OPEN


def test_a_closed_cycle_has_no_contested_result(world: World) -> None:
    road = open_road(world)
    contested(world, road)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    assert cycle.closed_at is None
    assert row_of(road).state is State.CONTESTED
