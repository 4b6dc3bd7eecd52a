"""Reads of commissions: who sits, what they decided, and who is still to decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.models import Appraisal
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import State
from competency.credentials.models import CommissionMember, CommissionVote
from competency.credentials.permissions import can_read_credential
from competency.credentials.schema import CommissionState
from competency.credentials.standing import commission_state
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Seat:
    """One seat by function, who holds it, and what they decided; ``number`` counts from 0."""

    number: int
    title: str
    member: CommissionMember | None = None
    name: str = ""
    vote: CommissionVote | None = None

    @property
    def employee_id(self) -> int | None:
        """Return who holds it, if somebody does."""
        return self.member.employee_id if self.member else None


@dataclass(frozen=True)
class Commission:
    """The commission of one round of an appraisal."""

    seats: tuple[Seat, ...]

    @property
    def state(self) -> CommissionState:
        """Return how far it is."""
        return commission_state(
            [seat.vote.approves if seat.vote else None for seat in self.seats],
            seated=all(seat.member is not None for seat in self.seats),
        )

    def seat_of(self, employee_id: int | None) -> Seat | None:
        """Return the seat that somebody holds, if they hold one."""
        if employee_id is None:
            return None
        return next((seat for seat in self.seats if seat.employee_id == employee_id), None)


def seats_asked(framework: Framework) -> tuple[str, ...]:
    """Return the seats that a framework asks for; empty without a commission."""
    certification = framework.certification
    if certification is None or certification.commission is None:
        return ()
    return certification.commission.members


def commission_of(session: AnySession, loaded: Loaded) -> Commission | None:
    """Return the commission of an appraisal's round, ``None`` where none is asked for."""
    titles = seats_asked(loaded.framework)
    if not titles:
        return None
    return commissions_of(session, [(loaded.appraisal, loaded.framework)])[loaded.appraisal.id]


def commissions_of(
    session: AnySession, asked: Iterable[tuple[Appraisal, Framework]]
) -> dict[int, Commission]:
    """Return the commissions of several appraisals, by appraisal id; one query."""
    wanted = {appraisal.id: (appraisal.round, seats_asked(f)) for appraisal, f in asked}
    found: dict[int, dict[int, Seat]] = {i: {} for i in wanted}
    rows = session.execute(
        sa.select(CommissionMember, Employee.printed_name, CommissionVote)
        .join(Employee, Employee.id == CommissionMember.employee_id)
        .outerjoin(CommissionVote, CommissionVote.member_id == CommissionMember.id)
        .where(CommissionMember.appraisal_id.in_(wanted))
        .order_by(CommissionMember.turn)
    )
    for member, name, vote in rows:
        number, titles = wanted[member.appraisal_id]
        if member.round == number and member.seat < len(titles):
            seat = Seat(member.seat, titles[member.seat], member, name, vote)
            found[member.appraisal_id][member.seat] = seat
    return {
        i: Commission(tuple(found[i].get(n, Seat(n, title)) for n, title in enumerate(titles)))
        for i, (_round, titles) in wanted.items()
    }


def load_as_member(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> Loaded:
    """Return an appraisal to a member of its commission, and to who reads its document.

    ``NotFound`` for anybody else. Somebody who was replaced is no member.
    """
    sits = actor.employee_id is not None and (
        session.scalar(
            _seats_now()
            .join(Appraisal, Appraisal.id == CommissionMember.appraisal_id)
            .where(
                Appraisal.public_id == public_id,
                CommissionMember.round == Appraisal.round,
                CommissionMember.employee_id == actor.employee_id,
            )
            .limit(1)
        )
        is not None
    )
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=lock, admitted=sits)
    if not sits and not can_read_credential(actor, loaded.standing):
        raise NotFound
    if loaded.appraisal.state is not State.CLOSED:
        raise NotFound
    return loaded


def _seats_now() -> sa.Select[int]:
    """Return the select of the members who hold their seat: nobody followed them."""
    later = aliased(CommissionMember)
    followed = (
        sa.select(later.id)
        .where(
            later.appraisal_id == CommissionMember.appraisal_id,
            later.round == CommissionMember.round,
            later.seat == CommissionMember.seat,
            later.turn > CommissionMember.turn,
        )
        .exists()
    )
    return sa.select(CommissionMember.id).where(~followed)


SITS = sa.exists().where(CommissionMember.employee_id == sa.bindparam("me", type_=sa.BigInteger))
"""Whether ``me`` was ever appointed to a commission."""


@dataclass(frozen=True)
class Asked:
    """A decision that waits for a member."""

    appraisal_public_id: str
    subject_name: str
    framework_title: str
    framework_language: str
    appointed_at: datetime


def asked_of(session: AnySession, actor: Actor) -> list[Asked]:
    """Return the decisions that wait for the actor, longest waiting first; one query."""
    if actor.employee_id is None:
        return []
    decided = sa.select(CommissionVote.member_id)
    other = aliased(CommissionMember)
    refused = (
        sa.select(other.id)
        .join(CommissionVote, CommissionVote.member_id == other.id)
        .where(
            other.appraisal_id == CommissionMember.appraisal_id,
            other.round == CommissionMember.round,
            ~CommissionVote.approves,
        )
        .exists()
    )
    rows = session.execute(
        _seats_now()
        .with_only_columns(
            Appraisal.public_id,
            Employee.printed_name,
            FrameworkVersion.title,
            FrameworkVersion.language,
            CommissionMember.appointed_at,
        )
        .join(Appraisal, Appraisal.id == CommissionMember.appraisal_id)
        .join(Employee, Employee.id == Appraisal.subject_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            CommissionMember.employee_id == actor.employee_id,
            CommissionMember.round == Appraisal.round,
            CommissionMember.id.not_in(decided),
            ~refused,
            Appraisal.state == State.CLOSED,
        )
        .order_by(CommissionMember.appointed_at, CommissionMember.id)
    )
    return [Asked(*row) for row in rows]
