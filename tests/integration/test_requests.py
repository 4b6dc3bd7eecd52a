"""An employee asks to be assessed; what follows, and what the database never holds."""

from __future__ import annotations

import json
from contextvars import Context

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from competency.assessments.models import Appraisal, AppraisalRequest, Assessor, Cycle
from competency.assessments.schema import AssessorKind, Review, State
from competency.audit.models import AuditEvent
from competency.cli import main
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import SLUG, World
from tests.support.mail import kinds, messages
from tests.support.requests import REASON, WORDS, RequestWorkflow, asked, step, wish
from tests.support.rows import insert, writing


def test_no_other_way_leads_through_the_workflow_of_a_request(app: Flask, world: World) -> None:
    assert app
    run_state_machine_as_test(
        type("Machine", (RequestWorkflow,), {"world": world}),
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("name", ["simon", "hilda"])
def test_an_accepted_request_opens_an_appraisal_led_by_the_supervisor(
    world: World, name: str
) -> None:
    public_id = asked(world, unit_id="ac2")
    step(world, "accept", name, public_id)
    session = world.session
    session.rollback()
    row, cycle = session.execute(
        sa.select(Appraisal, Cycle).join(Cycle, Cycle.id == Appraisal.cycle_id)
    ).one()
    assert row.state is State.OPEN
    assert row.lead_id == world.employee("simon").id
    assert row.subject_id == world.employee("aurora").id
    assert row.scope
    assert all(criterion.startswith("ac2.") for criterion in row.scope)
    assert cycle.review is Review.ALL
    kinds = set(session.scalars(sa.select(Assessor.kind)))
    assert kinds == {AssessorKind.LEAD, AssessorKind.SELF}
    request = session.scalars(sa.select(AppraisalRequest)).one()
    assert request.appraisal_id == row.id


def test_human_resources_choose_another_lead_and_a_supervisor_does_not(world: World) -> None:
    public_id = asked(world)
    renata = world.employee("renata").id
    with pytest.raises(NotAllowed):
        step(world, "accept", "simon", public_id, lead_id=renata)
    with pytest.raises(Invalid):
        step(world, "accept", "hilda", public_id, lead_id=world.employee("aurora").id)
    with pytest.raises(Invalid, match="name yourself"):
        step(world, "accept", "hilda", public_id, lead_id=world.employee("hilda").id)
    step(world, "accept", "hilda", public_id, lead_id=renata)
    assert world.session.scalars(sa.select(Appraisal.lead_id)).one() == renata


@pytest.mark.parametrize("name", ["bruno", "renata", "carla", "ada"])
def test_a_request_is_hidden_from_whom_it_does_not_concern(world: World, name: str) -> None:
    public_id = asked(world)
    for action in ("withdraw", "accept", "decline"):
        with pytest.raises(NotFound):
            step(world, action, name, public_id)


def test_what_the_framework_has_not_got_cannot_be_asked_for(world: World) -> None:
    for changes in ({"unit_id": "ac9"}, {"level": "E"}):
        with pytest.raises(Invalid):
            asked(world, **changes)
    with pytest.raises(Invalid):
        asked(world, words="  ")
    with pytest.raises(Invalid):
        step(world, "accept", "simon", asked(world), reason=" ")


def test_an_older_version_of_a_framework_cannot_be_asked_for(world: World) -> None:
    old = wish(world).framework
    newer = publish_shipped(world, SLUG, version="1.1.0")
    with pytest.raises(IllegalTransition, match="newer version"):
        asked(world, framework=old)
    assert world.session.scalars(sa.select(AppraisalRequest)).all() == []
    world.session.rollback()
    version = world.session.get_one(FrameworkVersion, newer)
    assert asked(world, framework=version.public_id)


def test_nobody_asks_for_what_is_under_way(world: World) -> None:
    open_road(world)
    with pytest.raises(IllegalTransition):
        asked(world)


def test_a_request_that_a_cycle_overtook_is_not_accepted_and_stays_open(world: World) -> None:
    public_id = asked(world)
    open_road(world)
    with pytest.raises(IllegalTransition):
        step(world, "accept", "simon", public_id)
    world.session.rollback()
    assert world.session.scalars(sa.select(Cycle.title)).all() == ["Ciclo 2026"]
    step(world, "decline", "simon", public_id)


def test_the_database_refuses_a_second_open_request(world: World) -> None:
    asked(world)
    aurora = world.employee("aurora").id
    world.session.rollback()
    with pytest.raises(IntegrityError), writing() as connection:
        insert(
            connection,
            "appraisal_request",
            subject_id=aurora,
            framework_slug=SLUG,
            state="open",
            ended_at=None,
        )


def test_the_chain_holds_each_step_and_none_of_the_words(world: World) -> None:
    step(world, "decline", "simon", asked(world))
    world.session.rollback()
    events = world.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.subject_kind == "request")
    ).all()
    assert [event.action for event in events] == ["request.ask", "request.decline"]
    held = " ".join(str(event.data) for event in events)
    assert WORDS not in held
    assert REASON not in held


def test_the_command_line_lists_what_waits_for_whoever_may_answer(app: Flask, world: World) -> None:
    public_id = asked(world)
    for number, waiting in (("E200", [public_id]), ("E302", [])):
        words = ["requests", "list", "--as", number, "--json"]
        done = Context().run(CliRunner().invoke, main, words, obj=lambda: app)
        assert done.exit_code == 0, done.output
        assert [row["request"] for row in json.loads(done.output)] == waiting


def test_the_supervisor_hears_of_a_request_and_the_employee_of_its_answer(world: World) -> None:
    public_id = asked(world)
    assert kinds(world, "simon") == ["request_made"]
    assert kinds(world, "hilda") == []
    assert WORDS not in str([message.params for message in messages(world)])
    step(world, "decline", "simon", public_id)
    assert kinds(world, "aurora") == ["request_answered"]
    step(world, "accept", "simon", asked(world))
    assert kinds(world, "aurora").count("request_answered") == 2
    assert REASON not in str([message.params for message in messages(world)])


def test_without_a_supervisor_human_resources_hear_of_a_request(world: World) -> None:
    asked(world, "carla")
    assert kinds(world, "hilda") == ["request_made"]


def test_a_request_that_is_withdrawn_tells_nobody(world: World) -> None:
    public_id = asked(world)
    before = len(messages(world))
    step(world, "withdraw", "aurora", public_id)
    assert len(messages(world)) == before
