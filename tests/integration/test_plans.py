"""Development plans: who writes and reads them, versions, owners, due dates, hostile text."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.schema import State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.documents.plan import development_plan
from competency.errors import (
    CompetencyError,
    Conflict,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
)
from competency.extensions import db
from competency.people.operations import report_to
from competency.people.schema import Actor
from competency.progression.models import DevelopmentPlan, PlanAction
from competency.progression.operations import (
    TEXT_MAXIMUM,
    ActionDetails,
    add_action,
    change_action,
    make_plan,
    set_action_state,
)
from competency.progression.papers import plan_facts
from competency.progression.queries import PlanView, plan_of
from competency.progression.schema import ActionKind, ActionState
from tests.support.appraisals import LEAD_NOTE, SHORT, Road, open_road
from tests.support.cast import World
from tests.support.register import copies

CAST = ("hilda", "simon", "aurora", "bruno", "renata", "carla", "augusto", "ada")


def details(road: Road, **changed: Any) -> ActionDetails:  # noqa: ANN401 - values of any field
    """Return an action that the plan takes, with what is ``changed``."""
    common = ActionDetails(
        criteria=(SHORT,),
        kind=ActionKind.COACHING,
        text="Analizar los indicadores cada semana.",
        owner_id=road.world.employee("aurora").id,
        due_on=clock.now().date() + timedelta(days=30),
        measure="Cuatro informes con causas",
    )
    return replace(common, **changed)


def add(road: Road, name: str = "simon", appraisal: str = "", **changed: Any) -> PlanAction:  # noqa: ANN401 - values of any field
    """Add an action as somebody of the cast."""
    made = details(road, **changed)
    with unit_of_work(road.world.session):
        return add_action(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            appraisal_public_id=appraisal or road.public_id,
            details=made,
        )


def change(road: Road, action: str, version: int, name: str = "simon", **changed: Any) -> None:  # noqa: ANN401 - values of any field
    """Change an action as somebody of the cast."""
    made = details(road, **changed)
    with unit_of_work(road.world.session):
        change_action(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            appraisal_public_id=road.public_id,
            action_public_id=action,
            details=made,
            version=version,
        )


def mark(road: Road, action: str, state: ActionState, version: int, name: str = "simon") -> None:
    """Set an action's state as somebody of the cast."""
    with unit_of_work(road.world.session):
        set_action_state(
            road.world.session,
            actor=road.world.actor(name),
            now=clock.now(),
            appraisal_public_id=road.public_id,
            action_public_id=action,
            state=state,
            version=version,
        )


def actions(road: Road) -> list[PlanAction]:
    """Return every action in the database now."""
    road.world.session.rollback()
    return list(road.world.session.scalars(sa.select(PlanAction).order_by(PlanAction.id)))


def refusal(attempt: str, road: Road, name: str) -> type[CompetencyError] | None:
    """Return what somebody is refused with when they read or write the plan, if they are."""
    road.world.session.rollback()
    try:
        if attempt == "write":
            add(road, name, text=f"de {name}")
        else:
            plan_of(
                road.world.session,
                actor=road.world.actor(name),
                now=clock.now(),
                appraisal_public_id=road.public_id,
            )
    except CompetencyError as error:
        return type(error)
    return None


# Who reads and writes, by state and relation


