"""The demonstration organisation, filled through the operations that everyone uses.

Only the passwords are set directly: one known password, hashed once, for all.

The cast is plainly fictional. What happens in it happens on one day, counted back from
the day of filling, so that due dates lie ahead.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments import operations as steps
from competency.assessments.cycles import CyclePlan, Population, open_cycle
from competency.assessments.evidence import add_evidence
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal
from competency.assessments.schema import Answer, AssessorKind, Review
from competency.credentials.models import RegisterEntry
from competency.credentials.operations import attach, completed, ensure_issuer, take_number
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.documents.signing import SigningKey
from competency.errors import NotAllowed, message_id
from competency.frameworks.publishing import publish_folder
from competency.frameworks.queries import framework_of, versions_of
from competency.frameworks.schema import BELOW, EvidenceKind, Framework
from competency.people.access import grant_role, make_account
from competency.people.models import Campaign, Employee, Position, Site, Team
from competency.people.operations import (
    add_employee,
    assign_campaign,
    assign_position,
    place,
    report_to,
)
from competency.people.passwords import hash_password
from competency.people.queries import account_by_number, actor_of, system_account
from competency.people.schema import AccountState, Actor, Names, Role
from competency.people.structure import (
    CampaignPart,
    EmployerPart,
    PositionPart,
    SitePart,
    Structure,
    apply_structure,
)
from competency.progression.operations import ActionDetails, add_action
from competency.progression.schema import ActionKind
from competency.resources import FRAMEWORKS

AnySession = Session | scoped_session[Session]

PASSWORD = "demostración sin datos reales"  # noqa: S105 - shown on the sign-in page
FRAMEWORK = "supervisor-oficina-comercial"
FOLDER = Path("instance/demo")
"""Where the demonstration is kept, unless a setting says otherwise."""
MARK = "demonstration.txt"

STRUCTURE = Structure(
    organisation="Operadora Ejemplo",
    accent_colour="#0f4c5c",
    employers=(
        EmployerPart(
            code="OEC",
            legal_name="Operadora Ejemplo Chile SpA",
            country="CL",
            tax_number="76.000.000-0",
            time_zone="America/Santiago",
            language="es",
            sites=(SitePart(name="Santiago", time_zone="America/Santiago", teams=("Oficina A",)),),
            campaigns=(CampaignPart(code="ALFA", name="Servicio Alfa"),),
        ),
        EmployerPart(
            code="OEI",
            legal_name="Operadora Ejemplo Italia S.r.l.",
            country="IT",
            tax_number="IT00000000000",
            time_zone="Europe/Rome",
            language="it",
            sites=(SitePart(name="Bologna", time_zone="Europe/Rome", teams=("Sportello B",)),),
            campaigns=(CampaignPart(code="BETA", name="Servizio Beta"),),
        ),
    ),
    positions=(
        PositionPart(code="office-supervisor", title="Supervisor de oficina comercial"),
        PositionPart(code="office-head", title="Jefatura de oficina"),
        PositionPart(code="staff", title="Personal de apoyo"),
    ),
)


@dataclass(frozen=True)
class Person:
    """One of the cast: what they are for, and where they stand."""

    number: str
    names: Names
    employer: str
    position: str
    what: str
    language: str
    role: Role | None = None
    supervisor: str | None = None


CAST = (
    Person("D100", Names("Hortensia", "Ejemplo", "Demo"), "OEC", "staff",
           message_id("Human resources: opens cycles, releases results"), "es", Role.HR),
    Person("D200", Names("Simón", "Muestra", "Demo"), "OEC", "office-head",
           message_id("Supervisor: appraises his people"), "es", None, "D100"),
    Person("D301", Names("Aurora", "Ficticia", "Demo"), "OEC", "office-supervisor",
           message_id("Employee: self-assessment to hand in"), "es", None, "D200"),
    Person("D302", Names("Bruno", "Inventado", "Demo"), "OEC", "office-supervisor",
           message_id("Employee: a delivered result to acknowledge"), "es", None, "D200"),
    Person("D303", Names("Celeste", "Supuesta", "Demo"), "OEC", "office-supervisor",
           message_id("Employee: with attestation and plan"), "es", None, "D200"),
    Person("D304", Names("Darío", "Imaginado", "Demo"), "OEC", "office-supervisor",
           message_id("Employee: waiting for review"), "es", None, "D200"),
    Person("D400", Names("Renata", "Irreal"), "OEI", "staff",
           message_id("Reviewer: checks what was submitted"), "it", Role.REVIEWER),
    Person("D500", Names("Carla", "Simulata"), "OEI", "staff",
           message_id("Certifier: decides on attestations"), "it", Role.CERTIFIER),
    Person("D600", Names("Агния", "Примерова", None, "Вымысловна"), "OEI", "staff",
           message_id("Auditor: verifies the chain"), "ru", Role.AUDITOR),
    Person("D700", Names("Ada", "Placeholder"), "OEI", "staff",
           message_id("Administrator: accounts and roles"), "en", Role.ADMIN),
)  # fmt: skip


class _At(TypedDict):
    """Whom a dated row is about, from when, and who writes it."""

    actor: Actor
    now: datetime
    employee: Employee
    starts_on: date


def start_over(folder: Path) -> None:
    """Delete what the demonstration kept; raise ``NotAllowed`` for any other folder."""
    if not folder.is_dir():
        return
    if folder != FOLDER and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise NotAllowed(
            "%(folder)s was not made by the demonstration, so it is not deleted.", folder=folder
        )
    shutil.rmtree(folder)


def claim(folder: Path) -> None:
    """Mark a new or empty folder as the demonstration's own, which it may delete again."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / MARK).write_text("Made by “competency demo”.\n", encoding="utf-8")


