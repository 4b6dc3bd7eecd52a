"""Observations of Aurora by Simón, through the operations, with a small form."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.kpis.models import ContactReference, DataSource, KpiImport, Measurement, SourceBasis
from competency.kpis.schema import SourceKind
from competency.observations import operations
from competency.observations.answering import dispute
from competency.observations.calibrating import NewCalibration, open_calibration
from competency.observations.drawing import draw_contact
from competency.observations.form_operations import make_form
from competency.observations.mapping_operations import map_behaviour
from competency.observations.models import ObservationPlan
from competency.observations.plan_rules import month_of
from competency.observations.plans import NewPlan, set_plan
from competency.observations.schema import Contact, Item, Mapped, Mark, NewForm, Sheet
from competency.people.models import Employer
from tests.support.appraisals import publish_shipped
from tests.support.cast import SLUG, World

PROTOCOL = "service-protocol"
CRITICAL = "hacer.sin-comentarios-personales"
ITEMS = (
    Item("hacer.identificacion", 3),
    Item("hacer.escucha", 2),
    Item("hacer.comprension", 1),
    Item(CRITICAL, 2, critical=True),
)
CAP = 50
MET = {item.criterion_id: Mark.MET for item in ITEMS}


def allow(world: World) -> None:
    """Write down what allows observing people of the one employer."""
    session = world.session
    with unit_of_work(session):
        exempt(session, "a test has a legal basis")
        source = DataSource(code="observations", name="Observaciones", kind=SourceKind.OBSERVATIONS)
        session.add(source)
        session.flush()
        session.add(
            SourceBasis(
                source_id=source.id,
                employer_id=session.scalars(sa.select(Employer.id)).one(),
                legal_basis="Reglamento interno",
                notice_version="1",
                notified_on=date(2024, 1, 8),
                purposes="Formación",
                retention_months=12,
                starts_on=date(2024, 1, 8),
                set_by_id=world.account("hilda").id,
                set_at=clock.now(),
            )
        )


def disallow(world: World) -> None:
    """Take away what allows it."""
    with unit_of_work(world.session):
        exempt(world.session, "a test has no legal basis")
        world.session.execute(sa.delete(SourceBasis))


def new_form(world: World, version_id: int | None = None, **changes: object) -> NewForm:
    """Return what the small form is made of, its framework published."""
    version_id = version_id or publish_shipped(world, PROTOCOL)
    version = world.session.get_one(FrameworkVersion, version_id).public_id
    values = {
        "title": "Monitoreo de voz",
        "items": ITEMS,
        "cap_percent": CAP,
        "channel": "voice",
        "script_id": "saludo.mi-planilla",
        **changes,
    }
    return NewForm(version, **values)  # type: ignore[arg-type]  # values of its fields


def made_form(world: World, **changes: object) -> str:
    """Make the small form as Hilda; return its public id."""
    new = new_form(world, **changes)  # type: ignore[arg-type]  # values of its fields
    with unit_of_work(world.session):
        return make_form(
            world.session, actor=world.actor("hilda"), now=clock.now(), new=new
        ).public_id


def mapped(world: World, behaviour: str = ITEMS[1].criterion_id, criterion: str = "ac1.cd3") -> str:
    """Map a behaviour of the protocol to a criterion of source 000; return its public id."""
    with unit_of_work(world.session):
        return map_behaviour(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            mapped=Mapped(PROTOCOL, behaviour, SLUG, criterion),
        ).public_id


def planned(world: World, form: str, contacts: int = 4, **narrowed: int) -> ObservationPlan:
    """Plan contacts of everybody from this month on as Hilda; return the row."""
    with unit_of_work(world.session):
        hilda, now = world.actor("hilda"), clock.now()
        starts_on = month_of(hilda.today(now))
        new = NewPlan(form, contacts, starts_on, "Acuerdo", **narrowed)
        return set_plan(world.session, actor=hilda, now=now, new=new)


def keep_contacts(
    world: World, of: str, *references: str, days: int = 0, channel: str | None = None
) -> None:
    """Keep references of somebody's contacts of some days ago, as an import brings them."""
    session = world.session
    with unit_of_work(session):
        exempt(session, "a test has contacts")
        source_id = session.scalars(sa.select(DataSource.id).order_by(DataSource.id)).first()
        brought = KpiImport(
            source_id=source_id,
            profile={},
            files=[],
            people=1,
            rows_read=len(references),
            added=0,
            changed=0,
            unchanged=0,
            set_aside=0,
            imported_by_id=world.account("hilda").id,
            imported_at=clock.now(),
        )
        session.add(brought)
        session.flush()
        day = world.actor(of).today(clock.now()) - timedelta(days=days)
        session.add_all(
            ContactReference(
                employee_id=world.employee(of).id,
                day=day,
                source_id=source_id,
                import_id=brought.id,
                kept_until=day + timedelta(days=45),
                reference=reference,
                channel=channel,
            )
            for reference in references
        )


