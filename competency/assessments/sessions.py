"""Assessment sessions of a certification: planning, holding and cancelling one.

Each takes the appraisal's lock first, under which its sessions change, and works only
while the appraisal is open: a submission fixes what it relies on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import (
    AssessmentSession,
    SessionExaminer,
    SessionItem,
)
from competency.assessments.evidence import TEXT_MAXIMUM, TITLE_MAXIMUM, append
from competency.assessments.models import Evidence
from competency.assessments.permissions import (
    can_plan_session,
    can_record_session,
    is_hr,
    is_lead,
)
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import Instrument, Mode, SessionState, State
from competency.assessments.session_queries import (
    LoadedSession,
    active_by_numbers,
    attempts_maximum,
    load_session,
    superiors_of,
    tests_of,
)
from competency.assessments.session_rules import (
    is_passed,
    next_items,
    part_of,
    texts_of,
)
from competency.assessments.session_telling import tell_of_cancelling, tell_of_plan
from competency.assessments.written_drawing import QuestionsWanted, draw_questions
from competency.assessments.written_queries import has_questions
from competency.audit.operations import record
from competency.clock import local_date
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, message_id
from competency.frameworks.schema import EvidenceKind, Framework
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

NOTE_MAXIMUM = 4000
NOT_RECORDING = message_id(
    "What came of a session is recorded by an examiner who is no superior of the person."
)
PLACE_MAXIMUM = 200
EXAMINERS_MAXIMUM = 10
EVIDENCE_KINDS: Mapping[Instrument, EvidenceKind] = {
    Instrument.PRACTICAL_TEST: EvidenceKind.PRACTICAL_TEST,
    Instrument.KNOWLEDGE_TEST: EvidenceKind.KNOWLEDGE_TEST,
    Instrument.SIMULATION: EvidenceKind.SIMULATION,
    Instrument.INTERVIEW: EvidenceKind.INTERVIEW,
}


@dataclass(frozen=True)
class SessionPlan:
    """What is planned: which test, when (an aware instant), where, and who examines.

    ``examiners`` are employee numbers; ``items`` the items of knowledge that are asked,
    nothing for all that were not met. Without ``questions`` it is marked by hand.
    """

    instrument: Instrument
    unit_id: str | None
    at: datetime
    examiners: tuple[str, ...]
    place: str = ""
    situation: str = ""
    items: tuple[str, ...] = ()
    questions: QuestionsWanted | None = None


@dataclass(frozen=True)
class Marks:
    """What the sheet of a session says: each item met or not, with its note."""

    met: Mapping[str, bool]
    notes: Mapping[str, str]
    note: str = ""


def _require_open(loaded: Loaded) -> None:
    """Raise unless it is a certification that is still open."""
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        raise IllegalTransition("Tests belong to certifications; this is an appraisal.")
    if loaded.appraisal.state is not State.OPEN:
        raise IllegalTransition("Tests are planned and held while the certification is open.")


def plan_session(
    session: AnySession, *, actor: Actor, now: datetime, appraisal_public_id: str, plan: SessionPlan
) -> AssessmentSession:
    """Plan the next attempt of a test; it covers only what was not met before.

    Raises ``IllegalTransition`` where one is planned already, nothing is left or every
    attempt was used, ``Invalid`` for what the framework doesn't have tested and for
    examiners who can't be.
    """
    loaded = load(session, actor=actor, now=now, public_id=appraisal_public_id, lock=True)
    if not can_plan_session(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Tests are planned by human resources and by the assessor.")
    _require_open(loaded)
    part = part_of(loaded.framework, loaded.scope, plan.instrument, plan.unit_id)
    tests = tests_of(session, loaded.appraisal.id)
    if any(s.state is SessionState.PLANNED for s in tests.of_part(part)):
        raise IllegalTransition("A session of this test is planned already: hold or cancel it.")
    attempts = tests.attempts(part)
    maximum = attempts_maximum(session, loaded.cycle.id)
    items = next_items(part, attempts, maximum, plan.items)
    zone = loaded.time_zone
    day = checked_day(loaded, plan.at, zone)
    check_texts(plan.place, plan.situation)
    examiners = checked_examiners(session, loaded, plan.examiners, actor, now, zone)
    planned = AssessmentSession(
        appraisal_id=loaded.appraisal.id,
        subject_id=loaded.appraisal.subject_id,
        instrument=plan.instrument,
        unit_id=plan.unit_id,
        attempt=len(attempts) + 1,
        items=list(items),
        planned_for=plan.at,
        planned_on=day,
        time_zone=zone,
        place=plan.place.strip() or None,
        situation=plan.situation.strip() or None,
        planned_by_id=actor.account_id,
        made_at=now,
    )
    session.add(planned)
    session.flush()
    session.add_all(
        SessionExaminer(
            session_id=planned.id, employee_id=each.id, subject_id=loaded.appraisal.subject_id
        )
        for each in examiners
    )
    session.flush()
    drawn = (
        {}
        if plan.questions is None
        else draw_questions(
            session,
            loaded=loaded,
            planned=planned,
            wanted=plan.questions,
            examiners=examiners,
            now=now,
        )
    )
    record_about(session, actor, now, "session.planned", loaded, planned, **drawn)
    tell_of_plan(session, loaded, planned, [each.id for each in examiners], now)
    return planned


def checked_day(loaded: Loaded, at: datetime, zone: str) -> date:
    """Return the day of an instant at the person's site; raise ``Invalid`` before the cycle."""
    day = local_date(at, zone)
    if day < loaded.cycle.opened_on:
        raise Invalid("The session can't be before the cycle was opened.", "day")
    return day


