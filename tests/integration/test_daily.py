"""The work of each day: one function, which two may run at once and anybody again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal, Assessor, Cycle
from competency.assessments.schema import State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.daily import Done, do_what_is_due
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.mail.models import MailMessage
from competency.mail.rules import KEPT
from tests.integration.test_cli import run
from tests.integration.test_mail_queue import planned
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import World
from tests.support.mail import tell
from tests.support.races import together


def prepared(world: World) -> datetime:
    """Bring about one of each: to release, to remind of, an action, an old message; return now."""
    now = planned(world, days=3) + timedelta(seconds=1)
    version_id = publish_shipped(world, "customer-service-progression")
    open_road(world, version_id=version_id)
    tell(world, "bruno")
    today = world.actor("hilda").today(now)
    with unit_of_work(world.session):
        exempt(world.session, "a test sets dates")
        last = sa.select(sa.func.max(MailMessage.id)).scalar_subquery()
        old = {"made_at": now - KEPT - timedelta(days=1)}
        world.session.execute(sa.update(MailMessage).where(MailMessage.id == last).values(old))
        earlier = sa.update(Assessor).where(Assessor.submitted_at.is_not(None))
        world.session.execute(earlier.values(submitted_at=now - timedelta(days=3)))
        world.session.execute(
            sa.update(Cycle).values(opened_on=today, submit_due_on=today, releases_on=today)
        )
    return now


def traces(world: World) -> tuple[int, int, dict[str, State]]:
    """Return how many messages and events there are, and every appraisal's state."""
    world.session.rollback()
    count = sa.func.count()
    messages = world.session.scalar(sa.select(count).select_from(MailMessage)) or 0
    events = world.session.scalar(sa.select(count).select_from(AuditEvent)) or 0
    rows = world.session.execute(sa.select(Appraisal.public_id, Appraisal.state))
    return messages, events, dict(rows.all())


def test_two_at_once_and_again_the_same_day_do_it_once(app: Flask, world: World) -> None:
    now = prepared(world)
    messages, events, _states = traces(world)
    runs: list[Done] = []

    def work() -> None:
        runs.append(do_what_is_due(db.session, now))

    together(app, [work, work])
    assert sorted(run.cycles.released for run in runs) == [0, 1]
    assert sorted(run.cycles.reminded for run in runs) == [0, 2]
    assert sorted(run.plans.due for run in runs) == [0, 1]
    assert sorted(run.trimmed for run in runs) == [0, 1]
    assert [run.cycles.refused for run in runs] == [{}, {}], "what another did is no refusal"
    once = traces(world)
    # a result to read, two reminders of cycles and one of a plan, less the one deleted
    assert once[0] == messages + 3
    assert once[1] == events + 2, "the release and the deletion"
    again = do_what_is_due(world.session, now + timedelta(seconds=1))
    assert (again.cycles.released, again.cycles.reminded, again.plans.due) == (0, 0, 0)
    assert again.trimmed == 0
    assert traces(world) == once


def test_the_command_does_all_that_the_process_does(app: Flask, world: World) -> None:
    prepared(world)
    done = json.loads(run(app, "cycles", "advance", "--json").output)
    assert (done["released"], done["reminded"]) == (1, 2)
    assert (done["plans_due"], done["trimmed"]) == (1, 1)
    before = traces(world)
    told = run(app, "cycles", "advance").output
    assert "released: 0" in told
    assert "told of what is due: 0" in told
    assert traces(world) == before
    assert before[0] > 0
    assert clock.now()
