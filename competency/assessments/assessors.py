"""Seconds and peers: asked, proposed, answered for, released, and handing in (ADR 0025).

They judge beside the lead and decide nothing. Each step loads the appraisal under its
lock, checks permission, then state, then rules, records the event and flushes.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.beside_queries import (
    colleague_by_number,
    parts_of,
    standing_nominations,
)
from competency.assessments.beside_telling import (
    tell_hr_of_proposals,
    tell_of_part,
    tell_of_refusal,
)
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.models import Appraisal, Assessor, Draft, EarlierLead, PeerNomination
from competency.assessments.operations import require_complete, write_judgements
from competency.assessments.permissions import (
    awaits,
    can_choose_assessors,
    can_propose_peers,
    peers_can_answer,
)
from competency.assessments.queries import Loaded, answers_of, drafts, load, load_own
from competency.assessments.schema import AssessorKind, Mode, NominationState, State
from competency.assessments.session_queries import superiors_of
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 1000
STANDING = (NominationState.PROPOSED, NominationState.APPROVED)


def _record(
    session: AnySession,
    loaded: Loaded,
    actor: Actor,
    now: datetime,
    action: str,
    employee: Employee | None = None,
    **data: object,
) -> None:
    """Record an event about somebody's part in an appraisal."""
    who = {} if employee is None else {"employee": employee.public_id}
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"round": loaded.appraisal.round, **who, **data},
    )


def require_another(session: AnySession, loaded: Loaded, employee_id: int) -> None:
    """Raise ``Invalid`` where somebody can't judge beside the lead.

    Nobody judges themselves, nobody has two parts, and who led it earlier has judged.
    """
    appraisal = loaded.appraisal
    if employee_id == appraisal.subject_id:
        raise Invalid("Nobody judges themselves as a second or a peer.", "number")
    if employee_id in loaded.facts.involved:
        raise Invalid(
            "Who had a part in an earlier round has judged it. Name somebody else.", "number"
        )
    earlier = session.get(EarlierLead, (appraisal.id, employee_id))
    if earlier is not None or employee_id in {appraisal.lead_id, appraisal.reviewer_id}:
        raise Invalid("This person leads, led or reviews the appraisal already.", "number")
    if loaded.facts.part_beside(employee_id) is not None:
        raise Invalid("This person is asked already.", "number")


def add_part(
    session: AnySession,
    loaded: Loaded,
    now: datetime,
    kind: AssessorKind,
    employee_id: int,
    *,
    drawn: bool = False,
) -> None:
    """Give somebody their part in this round and tell them; one that ended begins anew."""
    appraisal = loaded.appraisal
    part = session.scalar(
        sa.select(Assessor).where(
            Assessor.appraisal_id == appraisal.id,
            Assessor.round == appraisal.round,
            Assessor.kind == kind,
            Assessor.employee_id == employee_id,
        )
    )
    if part is None:
        part = Assessor(
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            round=appraisal.round,
            kind=kind,
            employee_id=employee_id,
        )
        session.add(part)
    part.drawn, part.ended_at = drawn, None
    session.flush()
    tell_of_part(session, loaded, kind, employee_id, now)


def end_part(session: AnySession, part: Assessor, now: datetime) -> None:
    """End a part that was not handed in; what was written goes with it.

    Of somebody who had begun to judge the part stays, so that they don't review.
    """
    begun = session.execute(sa.delete(Draft).where(Draft.assessor_id == part.id))
    if begun.rowcount:  # type: ignore[attr-defined]
        part.ended_at = now
    else:
        session.delete(part)
    session.flush()


def _hr(session: AnySession, actor: Actor, now: datetime, public_id: str) -> Loaded:
    """Load an appraisal whose assessors the actor chooses."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_choose_assessors(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Only human resources choose who judges beside the assessor.")
    return loaded


def ask_second_of_round(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, employee: Employee
) -> None:
    """Ask for a second judgement in this round; the caller has checked ``second_for``."""
    add_part(session, loaded, now, AssessorKind.SECOND, employee.id)
    _record(session, loaded, actor, now, "assessor.asked", employee, kind="second")


def second_for(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, employee: Employee
) -> None:
    """Raise ``Invalid`` where somebody can't be a second of an appraisal."""
    require_another(session, loaded, employee.id)
    if employee.id == actor.employee_id:
        raise Invalid("You can't name yourself as a second assessor.", "number")
    certifies = loaded.appraisal.mode is Mode.CERTIFICATION
    if certifies and employee.id in superiors_of(
        session, loaded.appraisal.subject_id, actor.today(now)
    ):
        raise Invalid("A superior of the person can't assess their certification.", "number")


def named_second(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, number: str
) -> Employee:
    """Return who has an employee number and can be a second; raise ``Invalid``."""
    employee = active_by_number(session, actor, now, number)
    if employee is None:
        raise Invalid(
            "Nobody who works here and is in your scope has the number “%(number)s”.",
            "number",
            number=number,
        )
    second_for(session, loaded, actor, now, employee)
    return employee