def check_texts(place: str, situation: str) -> None:
    """Raise ``Invalid`` for what is too long, or can't be printed on the sheet."""
    if len(situation) > TEXT_MAXIMUM or len(place) > PLACE_MAXIMUM:
        raise Invalid("The text is too long.", "situation")
    check_printable(situation, "situation")
    check_printable(place, "place")


def checked_examiners(
    session: AnySession,
    loaded: Loaded,
    numbers: Sequence[str],
    actor: Actor,
    now: datetime,
    zone: str,
    kept: Sequence[int] = (),
) -> list[Employee]:
    """Return who examines; raise ``Invalid`` for who can't, and where all are superiors.

    ``kept`` are the ids of those who examine already, whoever named them.
    """
    today = local_date(now, zone)
    wanted = list(dict.fromkeys(n.strip().upper() for n in numbers if n.strip()))
    if not wanted:
        raise Invalid("A session needs an examiner.", "examiners")
    if len(wanted) > EXAMINERS_MAXIMUM:
        raise Invalid("A session has at most ten examiners.", "examiners")
    within = sa.or_(_in_reach(actor, loaded, today), Employee.id.in_(kept))
    found = active_by_numbers(session, wanted, today, within)
    unknown = [number for number in wanted if number not in found]
    if unknown:
        raise Invalid(
            "Nobody whom you may name has the number %(number)s.", "examiners", number=unknown[0]
        )
    if any(each.id == loaded.appraisal.subject_id for each in found.values()):
        raise Invalid("Nobody examines themselves.", "examiners")
    above = superiors_of(session, loaded.appraisal.subject_id, today)
    if all(each.id in above for each in found.values()):
        raise Invalid(
            "At least one examiner must be somebody who is not a superior of the person.",
            "examiners",
        )
    if not is_lead(actor, loaded.facts) and any(e.id == actor.employee_id for e in found.values()):
        raise Invalid("Nobody appoints themselves.", "examiners")
    return [found[number] for number in wanted]


def _in_reach(actor: Actor, loaded: Loaded, today: date) -> sa.ColumnElement[bool]:
    """Return whom the actor may name: HR their scope, the lead who works for the same employer."""
    if is_hr(actor, loaded.facts, loaded.standing):
        named = employees_in_scope(actor, today, [Role.HR])
        return sa.or_(named, Employee.id == actor.employee_id)
    return Employee.employer_id == loaded.subject.employer_id


def may_record(session: AnySession, *, actor: Actor, now: datetime, found: LoadedSession) -> bool:
    """Return whether the actor records a session: an examiner who is no superior of the person.

    A superior may examine beside others, as one source; the record is not theirs alone.
    """
    facts = found.loaded.facts
    if not can_record_session(actor, facts, examines=found.is_examiner(actor)):
        return False
    today = local_date(now, found.session.time_zone)
    return actor.employee_id not in superiors_of(session, facts.subject_id, today)


def hold_session(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    marks: Marks,
    overridden: tuple[str, ...] | None = None,
) -> AssessmentSession:
    """Record what came of a session, for good, and keep it as evidence about the person.

    ``overridden`` are the items that were decided otherwise than their points, where
    the marks follow from questions; ``None`` where they were set by hand. Raises
    ``Incomplete`` with the items that have no mark, or no note though not met.
    """
    found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
    held, loaded = found.session, found.loaded
    if not may_record(session, actor=actor, now=now, found=found):
        raise NotAllowed(NOT_RECORDING)
    require_planned(found)
    if local_date(now, held.time_zone) < held.planned_on:
        raise IllegalTransition("This session is still to come; it is recorded once it was held.")
    if (overridden is not None) != has_questions(session, held.id):
        raise IllegalTransition("This test has questions: enter what was answered to each.")
    _complete(held, marks)
    passed = is_passed(held.items, marks.met)
    session.add_all(
        SessionItem(
            session_id=held.id,
            subject_id=held.subject_id,
            item_id=item,
            met=marks.met[item],
            note=marks.notes.get(item, "").strip() or None,
        )
        for item in held.items
    )
    evidence = _as_evidence(loaded.framework, held, marks, actor, now)
    append(session, actor, now, evidence, _links(loaded, held))
    held.state, held.held_at, held.passed = SessionState.HELD, now, passed
    held.note = marks.note.strip() or None
    held.recorded_by_id, held.evidence_id = actor.employee_id, evidence.id
    session.flush()
    decided = {"overridden": list(overridden)} if overridden else {}
    record_about(session, actor, now, "session.held", loaded, held, passed=passed, **decided)
    return held


