"""A plan of observations, contacts that a recorder brought, one drawn, and a calibration."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.cast import AURORA, BRUNO, TEAMS, agents_of
from competency.demonstration.people import actor_named, employee_named, system_actor
from competency.demonstration.sources import allowed_source
from competency.kpis.import_files import NamedFile
from competency.kpis.import_preparing import prepare
from competency.kpis.import_profile import read_profile
from competency.kpis.importing import apply_import
from competency.kpis.schema import SourceKind
from competency.observations.calibrating import NewCalibration, open_calibration, submit_own
from competency.observations.drawing import draw_contact
from competency.observations.plan_rules import month_of
from competency.observations.plans import NewPlan, set_plan
from competency.observations.schema import Contact, Mark, Sheet
from competency.people.models import Position

AnySession = Session | scoped_session[Session]
SEED = 36
DAYS = 30
A_DAY = 4
PLANNED = 4
MOST_HELD = 120
"""Seconds that a contact was put on hold for at most."""
HEADINGS = ("Agente", "Inicio", "Grabación", "Espera")
PROFILE = """format: 1
source: recorder
shape: calls
files: {separator: ;}
person: {column: Agente}
day: Inicio
fields:
  handled: {}
  hold-seconds: {column: Espera, written: seconds}
contact: {reference: Grabación, kept_days: 60}
kpis: [hold-time]
"""


def planned_and_drawn(session: AnySession, now: datetime, form: str) -> None:
    """Plan contacts of every operator, bring in what was recorded, and draw one."""
    human_resources = actor_named(session, "D100")
    at = now - timedelta(days=40)
    with unit_of_work(session):
        operator = session.scalars(sa.select(Position.id).where(Position.code == "operator")).one()
        set_plan(
            session,
            actor=human_resources,
            now=at,
            new=NewPlan(
                form,
                PLANNED,
                month_of(human_resources.today(at)),
                words.PLAN_REASON,
                position_id=operator,
            ),
        )
    allowed_source(
        session,
        now,
        code="recorder",
        kind=SourceKind.FILES,
        said=(
            words.RECORDER_NAME,
            words.RECORDER_PARAMETERS,
            words.TELEPHONY_BASIS,
            words.PURPOSES,
        ),
    )
    system = system_actor(session)
    file = NamedFile("grabaciones.csv", _file(human_resources.today(now)).encode())
    profile = read_profile(PROFILE, "grabaciones")
    prepared = prepare(session, actor=system, now=now, files=[file], profile=profile)
    with unit_of_work(session):
        apply_import(session, actor=system, now=now, prepared=prepared)
    supervisor = actor_named(session, TEAMS["Alfa 1"][0])
    with unit_of_work(session):
        draw_contact(
            session,
            actor=supervisor,
            now=now,
            employee_public_id=employee_named(session, BRUNO).public_id,
            form_public_id=form,
            first=month_of(supervisor.today(now)),
        )


def _file(today: date) -> str:
    """Return what was recorded of the first team, today and the days before."""
    chance = Random(SEED)  # noqa: S311 - made up, and the same each time
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(HEADINGS)
    for number in agents_of("Alfa 1"):
        for back in range(DAYS):
            day = today - timedelta(days=back)
            for time in range(A_DAY):
                reference = f"GR-{day:%m%d}-{number[1:]}-{time + 1}"
                held = chance.randrange(MOST_HELD)
                writer.writerow((number, f"{day} {9 + 2 * time}:00", reference, held))
    return stream.getvalue()


def calibrated(session: AnySession, now: datetime, form: str, items: tuple[str, ...]) -> None:
    """Let two supervisors mark one contact blind; in two behaviours they differ."""
    supervisors = [supervisor for supervisor, _ in TEAMS.values()][:2]
    actor, at = actor_named(session, "D100"), now - timedelta(days=9)
    with unit_of_work(session):
        found = open_calibration(
            session,
            actor=actor,
            now=at,
            new=NewCalibration(
                AURORA,
                form,
                Contact("LL-20417", actor.today(at) - timedelta(days=1)),
                [employee_named(session, number).public_id for number in supervisors],
            ),
        ).public_id
    met = dict.fromkeys(items, Mark.MET)
    sheets = (
        Sheet({**met, items[1]: Mark.NOT_MET}, {items[1]: words.OBSERVED_NOTES[0]}),
        Sheet(
            {**met, items[1]: Mark.NOT_MET, items[4]: Mark.NOT_APPLICABLE, items[6]: Mark.NOT_MET},
            {},
        ),
    )
    for number, sheet in zip(supervisors, sheets, strict=True):
        with unit_of_work(session):
            submit_own(
                session,
                actor=actor_named(session, number),
                now=at + timedelta(days=2),
                public_id=found,
                sheet=sheet,
                edition=0,
            )