def drawn(world: World, form: str) -> str:
    """Keep a contact of Aurora's and draw it as Simón; return the draw's public id."""
    keep_contacts(world, "aurora", "LL-7")
    with unit_of_work(world.session):
        simon, now = world.actor("simon"), clock.now()
        return draw_contact(
            world.session,
            actor=simon,
            now=now,
            employee_public_id=world.employee("aurora").public_id,
            form_public_id=form,
            first=month_of(simon.today(now)),
        ).public_id


def opened(world: World, form: str, *, of: str = "aurora", by: str = "hilda") -> str:
    """Open a calibration of Aurora's contact for Simón and Renata; return its public id."""
    with unit_of_work(world.session):
        actor, now = world.actor(by), clock.now()
        return open_calibration(
            world.session,
            actor=actor,
            now=now,
            new=NewCalibration(
                world.employee(of).employee_number,
                form,
                Contact("LL-9", actor.today(now) - timedelta(days=1)),
                [world.employee(name).public_id for name in ("simon", "renata")],
            ),
        ).public_id


def begun(world: World, form: str, *, by: str = "simon", of: str = "aurora", days: int = 1) -> str:
    """Begin an observation of a contact of some days ago; return its public id."""
    session = world.session
    with unit_of_work(session):
        actor, now = world.actor(by), clock.now()
        return operations.begin(
            session,
            actor=actor,
            now=now,
            employee_public_id=world.employee(of).public_id,
            form_public_id=form,
            contact=Contact("LL-4711", actor.today(now) - timedelta(days=days)),
        ).public_id


def handed_in(world: World, form: str, marks: dict[str, Mark] | None = None, **who: object) -> str:
    """Observe Aurora with everything met but ``marks``; return the observation's public id."""
    found = begun(world, form, **who)  # type: ignore[arg-type]  # of the same names
    with unit_of_work(world.session):
        operations.hand_in(
            world.session,
            actor=world.actor(str(who.get("by", "simon"))),
            now=clock.now(),
            public_id=found,
            sheet=Sheet({**MET, **(marks or {})}, {"hacer.escucha": "canario-nota"}, "Bien."),
            edition=0,
        )
    return found


def disputed(world: World, form: str) -> str:
    """Observe Aurora, and let her dispute it; return the observation's public id."""
    found = handed_in(world, form)
    with unit_of_work(world.session):
        dispute(
            world.session,
            actor=world.actor("aurora"),
            now=clock.now(),
            public_id=found,
            text="No fue así.",
        )
    return found


def measured(world: World) -> list[tuple[int, int | None]]:
    """Return the measurements of Aurora now."""
    world.session.rollback()
    rows = world.session.execute(
        sa.select(Measurement.numerator, Measurement.denominator)
        .where(Measurement.employee_id == world.employee("aurora").id)
        .order_by(Measurement.day)
    )
    return [(numerator, denominator) for numerator, denominator in rows]
