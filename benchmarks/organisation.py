"""An organisation of a thousand people, for the pages that list them.

People are imported and the running cycle is opened through the operations, as is the
earlier appraisal of one person. What a thousand people would have written since (drafts,
evidence, steps of the workflow, last year's results) goes in as rows, because writing it
through the operations takes longer than everything that is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.models import (
    Appraisal,
    Assessor,
    Cycle,
    Draft,
    Evidence,
    EvidenceLink,
    OutcomeRecord,
)
from competency.assessments.schema import AssessorKind, Review, State
from competency.audit.operations import exempt
from competency.database.base import Base
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import EvidenceKind
from competency.people.import_file import read_people
from competency.people.importing import import_people
from competency.people.models import Employee
from tests.support.appraisals import open_road
from tests.support.cast import CAST, SLUG, World

PEOPLE, TEAM, EVIDENCE_EACH = 1000, 20, 5
HEADINGS = (
    "employer,employee_number,given_name,family_name,second_family_name,patronymic,"
    "national_id,email,document_language,hired_on,site,team,position,supervisor,campaign"
)
GIVEN = ("Alba", "Bruna", "Celia", "Darío", "Elisa", "Fabio", "Greta", "Hugo", "Irene", "Julio")
FAMILY = ("Ejemplo", "Ficticia", "Imaginaria", "Inventada", "Muestra", "Prueba", "Supuesta")
STATES = (State.OPEN, State.OPEN, State.SUBMITTED, State.SUBMITTED, State.APPROVED)
"""How far the appraisals of the running cycle are, one person after another."""

AnySession = Session | scoped_session[Session]


def fill(world: World, appraisal: str, criteria: tuple[str, ...]) -> None:
    """Add people, a running and an earlier cycle around one open ``appraisal`` (public id).

    ``criteria`` are the ids of its framework's criteria.
    """
    session, now = world.session, clock.now()
    _import_people(world, now)
    shipped = session.scalars(
        sa.select(FrameworkVersion.id).where(FrameworkVersion.slug == SLUG)
    ).one()
    earlier = open_road(world, version_id=shipped).to(State.CLOSED).public_id
    with unit_of_work(session):
        version = session.scalars(
            sa.select(Appraisal.framework_version_id).where(Appraisal.public_id == appraisal)
        ).one()
        due, everybody = now.date() + timedelta(days=10), Population()
        plan = CyclePlan("Ciclo de toda la organización", version, due, review=Review.ALL)
        cycle = open_cycle(
            session, actor=world.actor("hilda"), now=now, plan=plan, population=everybody
        ).id
    with unit_of_work(session):
        exempt(session, "a benchmark writes rows that nobody wrote")
        found = list(session.scalars(sa.select(Appraisal).where(Appraisal.cycle_id == cycle)))
        _advance(session, found, now)
        _write_drafts(session, cycle, criteria, now)
        _collect(session, found, criteria, now)
        _repeat(session, earlier, found)
    if session.get_bind().dialect.name == "postgresql":
        with unit_of_work(session):  # what its autovacuum does soon after so many rows
            session.execute(sa.text("ANALYZE"))


def _import_people(world: World, now: datetime) -> None:
    """Import teams of twenty; the first one is the cast's supervisor's."""
    lines = [HEADINGS]
    for number in range(PEOPLE - len(CAST)):
        team, place = divmod(number, TEAM)
        leads = f"P{team * TEAM:04}" if team else CAST["simon"][0]
        above = CAST["renata"][0] if team and not place else leads
        names = f"{GIVEN[number % len(GIVEN)]},{FAMILY[number % len(FAMILY)]}"
        lines.append(
            f"CDP,P{number:04},{names},,,,,es,2025-02-03,"
            f"Santiago,Equipo Uno,supervisor,{above},ALFA"
        )
    read = read_people("\n".join([*lines, ""]).encode())
    with unit_of_work(world.session):
        import_people(world.session, actor=world.actor("hilda"), now=now, rows=read.lines)


def further_people(session: AnySession, count: int) -> list[Employee]:
    """Add people like the first of the cast, numbered B0 and on; return them in that order."""
    pattern = session.scalars(sa.select(Employee).order_by(Employee.id).limit(1)).one()
    columns = [c.name for c in Employee.__table__.columns if c.name not in ("id", "national_id")]
    alike = {name: getattr(pattern, name) for name in columns}
    made = (
        alike | {"public_id": f"bench{number}", "employee_number": f"B{number}"}
        for number in range(count)
    )
    with unit_of_work(session):
        exempt(session, "a benchmark hires people whom nobody hired")
        _insert(session, Employee, made)
    query = sa.select(Employee).where(Employee.employee_number.startswith("B"))
    return list(session.scalars(query.order_by(Employee.id)))


def _insert(session: AnySession, table: type[Base], rows: Iterator[dict[str, object]]) -> None:
    """Insert rows in one go."""
    session.execute(sa.insert(table), list(rows))


def _advance(session: AnySession, found: Sequence[Appraisal], now: datetime) -> None:
    """Bring the appraisals of the running cycle to their states; every fourth is flagged."""
    decider = session.scalars(sa.select(Cycle.opened_by_id)).first()
    for number, appraisal in enumerate(found):
        appraisal.state = STATES[number % len(STATES)]
        if appraisal.state is State.OPEN:
            continue
        appraisal.turn, appraisal.submitted_at = 1, now
        if number % 4 == 0:
            appraisal.flags = {"self_differs": ["u0.c0", "u0.c1"]}
        if appraisal.state is State.APPROVED:
            appraisal.decided_at, appraisal.decided_by_id = now, decider
    session.flush()


def _write_drafts(
    session: AnySession, cycle: int, criteria: tuple[str, ...], now: datetime
) -> None:
    """Answer every criterion as the lead of every appraisal of the cycle."""
    parts = session.execute(
        sa.select(Assessor.id, Assessor.subject_id)
        .join(Appraisal, Appraisal.id == Assessor.appraisal_id)
        .where(Appraisal.cycle_id == cycle, Assessor.kind == AssessorKind.LEAD)
    ).all()
    common = {"excused": False, "note": "Seen this month.", "version": 1, "saved_at": now}
    _insert(
        session,
        Draft,
        (
            {**common, "assessor_id": part, "subject_id": subject, "criterion_id": i, "level": "F"}
            for part, subject in parts
            for i in criteria
        ),
    )


def _collect(
    session: AnySession, found: Sequence[Appraisal], criteria: tuple[str, ...], now: datetime
) -> None:
    """Give everybody some evidence, each for three criteria."""
    adder = session.scalars(
        sa.select(Employee.id).where(Employee.employee_number == CAST["simon"][0])
    ).one()
    first = (session.scalar(sa.select(sa.func.max(Evidence.id))) or 0) + 1
    subjects = [one.subject_id for one in found for _ in range(EVIDENCE_EACH)]
    common = {"kind": EvidenceKind.OBSERVATION, "happened_on": now.date(), "added_at": now}
    text = "The whole contact was watched, and every step of the protocol was there. " * 3
    _insert(
        session,
        Evidence,
        (
            {
                **common,
                "id": first + place,
                "subject_id": subject,
                "added_by_id": adder,
                "title": f"Contact {place}",
                "text": text,
            }
            for place, subject in enumerate(subjects)
        ),
    )
    _insert(
        session,
        EvidenceLink,
        (
            {
                "evidence_id": first + place,
                "framework_slug": "generated",
                "criterion_id": criteria[(place + step) % len(criteria)],
                "subject_id": subject,
            }
            for place, subject in enumerate(subjects)
            for step in range(3)
        ),
    )


def _repeat(session: AnySession, earlier: str, found: Sequence[Appraisal]) -> None:
    """Give everybody the closed appraisal of one person, with its outcome, as last year's."""
    model = session.scalars(sa.select(Appraisal).where(Appraisal.public_id == earlier)).one()
    result = session.scalars(
        sa.select(OutcomeRecord).where(OutcomeRecord.appraisal_id == model.id)
    ).one()
    first = (session.scalar(sa.select(sa.func.max(Appraisal.id))) or 0) + 1
    same = ("cycle_id", "framework_version_id", "state", "decided_at", "decided_by_id", "turn")
    dates = ("submitted_at", "released_at", "closed_at", "contest_until")
    copied = {name: getattr(model, name) for name in (*same, *dates)}
    outcome = {name: getattr(result, name) for name in ("round", "turn", "result", "tree")}
    _insert(
        session,
        Appraisal,
        (
            {**copied, "id": first + n, "subject_id": one.subject_id, "lead_id": one.lead_id}
            for n, one in enumerate(found)
        ),
    )
    _insert(
        session,
        OutcomeRecord,
        (
            {
                **outcome,
                "appraisal_id": first + n,
                "subject_id": one.subject_id,
                "decided_at": result.decided_at,
            }
            for n, one in enumerate(found)
        ),
    )
