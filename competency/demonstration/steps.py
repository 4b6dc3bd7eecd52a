"""The steps that appraisals of the demonstration take, each committed by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments import assessors
from competency.assessments import operations as steps
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.evidence import add_evidence
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.rules import in_scope
from competency.assessments.schema import Answer, AssessorKind
from competency.credentials.operations import attach, completed, take_number
from competency.database.transactions import unit_of_work
from competency.demonstration.people import actor_named, employee_named
from competency.documents.signing import SigningKey
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import EvidenceKind, Framework
from competency.people.models import Employee
from competency.progression.operations import ActionDetails, add_action

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Running:
    """A cycle of the demonstration, and its appraisals by employee number."""

    session: AnySession
    cycle_id: int
    framework: Framework
    criteria: tuple[str, ...]
    appraisals: Mapping[str, str]
    leads: Mapping[str, str]

    def judge(
        self,
        now: datetime,
        number: str,
        answers: Iterable[Answer],
        kind: AssessorKind = AssessorKind.LEAD,
        writer: str | None = None,
    ) -> None:
        """Write what the assessor, the person about themselves, or the ``writer`` answers."""
        writer = writer or (number if kind is AssessorKind.SELF else self.leads[number])
        with unit_of_work(self.session):
            actor = actor_named(self.session, writer)
            for answer in answers:
                save_draft(
                    self.session,
                    actor=actor,
                    now=now,
                    public_id=self.appraisals[number],
                    kind=kind,
                    answer=answer,
                    version=0,
                )

    def beside(self, step: str, now: datetime, subject: str, by: str, **options: object) -> None:
        """Take one step of seconds and peers, by its name, as somebody of the cast."""
        with unit_of_work(self.session):
            getattr(assessors, step)(
                self.session,
                actor=actor_named(self.session, by),
                now=now,
                public_id=self.appraisals[subject],
                **options,
            )

    def ask_peer(self, now: datetime, number: str, peer: str, hr: str) -> None:
        """Propose a peer as the assessor; human resources ask them at once."""
        lead = self.leads[number]
        with unit_of_work(self.session):
            nomination = assessors.propose_peer(
                self.session,
                actor=actor_named(self.session, lead),
                now=now,
                public_id=self.appraisals[number],
                number=peer,
            ).public_id
        self.beside("approve_peer", now, number, hr, nomination_id=nomination)

    def answer(
        self, now: datetime, number: str, by: str, kind: AssessorKind, answers: Iterable[Answer]
    ) -> None:
        """Answer as a second or a peer, and hand in."""
        self.judge(now, number, answers, kind, writer=by)
        self.beside("hand_in_beside", now, number, by)

    def take(self, step: str, now: datetime, number: str, by: str, **options: object) -> None:
        """Take one step of the workflow, by its name, as somebody of the cast."""
        with unit_of_work(self.session):
            getattr(steps, step)(
                self.session,
                actor=actor_named(self.session, by),
                now=now,
                public_id=self.appraisals[number],
                **options,
            )

    def submit(self, now: datetime, number: str) -> None:
        """Submit as the assessor, who confirms the evidence."""
        self.take("submit", now, number, self.leads[number], evidence_confirmed=True)

    def see(
        self, now: datetime, number: str, title: str, text: str, criteria: Iterable[str]
    ) -> None:
        """Record what the assessor saw a week before."""
        with unit_of_work(self.session):
            add_evidence(
                self.session,
                actor=actor_named(self.session, self.leads[number]),
                now=now,
                employee_public_id=employee_named(self.session, number).public_id,
                kind=EvidenceKind.DIRECT_PERFORMANCE,
                title=title,
                text=text,
                happened_on=now.date() - timedelta(days=7),
                links=[(self.framework.id, criterion) for criterion in criteria],
            )

    def plan(self, now: datetime, number: str, details: ActionDetails) -> None:
        """Add an action to the plan, as the assessor."""
        with unit_of_work(self.session):
            add_action(
                self.session,
                actor=actor_named(self.session, self.leads[number]),
                now=now,
                appraisal_public_id=self.appraisals[number],
                details=details,
            )

    def attest(
        self, now: datetime, number: str, certifier: str, public_url: str, key: SigningKey
    ) -> None:
        """Issue the attestation, in the three steps of the register."""
        with unit_of_work(self.session):
            actor = actor_named(self.session, certifier)
            entry = take_number(
                self.session,
                actor=actor,
                now=now,
                appraisal_public_id=self.appraisals[number],
                public_url=public_url,
                key=key,
            )
            entry_id, facts = entry.public_id, entry.facts
        content = completed(facts, key=key, now=now)
        with unit_of_work(self.session):
            attach(self.session, actor=actor, now=now, entry_public_id=entry_id, content=content)


def opened(
    session: AnySession, now: datetime, *, by: str, plan: CyclePlan, numbers: tuple[str, ...]
) -> Running:
    """Open a cycle for some of the cast and return it."""
    with unit_of_work(session):
        cycle = open_cycle(
            session,
            actor=actor_named(session, by),
            now=now,
            plan=plan,
            population=Population(employee_numbers=numbers),
        )
        cycle_id = cycle.id
    return running(session, cycle_id)


def running(session: AnySession, cycle_id: int) -> Running:
    """Return a cycle with its appraisals and who leads each."""
    lead = sa.orm.aliased(Employee)
    rows = session.execute(
        sa.select(Employee.employee_number, Appraisal.public_id, lead.employee_number, Appraisal)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(lead, lead.id == Appraisal.lead_id)
        .where(Appraisal.cycle_id == cycle_id)
        .order_by(Employee.employee_number)
    ).all()
    framework = framework_of(session, session.get_one(Cycle, cycle_id).framework_version_id)
    scope = rows[0][3].scope
    found = Running(
        session,
        cycle_id,
        framework,
        in_scope(framework, None if scope is None else frozenset(scope)),
        {number: public_id for number, public_id, _, _ in rows},
        {number: leading for number, _, leading, _ in rows},
    )
    session.rollback()
    return found
