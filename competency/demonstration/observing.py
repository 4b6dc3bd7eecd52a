"""Contacts that supervisors observed in the last weeks, and what the agents said about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.cast import AURORA, BRUNO, TEAMS, agents_of
from competency.demonstration.drawing import calibrated, planned_and_drawn
from competency.demonstration.people import actor_named, employee_named
from competency.demonstration.sources import allowed_source
from competency.frameworks.queries import versions_of
from competency.kpis.schema import SourceKind
from competency.observations.answering import change, dispute, reply
from competency.observations.form_operations import make_form
from competency.observations.operations import begin, hand_in, save
from competency.observations.schema import Contact, Item, Mark, NewForm, Sheet

AnySession = Session | scoped_session[Session]

SEED = 35
OBSERVED = 4
"""Agents of each team whose contacts were observed."""
TIMES = 3
GREETING, CHECKED = "hacer.identificacion", "hacer.comprension"
ITEMS = (
    Item(GREETING, 3),
    Item("ser.empatia", 2),
    Item("ser.discrecion", 3, critical=True),
    Item("ser.sinceridad", 2, critical=True),
    Item("saber.informacion-del-cliente", 1),
    Item("hacer.informacion-clara", 2),
    Item("hacer.escucha", 2),
    Item(CHECKED, 2),
    Item("hacer.sin-comentarios-personales", 1),
    Item("hacer.direccionamiento", 1),
    Item("hacer.seguridad-al-hablar", 1),
    Item("hacer.continuidad-y-cierre", 2),
)
CAP = 50


def observed(session: AnySession, now: datetime, slug: str) -> None:
    """Make a form, observe some contacts of every team; two agents answer, one draft is left.

    Contacts are planned and drawn on it, and one is marked by two for calibration.
    """
    allowed_source(
        session,
        now,
        code="observations",
        kind=SourceKind.OBSERVATIONS,
        said=(words.SOURCE_NAME, words.SOURCE_PARAMETERS, words.BASIS, words.PURPOSES),
    )
    with unit_of_work(session):
        form = make_form(
            session,
            actor=actor_named(session, "D100"),
            now=now - timedelta(days=40),
            new=NewForm(
                versions_of(session, slug)[0].public_id,
                words.FORM_TITLE,
                ITEMS,
                CAP,
                "voice",
                "saludo.transacciones-en-linea",
            ),
        ).public_id
    chance = Random(SEED)  # noqa: S311 - the same days and marks every time, no secret
    first: dict[str, str] = {}
    for team, (supervisor, _) in TEAMS.items():
        for number in agents_of(team)[:OBSERVED]:
            for time in range(TIMES):
                at = now - timedelta(days=7 * (TIMES - time) + chance.randrange(5))
                found = _begun(session, at, supervisor, number, form, chance)
                _handed_in(session, at, supervisor, found, _sheet(chance, time))
                first.setdefault(number, found)
    with unit_of_work(session):
        reply(
            session,
            actor=actor_named(session, BRUNO),
            now=now - timedelta(days=6),
            public_id=first[BRUNO],
            text=words.REPLIED,
        )
    with unit_of_work(session):
        dispute(
            session,
            actor=actor_named(session, AURORA),
            now=now - timedelta(days=5),
            public_id=first[AURORA],
            text=words.DISPUTED,
        )
    with unit_of_work(session):
        dispute(
            session,
            actor=actor_named(session, "D321"),
            now=now - timedelta(days=2),
            public_id=first["D321"],
            text=words.DISPUTED,
        )
    with unit_of_work(session):
        change(
            session,
            actor=actor_named(session, "D100"),
            now=now - timedelta(days=1),
            public_id=first["D321"],
            marks=dict.fromkeys((item.criterion_id for item in ITEMS), Mark.MET),
            text=words.DISPUTE_ANSWERED,
        )
    draft = _begun(session, now, "D200", AURORA, form, chance)
    with unit_of_work(session):
        save(
            session,
            actor=actor_named(session, "D200"),
            now=now,
            public_id=draft,
            sheet=Sheet({item.criterion_id: Mark.MET for item in ITEMS[:5]}, {}),
            edition=0,
        )
    planned_and_drawn(session, now, form)
    calibrated(session, now, form, tuple(item.criterion_id for item in ITEMS))


def _begun(
    session: AnySession,
    at: datetime,
    supervisor: str,
    number: str,
    form: str,
    chance: Random,
) -> str:
    """Begin to observe a contact of the day; return the observation's public id."""
    with unit_of_work(session):
        actor = actor_named(session, supervisor)
        return begin(
            session,
            actor=actor,
            now=at,
            employee_public_id=employee_named(session, number).public_id,
            form_public_id=form,
            contact=Contact(f"LL-{chance.randrange(10_000, 99_999)}", actor.today(at)),
        ).public_id


def _handed_in(
    session: AnySession, at: datetime, supervisor: str, public_id: str, sheet: Sheet
) -> None:
    """Hand a sheet in."""
    with unit_of_work(session):
        hand_in(
            session,
            actor=actor_named(session, supervisor),
            now=at,
            public_id=public_id,
            sheet=sheet,
            edition=0,
        )


def _sheet(chance: Random, time: int) -> Sheet:
    """Return what was seen: mostly met, some not, some that didn't come up.

    In the first contact of each agent something is missed.
    """
    marks = {item.criterion_id: chance.choices(list(Mark), weights=(86, 8, 6))[0] for item in ITEMS}
    marks[GREETING] = Mark.MET
    if time == 0:
        marks[CHECKED] = Mark.NOT_MET
    missed = next((i for i, mark in marks.items() if mark is Mark.NOT_MET), None)
    notes = {} if missed is None else {missed: chance.choice(words.OBSERVED_NOTES)}
    return Sheet(marks, notes)