def name_second(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, number: str
) -> None:
    """Ask somebody for a second judgement, as human resources, until it is decided."""
    loaded = _hr(session, actor, now, public_id)
    if loaded.appraisal.state not in {State.OPEN, State.SUBMITTED, State.IN_REVIEW}:
        raise IllegalTransition("A second assessor is named until the appraisal is decided.")
    employee = named_second(session, loaded, actor, now, number)
    ask_second_of_round(session, loaded, actor, now, employee)


def propose_peer(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, number: str
) -> PeerNomination:
    """Propose a colleague of the person as a peer, as the person or the lead."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_propose_peers(actor, loaded.facts) or actor.employee_id is None:
        raise NotAllowed("Only the person and their assessor propose peers.")
    _require_asking(loaded)
    employee = colleague_by_number(session, loaded.appraisal.subject_id, actor.today(now), number)
    if employee is None:
        raise Invalid(
            "No colleague at this site has the number “%(number)s”.", "number", number=number
        )
    require_another(session, loaded, employee.id)
    if _standing_of(session, loaded, employee.id) is not None:
        raise Invalid("This person is proposed already.", "number")
    if standing_nominations(session, loaded) >= loaded.cycle.peers_maximum:
        raise Invalid(
            "As many peers as the cycle asks for are proposed: %(count)s.",
            "number",
            count=loaded.cycle.peers_maximum,
        )
    nomination = PeerNomination(
        appraisal_id=loaded.appraisal.id,
        subject_id=loaded.appraisal.subject_id,
        round=loaded.appraisal.round,
        employee_id=employee.id,
        proposed_by_id=actor.employee_id,
        proposed_at=now,
    )
    session.add(nomination)
    _record(session, loaded, actor, now, "peer.proposed", employee)
    tell_hr_of_proposals(session, loaded, now)
    return nomination


def _require_asking(loaded: Loaded) -> None:
    """Raise unless the cycle asks peers, and they can still answer."""
    if not loaded.cycle.peers_maximum:
        raise IllegalTransition("Peers are not asked in this cycle.")
    if not peers_can_answer(loaded.facts):
        if loaded.facts.round > 1:
            raise IllegalTransition(
                "Peers are asked in the first round only. What they said stands beside this one."
            )
        raise IllegalTransition("The assessor has submitted, so peers are not asked any more.")


def _standing_of(session: AnySession, loaded: Loaded, employee_id: int) -> PeerNomination | None:
    """Return somebody's proposal of this round that was not turned down."""
    return session.scalar(
        sa.select(PeerNomination).where(
            PeerNomination.appraisal_id == loaded.appraisal.id,
            PeerNomination.round == loaded.appraisal.round,
            PeerNomination.employee_id == employee_id,
            PeerNomination.state.in_(STANDING),
        )
    )


def _proposed(
    session: AnySession, actor: Actor, now: datetime, public_id: str, nomination_id: str
) -> tuple[Loaded, PeerNomination, Employee]:
    """Return a proposal that waits, with its appraisal and whom it names."""
    loaded = _hr(session, actor, now, public_id)
    nomination = session.scalar(
        sa.select(PeerNomination).where(
            PeerNomination.appraisal_id == loaded.appraisal.id,
            PeerNomination.public_id == nomination_id,
        )
    )
    if nomination is None:
        raise NotFound
    if nomination.state is not NominationState.PROPOSED or nomination.round != (
        loaded.appraisal.round
    ):
        raise IllegalTransition("This proposal was answered already. Reload the page to see it.")
    return loaded, nomination, session.get_one(Employee, nomination.employee_id)


def _answer(
    nomination: PeerNomination, state: NominationState, now: datetime, reason: str = ""
) -> None:
    """Write what became of a proposal."""
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 1,000 characters.", "reason")
    nomination.state, nomination.answered_at = state, now
    nomination.reason = reason.strip() or None


def approve_peer(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, nomination_id: str
) -> None:
    """Ask a proposed peer, as human resources, who are not the peer themselves."""
    loaded, nomination, employee = _proposed(session, actor, now, public_id, nomination_id)
    _require_asking(loaded)
    if employee.id == actor.employee_id:
        raise NotAllowed("Somebody else of human resources answers for you.")
    if employee.left_on is not None and employee.left_on <= actor.today(now):
        raise Invalid("This person has left.", "number")
    require_another(session, loaded, employee.id)
    _answer(nomination, NominationState.APPROVED, now)
    add_part(session, loaded, now, AssessorKind.PEER, employee.id)
    _record(session, loaded, actor, now, "peer.approved", employee)