def test_nobody_reads_or_writes_a_plan_before_the_decision(world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    for name in CAST:
        assert refusal("read", road, name) is NotFound, name
        assert refusal("write", road, name) is NotFound, name
    assert actions(road) == []


def test_before_the_release_the_lead_writes_and_the_employee_knows_of_no_plan(
    world: World,
) -> None:
    road = open_road(world).to(State.APPROVED)
    assert refusal("write", road, "simon") is None
    assert refusal("read", road, "aurora") is NotFound
    assert refusal("write", road, "aurora") is NotFound
    assert [action.text for action in actions(road)] == ["de simon"]


def test_after_the_release_employee_and_supervisor_write_and_the_others_read_at_most(
    world: World,
) -> None:
    road = open_road(world).to(State.RELEASED)
    found = {name: (refusal("read", road, name), refusal("write", road, name)) for name in CAST}
    assert found == {
        "hilda": (None, NotAllowed),
        "simon": (None, None),
        "aurora": (None, None),
        "bruno": (NotFound, NotFound),
        "renata": (None, NotAllowed),
        "carla": (NotFound, NotFound),
        "augusto": (None, NotAllowed),
        "ada": (NotFound, NotFound),
    }


def test_writing_moves_with_today_s_supervisor_and_stays_with_the_lead(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    with unit_of_work(world.session):
        report_to(
            world.session,
            actor=world.system(),
            now=clock.now(),
            employee=world.employee("aurora"),
            supervisor=world.employee("bruno"),
            starts_on=clock.local_date(clock.now(), "America/Santiago"),
        )
    assert refusal("write", road, "bruno") is None
    assert refusal("write", road, "simon") is None


# What an action can have


def test_the_first_action_makes_the_plan_and_the_second_finds_it(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    add(road)
    add(road, "aurora", text="Leer el manual")
    with unit_of_work(world.session):
        make_plan(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            appraisal_public_id=road.public_id,
        )
    assert world.session.scalar(sa.select(sa.func.count()).select_from(DevelopmentPlan)) == 1
    made = sa.select(sa.func.count()).where(AuditEvent.action == "plan.made")
    assert world.session.scalar(made) == 1
    assert len(actions(road)) == 2


def test_the_same_form_sent_twice_makes_one_action(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    first = add(road).public_id
    assert add(road, criteria=(SHORT, SHORT)).public_id == first
    mark(road, first, ActionState.DONE, 1)
    assert add(road).public_id != first
    assert [action.criteria for action in actions(road)] == [[SHORT], [SHORT]]


def test_what_an_action_cannot_have_is_refused_by_its_field(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    yesterday = clock.now().date() - timedelta(days=2)
    wrong: dict[str, tuple[str, Any]] = {
        "no criterion": ("criteria", ()),
        "an unknown criterion": ("criteria", (SHORT, "ac9.cd9")),
        "no text": ("text", " \n "),
        "a long text": ("text", "x" * (TEXT_MAXIMUM + 1)),
        "a long measure": ("measure", "x" * (TEXT_MAXIMUM + 1)),
        "a hidden character": ("text", "antes\u202edespués"),
        "a null": ("text", "antes\x00después"),
        "an unprintable sign": ("measure", "👍"),
        "a stranger as owner": ("owner_id", world.employee("bruno").id),
        "nobody as owner": ("owner_id", 10**9),
        "a day that has passed": ("due_on", yesterday),
    }
    for what, (field, value) in wrong.items():
        with pytest.raises(Invalid) as refused:
            add(road, **{field: value})
        assert refused.value.field == field.removesuffix("_id"), what
    assert actions(road) == []
    assert world.session.scalar(sa.select(DevelopmentPlan.id)) is None


def test_markup_in_an_action_is_text_and_reaches_the_document_as_text(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    hostile = "<b>no</b> {{ 7*7 }} <img src=http://example.invalid/x> &amp; %(name)s"
    add(road, text=hostile, measure="<para>")
    view = view_of(road)
    facts = plan_facts(world.session, view, clock.now())
    assert facts.actions[0].text == hostile
    assert development_plan(facts).startswith(b"%PDF-")


def view_of(road: Road, name: str = "simon") -> PlanView:
    """Return the plan as somebody reads it."""
    road.world.session.rollback()
    return plan_of(
        road.world.session,
        actor=road.world.actor(name),
        now=clock.now(),
        appraisal_public_id=road.public_id,
    )


def test_a_criterion_out_of_scope_is_neither_a_gap_nor_planned_for(world: World) -> None:
    road = open_road(world)
    road.narrow(["ac1.cd1", SHORT])
    road.criteria = ("ac1.cd1", SHORT)
    road.to(State.CLOSED)
    assert [gap.criterion_id for gap in view_of(road).gaps] == [SHORT]
    with pytest.raises(Invalid):
        add(road, criteria=("ac3.cd1",))


def test_a_plan_shows_its_gaps_under_their_unit_with_the_reason_given(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    view = view_of(road, "aurora")
    [(unit, inside)] = view.gaps_by_unit
    assert unit == view.loaded.framework.unit_of(SHORT)
    assert [(gap.criterion_id, gap.judged, gap.required) for gap in inside] == [
        (SHORT, "below", "met")
    ]
    assert view.reasons == {SHORT: LEAD_NOTE}


def test_an_action_for_no_gap_is_shown_apart(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    add(road)
    add(road, criteria=("ac1.cd1",), text="Mantener lo logrado")
    view = view_of(road)
    assert [action.text for action in view.other_actions] == ["Mantener lo logrado"]
    assert len(view.actions_for(SHORT)) == 1
    assert view.open_actions == 2


def test_the_day_on_the_document_is_the_day_at_the_employer(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    late = clock.now().replace(hour=2, minute=30) + timedelta(days=1)
    facts = plan_facts(world.session, view_of(road), late)
    assert facts.made_on == late.date() - timedelta(days=1)


# Versions, races, foreign identifiers


def test_an_old_version_is_a_conflict_and_changes_nothing(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    action = add(road).public_id
    change(road, action, 1, text="la primera")
    for version in (1, 0, -1, 10**30):
        with pytest.raises(Conflict):
            change(road, action, version, "aurora", text="la segunda")
        with pytest.raises(Conflict):
            mark(road, action, ActionState.DONE, version)
    [kept] = actions(road)
    assert (kept.text, kept.version, kept.state) == ("la primera", 2, ActionState.OPEN)
    change(road, action, 2, "aurora", text="la segunda")
    mark(road, action, ActionState.DROPPED, 3)
    mark(road, action, ActionState.DROPPED, 3)
    mark(road, action, ActionState.OPEN, 4)
    assert actions(road)[0].version == 5


def test_of_two_who_opened_the_same_version_one_is_told(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    action = add(road).public_id
    made = {text: details(road, text=text) for text in ("una", "otra")}
    people = {"una": world.actor("simon"), "otra": world.actor("aurora")}
    world.session.rollback()
    both_have_read = threading.Barrier(2)

    def save(text: str) -> str:
        with app.app_context():
            return _save(people[text], made[text])

    def _save(actor: Actor, wanted: ActionDetails) -> str:
        now, plan = clock.now(), road.public_id
        try:
            with unit_of_work(db.session):
                read = None
                if db.session.get_bind().dialect.name == "postgresql":
                    read = plan_of(db.session, actor=actor, now=now, appraisal_public_id=plan)
                    both_have_read.wait()
                change_action(
                    db.session,
                    actor=actor,
                    now=now,
                    appraisal_public_id=plan,
                    action_public_id=action,
                    details=wanted,
                    version=1,
                )
                del read  # held until here, as a page holds what it read
        except Conflict:
            return "told"
        return wanted.text

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(save, made))
    [kept] = actions(road)
    assert found == sorted(["told", kept.text])
    assert kept.version == 2


def test_an_action_of_another_plan_answers_like_a_missing_one(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    [other] = copies(road, 1)
    foreign = add(road, appraisal=other, text="de otro plan").public_id
    add(road)
    for action in (foreign, "0" * 20, "", "' OR 1=1 --"):
        with pytest.raises(NotFound):
            change(road, action, 1, text="cambiada")
        with pytest.raises(NotFound):
            mark(road, action, ActionState.DONE, 1)
    assert "cambiada" not in {action.text for action in actions(road)}


def test_a_due_date_that_passed_stays_when_the_rest_is_changed(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    action = add(road).public_id
    with unit_of_work(world.session):
        row = world.session.scalars(sa.select(PlanAction)).one()
        row.due_on = date(2025, 1, 31)
        exempt(world.session, "a test lets time pass")
    change(road, action, 1, due_on=date(2025, 1, 31), text="otra vez")
    with pytest.raises(Invalid):
        change(road, action, 2, due_on=date(2025, 2, 1))
    assert actions(road)[0].text == "otra vez"


def test_an_owner_who_is_no_longer_one_stays_when_the_rest_is_changed(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    bruno = world.employee("bruno").id
    action = add(road).public_id
    with unit_of_work(world.session):
        row = world.session.scalars(sa.select(PlanAction)).one()
        row.owner_id = bruno
        exempt(world.session, "a test makes a former owner")
    change(road, action, 1, owner_id=bruno, text="otra vez")
    with pytest.raises(Invalid):
        add(road, owner_id=bruno)


def test_a_plan_of_an_erased_person_stays_closed(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    with unit_of_work(world.session):
        world.employee("aurora").printed_name = ""
        exempt(world.session, "a test erases the name alone")
    with pytest.raises(IllegalTransition):
        add(road)
    assert not view_of(road).writable