def holds_others(session: AnySession) -> bool:
    """Return whether there are people in the database, and not those of the demonstration."""
    anybody = session.scalar(sa.select(Employee.id).limit(1)) is not None
    return anybody and account_by_number(session, CAST[0].number) is None


def is_filled(session: AnySession) -> bool:
    """Return whether the demonstration is there, down to the last thing that it fills."""
    active = sa.select(RegisterEntry.id).where(RegisterEntry.state == EntryState.ACTIVE)
    return session.scalar(active.limit(1)) is not None


def is_half_filled(session: AnySession) -> bool:
    """Return whether an earlier filling was interrupted."""
    return not is_filled(session) and account_by_number(session, CAST[0].number) is not None


def sign_ins() -> list[tuple[str, str, str]]:
    """Return employee number, name and purpose of each of the cast."""
    return [(p.number, f"{p.names.given} {p.names.family}", p.what) for p in CAST]


def fill(session: AnySession, *, now: datetime, public_url: str, key: SigningKey) -> None:
    """Fill an empty, set-up database with the demonstration; ``key`` signs its document."""
    hashed = hash_password(PASSWORD)
    with unit_of_work(session):
        _people(session, now, hashed)
        version_id, framework = _framework(session, now)
    with unit_of_work(session):
        _cycle(session, now, version_id)
    road = _Road(session, now, framework, public_url, key)
    road.half_done("D301")
    road.in_review("D304")
    road.delivered("D302")
    road.closed_with_papers("D303")


