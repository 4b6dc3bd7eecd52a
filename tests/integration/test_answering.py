"""A request is answered by a day that was promised; after it those who answer are told once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from competency import clock
from competency.assessments.advancing import Advanced, advance
from competency.assessments.models import AppraisalRequest
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed
from competency.mail.models import MailMessage
from competency.people.models import Employer
from competency.people.organisation import EmployerDetails, change_employer
from tests.support.applications import applied
from tests.support.cast import World
from tests.support.requests import asked, step

ASKED_AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
OVERDUE_AT = datetime(2026, 3, 21, 4, 0, tzinfo=UTC)
"""Past midnight in Santiago after the tenth day."""


def days(world: World, number: int, name: str = "hilda") -> None:
    employer = world.session.scalars(sa.select(Employer)).one()
    with unit_of_work(world.session):
        change_employer(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            employer=world.session.merge(employer),
            details=EmployerDetails(
                employer.legal_name, None, "America/Santiago", "es", answer_days=number
            ),
        )


def run(world: World, now: datetime) -> Advanced:
    with unit_of_work(world.session):
        return advance(world.session, actor=world.system(), now=now)


def promised(world: World) -> date | None:
    world.session.rollback()
    return world.session.scalars(sa.select(AppraisalRequest.answer_by)).one()


def told(world: World) -> set[str]:
    world.session.rollback()
    query = sa.select(MailMessage.employee_id).where(MailMessage.kind == "request_overdue")
    ids = list(world.session.scalars(query))
    assert len(ids) == len(set(ids))
    return {name for name in ("simon", "hilda", "aurora") if world.employee(name).id in ids}


def test_the_employer_sets_the_days_and_what_was_promised_stays(world: World) -> None:
    with time_machine.travel(ASKED_AT, tick=False):
        days(world, 3)
        asked(world)
        assert promised(world) == date(2026, 3, 13)
        days(world, 30)
        assert promised(world) == date(2026, 3, 13)


@pytest.mark.parametrize("number", [0, 91])
def test_the_days_are_between_1_and_90(world: World, number: int) -> None:
    with pytest.raises(Invalid):
        days(world, number)
    with pytest.raises(NotAllowed):
        days(world, 10, "simon")


def test_those_who_answer_are_told_once_when_the_day_has_passed(world: World) -> None:
    with time_machine.travel(ASKED_AT, tick=False):
        asked(world)
        assert promised(world) == date(2026, 3, 20)
    assert run(world, OVERDUE_AT - timedelta(hours=2)).overdue == 0
    assert told(world) == set()
    assert run(world, OVERDUE_AT).overdue == 1
    assert told(world) == {"simon", "hilda"}
    assert run(world, OVERDUE_AT + timedelta(days=5)).overdue == 0
    assert told(world) == {"simon", "hilda"}
    assert verify(world.session) == []


def test_of_an_application_only_human_resources_are_told(world: World) -> None:
    with time_machine.travel(ASKED_AT, tick=False):
        applied(world)
    assert run(world, OVERDUE_AT).overdue == 1
    assert told(world) == {"hilda"}


@pytest.mark.parametrize("action", ["withdraw", "decline", "accept"])
def test_of_an_answered_request_nobody_is_told(world: World, action: str) -> None:
    with time_machine.travel(ASKED_AT, tick=False):
        public_id = asked(world)
        step(world, action, "aurora" if action == "withdraw" else "hilda", public_id)
    assert run(world, OVERDUE_AT).overdue == 0
    assert told(world) == set()
