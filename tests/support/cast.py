"""The fixed cast of the tests: one plainly fictional first name a role.

Hilda (HR), Simon (supervisor), Aurora (his agent), Bruno (an agent who is not his),
Renata (reviewer), Carla (certifier), Augusto (auditor), Ada (admin).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.frameworks.operations import publish
from competency.people.access import ensure_system_account, grant_role
from competency.people.models import (
    Account,
    Campaign,
    Employee,
    Employer,
    Organisation,
    Position,
    Site,
    Team,
)
from competency.people.operations import (
    At,
    add_employee,
    assign_campaign,
    assign_position,
    place,
    report_to,
)
from competency.people.passwords import hash_password
from competency.people.queries import actor_of, system_account
from competency.people.schema import AccountState, Actor, Names, Role
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

PASSWORD = "seven green lanterns"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
HIRED = date(2024, 1, 8)
SLUG = "supervisor-oficina-comercial"

CAST = {
    "hilda": ("E100", "Hilda", "Ejemplo", [Role.HR]),
    "simon": ("E200", "Simón", "Muestra", []),
    "aurora": ("E301", "Aurora", "Ficticia", []),
    "bruno": ("E302", "Bruno", "Inventado", []),
    "renata": ("E400", "Renata", "Supuesta", [Role.REVIEWER]),
    "carla": ("E500", "Carla", "Imaginaria", [Role.CERTIFIER]),
    "augusto": ("E600", "Augusto", "Irreal", [Role.AUDITOR]),
    "ada": ("E700", "Ada", "Simulada", [Role.ADMIN]),
}
FURTHER: dict[str, tuple[str, str, str, list[Role]]] = {
    "rita": ("E410", "Rita", "Ideada", [Role.REVIEWER]),
    "remo": ("E420", "Remo", "Fingido", [Role.REVIEWER]),
    "lena": ("E210", "Lena", "Figurada", []),
    "leo": ("E220", "Leo", "Aparente", []),
}
"""Two more reviewers and two who could lead, whom only some tests take on."""

NUMBERS = {name: told[0] for name, told in (CAST | FURTHER).items()}
SUPERVISORS = {"aurora": "simon", "simon": "renata", "bruno": "renata"}

_hash = ""


def password_hash() -> str:
    """Return the cast's password hash, made once a process."""
    global _hash  # noqa: PLW0603 - hashing is slow on purpose
    _hash = _hash or hash_password(PASSWORD)
    return _hash


def build_cast(session: Session | scoped_session[Session]) -> None:
    """Fill an empty, migrated database with the organisation, the cast and source 000."""
    with unit_of_work(session):
        ensure_system_account(session, NOW)
        system = actor_of(session, system_account(session))
        organisation = Organisation(name="Centro de Pruebas")
        session.add(organisation)
        session.flush()
        employer = Employer(
            organisation_id=organisation.id,
            code="CDP",
            legal_name="Centro de Pruebas SpA",
            country="CL",
            tax_number="76.000.000-0",
            time_zone="America/Santiago",
            language="es",
        )
        session.add(employer)
        session.flush()
        site = Site(employer_id=employer.id, name="Santiago", time_zone="America/Santiago")
        session.add(site)
        campaign = Campaign(employer_id=employer.id, code="ALFA", name="Servicio Alfa")
        position = Position(code="supervisor", title="Supervisor de oficina comercial")
        session.add_all([campaign, position])
        session.flush()
        team = Team(site_id=site.id, name="Equipo Uno")
        session.add(team)
        session.flush()
        people = {}
        for key, (number, given, family, roles) in CAST.items():
            employee = add_employee(
                session,
                actor=system,
                now=NOW,
                employer=employer,
                employee_number=number,
                names=Names(given, family),
                hired_on=HIRED,
            )
            account = Account(
                employee_id=employee.id,
                language="en",
                state=AccountState.ACTIVE,
                password_hash=password_hash(),
            )
            session.add(account)
            session.flush()
            common = At(actor=system, now=NOW, employee=employee, starts_on=HIRED)
            place(session, site_id=site.id, team_id=team.id, **common)
            assign_campaign(session, campaign_id=campaign.id, **common)
            assign_position(session, position_id=position.id, **common)
            for role in roles:
                grant_role(session, actor=system, now=NOW, account=account, role=role)
            people[key] = employee
        for key, above in SUPERVISORS.items():
            report_to(
                session,
                actor=system,
                now=NOW,
                employee=people[key],
                supervisor=people[above],
                starts_on=HIRED,
            )
        path = FRAMEWORKS / SLUG / "1.0.0.yaml"
        framework = load_framework(path)
        publish(
            session,
            actor=system,
            now=NOW,
            framework=framework,
            source_text=path.read_text(encoding="utf-8"),
        )


@dataclass
class World:
    """The cast in one test's database."""

    session: Session | scoped_session[Session]

    def account(self, name: str) -> Account:
        """Return somebody's account."""
        return self.session.scalars(
            sa.select(Account)
            .join(Employee, Employee.id == Account.employee_id)
            .where(Employee.employee_number == NUMBERS[name])
        ).one()

    def employee(self, name: str) -> Employee:
        """Return somebody's employee row."""
        return self.session.scalars(
            sa.select(Employee).where(Employee.employee_number == NUMBERS[name])
        ).one()

    def actor(self, name: str) -> Actor:
        """Return somebody as an actor, with today's grants."""
        return actor_of(self.session, self.account(name))

    def system(self) -> Actor:
        """Return the system actor."""
        return actor_of(self.session, system_account(self.session))