def refuse_peer(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    nomination_id: str,
    reason: str,
) -> None:
    """Turn a proposed peer down, as human resources; who proposed them reads why."""
    loaded, nomination, employee = _proposed(session, actor, now, public_id, nomination_id)
    if not reason.strip():
        raise Invalid("Say why this colleague is not asked.", "reason")
    _answer(nomination, NominationState.REFUSED, now, reason)
    _record(session, loaded, actor, now, "peer.refused", employee)
    tell_of_refusal(session, loaded, nomination.proposed_by_id, now)


def decline(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str = ""
) -> None:
    """Say that one won't judge as a peer; human resources read why, if anything is said."""
    loaded = load_own(session, actor=actor, now=now, public_id=public_id, lock=True)
    part = loaded.part(AssessorKind.PEER, actor.employee_id)
    if part is None:
        raise NotAllowed("You are not asked as a peer here.")
    if part.submitted_at is not None:
        raise IllegalTransition("You have handed in already.")
    nomination = _standing_of(session, loaded, part.employee_id)
    if nomination is not None:
        _answer(nomination, NominationState.DECLINED, now, reason)
    end_part(session, part, now)
    _record(session, loaded, actor, now, "peer.declined")


def release_assessor(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    person_id: str,
    replacement: str = "",
) -> None:
    """Take a second or peer off who has not handed in, as human resources.

    ``replacement`` is the employee number of who is asked as a second in their place.
    What was handed in stays: it was said.
    """
    loaded = _hr(session, actor, now, public_id)
    employee = session.scalar(sa.select(Employee).where(Employee.public_id == person_id))
    asked = employee and loaded.facts.part_beside(employee.id)
    if employee is None or not asked:
        raise NotFound
    part = loaded.part(asked.kind, employee.id)
    if part is None or part.submitted_at is not None:
        raise IllegalTransition("What was handed in stays.")
    withdraw_part(session, loaded, actor, now, part, employee)
    if replacement.strip() and asked.kind is AssessorKind.SECOND:
        after = named_second(session, loaded, actor, now, replacement)
        add_part(session, loaded, now, AssessorKind.SECOND, after.id, drawn=asked.drawn)
        _record(session, loaded, actor, now, "assessor.asked", after, kind="second")


def withdraw_part(
    session: AnySession,
    loaded: Loaded,
    actor: Actor,
    now: datetime,
    part: Assessor,
    employee: Employee,
) -> None:
    """End somebody's part for a reason that is not theirs, and record it."""
    kind = part.kind
    if kind is AssessorKind.PEER:
        nomination = _standing_of(session, loaded, employee.id)
        if nomination is not None:
            _answer(nomination, NominationState.WITHDRAWN, now)
    end_part(session, part, now)
    _record(session, loaded, actor, now, "assessor.released", employee, kind=kind.value)


def hand_in_beside(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Turn a second's or a peer's drafts into judgements; they can't be changed after.

    A second says why as the lead does. A peer answers every criterion too, but never
    has to say why, and "can't say" is an answer.
    """
    loaded = load_own(session, actor=actor, now=now, public_id=public_id, lock=True)
    asked = loaded.facts.part_beside(actor.employee_id)
    part = loaded.part(asked.kind, actor.employee_id) if asked else None
    if asked is None or part is None:
        raise NotAllowed("You can see this appraisal, but this step is not yours to take.")
    if not awaits(asked, loaded.facts):
        raise IllegalTransition(
            "You have handed in already, or the appraisal has moved on since the page was opened."
        )
    answers = answers_of(drafts(session, part))
    require_complete(loaded, asked.kind, answers, reasons=asked.kind is AssessorKind.SECOND)
    write_judgements(session, loaded, part, answers, turn=0, now=now)
    _record(session, loaded, actor, now, "assessor.handed_in", kind=asked.kind.value)


def end_parts_of(session: AnySession, *, actor: Actor, now: datetime, employee: Employee) -> None:
    """End what somebody who leaves was asked to judge and did not hand in, and proposals of them.

    For whoever has checked that ``actor`` may: somebody of human resources who lets them go.
    """
    parts = parts_of(session, [employee.id])
    named = session.scalars(
        sa.select(PeerNomination.appraisal_id).where(
            PeerNomination.employee_id == employee.id,
            PeerNomination.state == NominationState.PROPOSED,
        )
    )
    wanted = sorted({*(part.appraisal_id for part in parts), *named})
    ids = session.scalars(sa.select(Appraisal.public_id).where(Appraisal.id.in_(wanted)))
    for public_id in ids.all():
        loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True, admitted=True)
        asked = loaded.facts.part_beside(employee.id)
        part = loaded.part(asked.kind, employee.id) if asked else None
        if part is not None and part.submitted_at is None:
            withdraw_part(session, loaded, actor, now, part, employee)
        nomination = _standing_of(session, loaded, employee.id)
        if nomination is not None and nomination.state is NominationState.PROPOSED:
            _answer(nomination, NominationState.WITHDRAWN, now)
            _record(session, loaded, actor, now, "peer.withdrawn", employee)
