"""Somebody who left and is taken back: what ended stays ended until a new code is redeemed."""

from __future__ import annotations

from contextvars import Context
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency import clock
from competency.audit.models import AuditEvent
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotAllowed
from competency.people.access import end_access, grant_role, invite
from competency.people.leaving import leave, take_back
from competency.people.models import Invitation
from competency.people.queries import standing
from competency.people.schema import AccountState, Role
from tests.support.cast import CAST, PASSWORD, World
from tests.support.doors import knock, visitor


def today() -> date:
    """Return the day in Santiago, where everybody works."""
    return clock.local_date(clock.now(), "America/Santiago")


def code_for(world: World, name: str, by: str) -> str:
    """Make a code for somebody."""
    with unit_of_work(world.session):
        return invite(
            world.session, actor=world.actor(by), now=clock.now(), account=world.account(name)
        )


def place_of(world: World, name: str) -> dict[str, Any]:
    """Return the site and the team where somebody works."""
    where = standing(world.session, world.employee(name).id, today())
    return {"site_id": where.site_id, "team_id": where.team_id}


def gone(world: World, name: str) -> None:
    """Let somebody leave today."""
    with unit_of_work(world.session):
        leave(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee(name),
            left_on=today(),
        )


def back(world: World, name: str, *, by: str = "hilda", starts_on: date | None = None) -> None:
    """Take somebody back."""
    place = place_of(world, "simon")
    with unit_of_work(world.session):
        take_back(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            employee=world.employee(name),
            starts_on=starts_on or today(),
            **place,
        )


def redeem(app: Flask, code: str) -> int:
    """Set Bruno's password with a code; return the status (302 is success)."""
    form = {
        "employee_number": CAST["bruno"][0],
        "code": code,
        "password": "eight blue lanterns",
        "again": "eight blue lanterns",
    }
    return visitor(app).post("/code", form).status_code


def test_who_is_taken_back_signs_in_with_a_new_code_and_nothing_older(
    app: Flask, world: World
) -> None:
    old = code_for(world, "bruno", "hilda")
    gone(world, "bruno")
    assert world.account("bruno").state is AccountState.ENDED
    with pytest.raises(Invalid):
        code_for(world, "bruno", "ada")
    back(world, "bruno")
    bruno = world.employee("bruno")
    assert bruno.left_on is None
    assert place_of(world, "bruno") == place_of(world, "simon")
    assert world.account("bruno").state is AccountState.INVITED
    assert knock(visitor(app), CAST["bruno"][0], PASSWORD) == 422
    assert redeem(app, old) == 422
    assert redeem(app, code_for(world, "bruno", "hilda")) == 302
    events = world.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.subject == world.employee("bruno").public_id)
    ).all()
    assert {"employee.left", "employee.taken_back"} <= set(events)


def test_roles_end_with_the_account_and_are_granted_again(world: World) -> None:
    gone(world, "renata")
    account = world.account("renata").public_id
    revoked = sa.select(AuditEvent.data).where(
        AuditEvent.action == "role.revoked", AuditEvent.subject == account
    )
    assert [data["role"] for data in world.session.scalars(revoked)] == ["reviewer"]
    back(world, "renata")
    assert not world.actor("renata").grants
    assert code_for(world, "renata", "hilda"), "no role stands behind the code"
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("renata"),
            role=Role.REVIEWER,
        )
    with pytest.raises(NotAllowed):
        code_for(world, "renata", "hilda")
    assert world.actor("renata").has(Role.REVIEWER)


def test_an_account_that_an_administrator_ends_loses_its_roles_too(world: World) -> None:
    with unit_of_work(world.session):
        end_access(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("carla"),
        )
    assert not world.actor("carla").grants


def test_taking_back_needs_human_resources_somebody_who_left_and_a_later_day(world: World) -> None:
    with pytest.raises(Invalid, match="works here"):
        back(world, "bruno")
    gone(world, "bruno")
    with pytest.raises(NotAllowed):
        back(world, "bruno", by="simon")
    with pytest.raises(Invalid, match="before the day"):
        back(world, "bruno", starts_on=today() - timedelta(days=1))


@pytest.mark.parametrize("way", ["leaving", "ended by an administrator"])
def test_open_codes_end_with_the_account(world: World, way: str) -> None:
    code_for(world, "bruno", "hilda")
    if way == "leaving":
        gone(world, "bruno")
    else:
        with unit_of_work(world.session):
            end_access(
                world.session,
                actor=world.actor("ada"),
                now=clock.now(),
                account=world.account("bruno"),
            )
    world.session.rollback()
    still_open = sa.select(Invitation.id).where(Invitation.used_at.is_(None))
    assert world.session.scalars(still_open).all() == []


def test_the_command_takes_somebody_back(app: Flask, world: World) -> None:
    gone(world, "bruno")
    words = ["people", "return", "E302", "--from", today().isoformat(), "--as", "E100"]
    for place, code in (
        (["--site", "Madrid"], 1),
        (["--site", "Santiago", "--team", "Equipo Dos"], 1),
        (["--site", "Santiago", "--team", "Equipo Uno"], 0),
    ):
        arguments = [*words, *place]
        result = Context().run(CliRunner().invoke, main, arguments, obj=lambda: app)
        assert result.exit_code == code, result.output
    world.session.rollback()
    assert world.employee("bruno").left_on is None