def require_planned(found: LoadedSession) -> None:
    """Raise unless the session is still to be held, and its certification open."""
    if found.session.state is not SessionState.PLANNED:
        raise IllegalTransition("This session was held or cancelled already; its record stays.")
    _require_open(found.loaded)


def _complete(held: AssessmentSession, marks: Marks) -> None:
    """Raise ``Incomplete`` for items without a mark, or not met without a note.

    What is written is printed on the sheet, so it must be printable.
    """
    unmarked = [item for item in held.items if item not in marks.met]
    if unmarked:
        raise Incomplete(
            "Not every item is marked yet: %(count)s missing.", unmarked, count=len(unmarked)
        )
    silent = [i for i in held.items if not marks.notes.get(i, "").strip()]
    if held.instrument is Instrument.INTERVIEW and silent:
        raise Incomplete(
            "Note what was said about each criterion: %(count)s without a note.",
            silent,
            count=len(silent),
        )
    silent = [i for i in silent if not marks.met[i]]
    if silent:
        raise Incomplete(
            "An item that was not met needs a note: %(count)s without one.",
            silent,
            count=len(silent),
        )
    texts = (marks.note, *(marks.notes.get(item, "") for item in held.items))
    if any(len(text) > NOTE_MAXIMUM for text in texts):
        raise Invalid("A note can have at most 4,000 characters.", "note")
    for text in texts:
        check_printable(text, "note")


def _as_evidence(
    framework: Framework, held: AssessmentSession, marks: Marks, actor: Actor, now: datetime
) -> Evidence:
    """Return the evidence that a held session is: its items in the framework's own words."""
    unit = next((u for u in framework.all_units() if u.id == held.unit_id), None)
    texts = texts_of(framework, held.instrument, held.unit_id)
    lines = [
        f"{'[x]' if marks.met[item] else '[ ]'} {texts.get(item, '')}"
        + (f" ({note})" if (note := marks.notes.get(item, "").strip()) else "")
        for item in held.items
    ]
    if marks.note.strip():
        lines += ["", marks.note.strip()]
    return Evidence(
        subject_id=held.subject_id,
        kind=EVIDENCE_KINDS[held.instrument],
        title=(unit.title if unit else framework.title)[:TITLE_MAXIMUM],
        text="\n".join(lines)[:TEXT_MAXIMUM],
        happened_on=held.planned_on,
        added_by_id=actor.employee_id,
        added_at=now,
    )


def _links(loaded: Loaded, held: AssessmentSession) -> list[tuple[str, str]]:
    """Return what a session's evidence speaks to: every criterion of its unit in scope.

    Of an interview the criteria that it was about. Items of knowledge belong to no unit,
    so a knowledge test is linked to no criterion.
    """
    framework, scope = loaded.framework, loaded.scope
    if held.instrument is Instrument.INTERVIEW:
        return [(framework.id, criterion_id) for criterion_id in held.items]
    return [
        (framework.id, criterion.id)
        for unit in framework.all_units()
        if unit.id == held.unit_id
        for criterion in framework.criteria_in(unit)
        if scope is None or criterion.id in scope
    ]


def cancel_session(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Cancel a planned session, saying why; it uses up no attempt."""
    found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
    loaded = found.loaded
    if not can_plan_session(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Tests are planned by human resources and by the assessor.")
    if found.session.state is not SessionState.PLANNED:
        raise IllegalTransition("This session was held or cancelled already; its record stays.")
    if not reason.strip():
        raise Invalid("Say why the session is cancelled.", "comment")
    if len(reason) > NOTE_MAXIMUM:
        raise Invalid("A note can have at most 4,000 characters.", "comment")
    end_session(session, actor, now, found, reason.strip())


def end_session(
    session: AnySession,
    actor: Actor,
    now: datetime,
    found: LoadedSession,
    said: str,
    **data: object,
) -> None:
    """Write that a planned session is cancelled, record it with ``data``, and tell of it."""
    loaded = found.loaded
    found.session.state, found.session.cancelled_at = SessionState.CANCELLED, now
    found.session.cancel_reason = said
    session.flush()
    record_about(session, actor, now, "session.cancelled", loaded, found.session, **data)
    tell_of_cancelling(session, loaded, found.session, found.examiners, now)


def record_about(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    loaded: Loaded,
    about: AssessmentSession,
    **data: object,
) -> None:
    """Record an event about a session, under its appraisal."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={
            "session": about.public_id,
            "instrument": about.instrument.value,
            "unit": about.unit_id,
            "attempt": about.attempt,
            **data,
        },
    )
