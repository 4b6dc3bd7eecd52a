"""Drafts: what an assessor writes while judging, saved at each change, versioned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Assessor, Draft
from competency.assessments.permissions import can_judge
from competency.assessments.queries import Loaded, drafts, load, load_own
from competency.assessments.rules import in_scope
from competency.assessments.schema import Answer, AssessorKind
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import BELOW
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

NOTE_MAXIMUM = 4000
PRINTED = (AssessorKind.LEAD, AssessorKind.REVIEW, AssessorKind.SELF)


@dataclass(frozen=True)
class Saved:
    """A saved draft, its appraisal, and every draft of the same assessor by criterion."""

    draft: Draft
    loaded: Loaded
    drafts: dict[str, Draft]


def _own_assessor(loaded: Loaded, actor: Actor, kind: AssessorKind) -> Assessor:
    """Return the actor's part of ``kind``; raise where there is none or it is over."""
    assessor = loaded.part(kind, actor.employee_id)
    if assessor is None:
        raise NotAllowed("You can see this appraisal, but these judgements are not yours to write.")
    if not can_judge(actor, kind, loaded.facts, loaded.standing):
        raise IllegalTransition(
            "This appraisal has moved on since the page was opened. Reload the page to see it."
        )
    return assessor


def _check(loaded: Loaded, kind: AssessorKind, answer: Answer) -> None:
    """Raise unless the criterion is in scope and the level is one of its scale.

    The reason of a deciding judgement is printed in the plan, so it must be printable.
    """
    if answer.criterion_id not in in_scope(loaded.framework, loaded.scope):
        raise NotFound
    if answer.criterion_id not in in_scope(loaded.framework, loaded.asked_of(kind)):
        raise Invalid(
            "This criterion was not contested: what was judged in the earlier round stands."
        )
    awardable = (None, BELOW, *loaded.framework.awardable(answer.criterion_id))
    if answer.level not in awardable:
        if answer.level in loaded.framework.scale_of(answer.criterion_id).codes():
            raise Invalid(
                "The standard does not say what this level looks like for this criterion, "
                "so it can't be awarded.",
                "level",
            )
        raise Invalid("%(level)s is not a level of this criterion.", "level", level=answer.level)
    if answer.excused and answer.level is not None:
        raise Invalid("A criterion that is not judged has no level.", "level")
    if len(answer.note) > NOTE_MAXIMUM:
        raise Invalid("A reason can have at most 4,000 characters.", "note")
    if kind in PRINTED:
        check_printable(answer.note, "note")


def save_draft(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    kind: AssessorKind,
    answer: Answer,
    version: int,
) -> Saved:
    """Save one criterion's draft over the ``version`` that the page had (0: none yet).

    Returns the draft with the appraisal and all that its assessor wrote. Raises
    ``Conflict`` with the saved values when another save came first; nothing is
    overwritten. Saving what is saved already changes nothing.
    """
    loaded = load_own(session, actor=actor, now=now, public_id=public_id, lock=True)
    assessor = _own_assessor(loaded, actor, kind)
    _check(loaded, kind, answer)
    written = drafts(session, assessor)
    draft = written.get(answer.criterion_id)
    if draft is not None and _same(draft, answer):
        return Saved(draft, loaded, written)
    stands = 0 if draft is None else draft.version
    if stands != version:
        raise Conflict("This criterion was saved from another place meanwhile.", _theirs(draft))
    if draft is None:
        draft = Draft(
            assessor_id=assessor.id,
            subject_id=loaded.appraisal.subject_id,
            criterion_id=answer.criterion_id,
            version=0,
        )
        session.add(draft)
    draft.level, draft.excused, draft.note = answer.level, answer.excused, answer.note
    draft.version, draft.saved_at = stands + 1, now
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="draft.saved",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"criterion": answer.criterion_id, "kind": kind.value, "version": draft.version},
    )
    return Saved(draft, loaded, {**written, draft.criterion_id: draft})


def _same(draft: Draft, answer: Answer) -> bool:
    """Return whether the draft says this already."""
    return (draft.level, draft.excused, draft.note) == (answer.level, answer.excused, answer.note)


def _theirs(draft: Draft | None) -> dict[str, object]:
    """Return what stands, for the page that shows both."""
    if draft is None:
        return {"level": None, "excused": False, "note": "", "version": 0}
    return {
        "level": draft.level,
        "excused": draft.excused,
        "note": draft.note,
        "version": draft.version,
        "saved_at": draft.saved_at.isoformat(),
    }


def clear_change(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, criterion_id: str
) -> None:
    """Take back a review's change of one criterion; the lead's judgement stands again.

    A change that is not there is cleared already.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    assessor = _own_assessor(loaded, actor, AssessorKind.REVIEW)
    if criterion_id not in in_scope(loaded.framework, loaded.scope):
        raise NotFound
    draft = (
        session.query(Draft)
        .filter_by(assessor_id=assessor.id, criterion_id=criterion_id)
        .one_or_none()
    )
    if draft is None:
        return
    session.delete(draft)
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="draft.cleared",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"criterion": criterion_id, "kind": AssessorKind.REVIEW.value},
    )