def _people(session: AnySession, now: datetime, hashed: str) -> None:
    """Create the structure and the cast with their accounts."""
    system = actor_of(session, system_account(session))
    employers = apply_structure(session, actor=system, now=now, structure=STRUCTURE)
    for code, prefix in (("OEC", "OEC"), ("OEI", "OEI")):
        ensure_issuer(session, actor=system, now=now, employer=employers[code], prefix=prefix)
    hired = date(now.year - 2, 3, 1)
    found: dict[str, Employee] = {}
    for person in CAST:
        employer = employers[person.employer]
        employee = add_employee(
            session,
            actor=system,
            now=now,
            employer=employer,
            employee_number=person.number,
            names=person.names,
            hired_on=hired,
            document_language=person.language,
        )
        site = session.scalars(sa.select(Site).where(Site.employer_id == employer.id)).one()
        team = session.scalars(sa.select(Team).where(Team.site_id == site.id)).one()
        campaign = session.scalars(
            sa.select(Campaign).where(Campaign.employer_id == employer.id)
        ).one()
        position = session.scalars(
            sa.select(Position).where(Position.code == person.position)
        ).one()
        at: _At = {"actor": system, "now": now, "employee": employee, "starts_on": hired}
        place(session, site_id=site.id, team_id=team.id, **at)
        assign_campaign(session, campaign_id=campaign.id, **at)
        assign_position(session, position_id=position.id, **at)
        account = make_account(
            session, actor=system, now=now, employee=employee, language=person.language
        )
        account.password_hash, account.state = hashed, AccountState.ACTIVE
        session.flush()
        if person.role is not None:
            grant_role(session, actor=system, now=now, account=account, role=person.role)
        if person.supervisor is not None:
            report_to(session, supervisor=found[person.supervisor], **at)
        found[person.number] = employee


def _framework(session: AnySession, now: datetime) -> tuple[int, Framework]:
    """Publish every shipped file; return the framework made from source 000."""
    system = actor_of(session, system_account(session))
    publish_folder(session, actor=system, now=now, folder=FRAMEWORKS)
    version_id = versions_of(session, FRAMEWORK)[0].id
    return version_id, framework_of(session, version_id)


def _cycle(session: AnySession, now: datetime, version_id: int) -> None:
    """Open the year's cycle for the office supervisors."""
    open_cycle(
        session,
        actor=_actor(session, "D100"),
        now=now,
        plan=CyclePlan(
            title=f"Evaluación anual {now.year}",
            framework_version_id=version_id,
            submit_due_on=now.date() + timedelta(days=21),
            review=Review.ALL,
        ),
        population=Population(employee_numbers=("D301", "D302", "D303", "D304")),
    )


def _actor(session: AnySession, number: str) -> Actor:
    """Return one of the cast as an actor."""
    account = account_by_number(session, number)
    if account is None:
        raise LookupError(number)
    return actor_of(session, account)


@dataclass(frozen=True)
class _Road:
    """Takes appraisals as far along the road as the demonstration shows them."""

    session: AnySession
    now: datetime
    framework: Framework
    public_url: str
    key: SigningKey

    def _appraisal(self, number: str) -> tuple[str, Employee]:
        """Return the appraisal of one of the cast, and the employee."""
        row = self.session.execute(
            sa.select(Appraisal.public_id, Employee)
            .join(Employee, Employee.id == Appraisal.subject_id)
            .where(Employee.employee_number == number)
        ).one()
        return row[0], row[1]

    def _draft(
        self, number: str, kind: AssessorKind, below: dict[str, str], *, first: int | None = None
    ) -> None:
        """Write drafts for the first criteria, or all; ``below`` gives reasons."""
        public_id, _ = self._appraisal(number)
        writer = _actor(self.session, number if kind is AssessorKind.SELF else "D200")
        with unit_of_work(self.session):
            for criterion in self.framework.criteria()[:first]:
                note = below.get(criterion.id, "")
                save_draft(
                    self.session,
                    actor=writer,
                    now=self.now,
                    public_id=public_id,
                    kind=kind,
                    answer=Answer(criterion.id, BELOW if note else "met", note=note),
                    version=0,
                )

    def _evidence(self, number: str, title: str, text: str, criteria: tuple[str, ...]) -> None:
        """Record something the supervisor saw."""
        _, employee = self._appraisal(number)
        with unit_of_work(self.session):
            add_evidence(
                self.session,
                actor=_actor(self.session, "D200"),
                now=self.now,
                employee_public_id=employee.public_id,
                kind=EvidenceKind.DIRECT_PERFORMANCE,
                title=title,
                text=text,
                happened_on=self.now.date() - timedelta(days=6),
                links=[(self.framework.id, criterion) for criterion in criteria],
            )

    def half_done(self, number: str) -> None:
        """Begin: the supervisor has judged one activity, the employee nothing yet."""
        self._evidence(
            number,
            "Turno de apertura",
            "Entregó el material al equipo antes de abrir y reasignó dos turnos por licencia.",
            ("ac1.cd2", "ac1.cd3", "ac1.cd4"),
        )
        self._draft(number, AssessorKind.LEAD, {}, first=5)

    def in_review(self, number: str, below: dict[str, str] | None = None) -> str:
        """Go as far as the submission."""
        reasons = below or {
            "ac2.cd4": "Los indicadores del mes no fueron analizados; solo se copiaron al informe."
        }
        public_id, _ = self._appraisal(number)
        self._draft(number, AssessorKind.SELF, {})
        with unit_of_work(self.session):
            steps.hand_in_self_assessment(
                self.session,
                actor=_actor(self.session, number),
                now=self.now,
                public_id=public_id,
            )
        self._evidence(
            number,
            "Cierre de jornada",
            "Resolvió en caja el reclamo de un cliente y dejó el registro en el informe diario.",
            ("ac3.cd2", "ac3.cd3"),
        )
        self._draft(number, AssessorKind.LEAD, reasons)
        with unit_of_work(self.session):
            steps.submit(
                self.session,
                actor=_actor(self.session, "D200"),
                now=self.now,
                public_id=public_id,
                evidence_confirmed=True,
            )
        return public_id

    def delivered(self, number: str, below: dict[str, str] | None = None) -> str:
        """Go as far as the release."""
        public_id = self.in_review(number, below)
        reviewer, hr = _actor(self.session, "D400"), _actor(self.session, "D100")
        with unit_of_work(self.session):
            steps.take(self.session, actor=reviewer, now=self.now, public_id=public_id)
        with unit_of_work(self.session):
            steps.approve(self.session, actor=reviewer, now=self.now, public_id=public_id)
        with unit_of_work(self.session):
            steps.release(self.session, actor=hr, now=self.now, public_id=public_id)
        return public_id

    def closed_with_papers(self, number: str) -> None:
        """Go all the way: acknowledged, with a plan and an attestation of two units."""
        public_id = self.delivered(
            number,
            {
                "ac2.cd2": "No hay registro del monitoreo de dos ejecutivos en el trimestre.",
                "ac2.cd4": "Los indicadores se informan sin análisis de sus causas.",
            },
        )
        _, employee = self._appraisal(number)
        subject, certifier = _actor(self.session, number), _actor(self.session, "D500")
        with unit_of_work(self.session):
            steps.acknowledge(self.session, actor=subject, now=self.now, public_id=public_id)
        with unit_of_work(self.session):
            add_action(
                self.session,
                actor=_actor(self.session, "D200"),
                now=self.now,
                appraisal_public_id=public_id,
                details=ActionDetails(
                    criteria=("ac2.cd4",),
                    kind=ActionKind.COACHING,
                    text="Analizar con la jefatura los indicadores de cada semana.",
                    owner_id=employee.id,
                    due_on=self.now.date() + timedelta(days=60),
                    measure="Cuatro informes con causas y acciones propuestas",
                ),
            )
        with unit_of_work(self.session):
            entry = take_number(
                self.session,
                actor=certifier,
                now=self.now,
                appraisal_public_id=public_id,
                public_url=self.public_url,
                key=self.key,
            )
            entry_id, facts = entry.public_id, entry.facts
        content = completed(facts, key=self.key, now=self.now)
        with unit_of_work(self.session):
            attach(
                self.session,
                actor=certifier,
                now=self.now,
                entry_public_id=entry_id,
                content=content,
            )
