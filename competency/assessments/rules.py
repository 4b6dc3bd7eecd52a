"""The workflow of an appraisal and what a submission needs; pure.

``TRANSITIONS`` is the only author of states (design: appraisal workflow).
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from competency.assessments.evidence_rules import sufficiency as sufficiency  # noqa: PLC0414 - offered here
from competency.assessments.schema import (
    Action,
    Answer,
    AppraisalFacts,
    By,
    EvidenceFact,
    Flag,
    Judged,
    RequestAction,
    RequestState,
    Review,
    State,
    VisibleState,
)
from competency.errors import IllegalTransition, Invalid
from competency.frameworks.schema import BELOW, Framework, Scope


@dataclass(frozen=True)
class Transition:
    """One row of the table: from which states, to which, and by whom.

    Without a target it leads back to the state that was left.
    """

    sources: frozenset[State]
    target: State | None
    by: frozenset[By]


def _row(sources: Iterable[State], target: State | None, *by: By) -> Transition:
    return Transition(frozenset(sources), target, frozenset(by))


TRANSITIONS: Mapping[Action, Transition] = {
    Action.OPEN: _row([State.PLANNED], State.OPEN, By.HR, By.SYSTEM),
    Action.SUBMIT: _row([State.OPEN], State.SUBMITTED, By.LEAD),
    Action.PASS: _row([State.SUBMITTED], State.APPROVED, By.SYSTEM),
    Action.TAKE: _row([State.SUBMITTED], State.IN_REVIEW, By.REVIEWER),
    Action.RETURN: _row([State.IN_REVIEW], State.OPEN, By.TAKING_REVIEWER),
    Action.APPROVE: _row([State.IN_REVIEW], State.APPROVED, By.TAKING_REVIEWER),
    Action.RELEASE: _row([State.APPROVED], State.RELEASED, By.HR, By.SYSTEM),
    Action.ACKNOWLEDGE: _row([State.RELEASED], State.CLOSED, By.SUBJECT),
    Action.LAPSE: _row([State.RELEASED], State.CLOSED, By.SYSTEM),
    Action.CANCEL: _row(
        [State.PLANNED, State.OPEN, State.SUBMITTED, State.IN_REVIEW, State.SUSPENDED],
        State.CANCELLED,
        By.HR,
    ),
    Action.CONTEST: _row([State.RELEASED], State.CONTESTED, By.SUBJECT),
    Action.UPHOLD: _row([State.CONTESTED], State.CLOSED, By.REVIEWER),
    Action.REASSESS: _row([State.CONTESTED], State.OPEN, By.HR),
    Action.REOPEN: _row([State.APPROVED, State.RELEASED], State.OPEN, By.HR),
    Action.SUSPEND: _row(
        [State.PLANNED, State.OPEN, State.SUBMITTED, State.IN_REVIEW], State.SUSPENDED, By.HR
    ),
    Action.RESUME: _row([State.SUSPENDED], None, By.HR),
    Action.WITHDRAW: _row([State.OPEN], State.CANCELLED, By.CANDIDATE),
}

REQUEST_TARGETS: Mapping[RequestAction, RequestState] = {
    RequestAction.ASK: RequestState.OPEN,
    RequestAction.WITHDRAW: RequestState.WITHDRAWN,
    RequestAction.ACCEPT: RequestState.ACCEPTED,
    RequestAction.DECLINE: RequestState.DECLINED,
}
"""The workflow of a request: it is asked once, and whatever ends it starts from open."""

DECIDED = frozenset({State.APPROVED, State.RELEASED, State.CONTESTED, State.CLOSED})
"""The states in which a decision stands, with who took it and when."""

UNFINISHED = (State.PLANNED, State.OPEN, State.SUBMITTED, State.IN_REVIEW)
"""The states of work to be done; of one person and framework version there is one at a time."""

SHOWN_TO_SUBJECT = frozenset({State.RELEASED, State.CONTESTED, State.CLOSED})
"""The states in which the subject reads judgements and outcome."""

_VISIBLE = {
    State.PLANNED: VisibleState.TO_DO,
    State.OPEN: VisibleState.TO_DO,
    State.SUBMITTED: VisibleState.IN_REVIEW,
    State.IN_REVIEW: VisibleState.IN_REVIEW,
    State.APPROVED: VisibleState.READY,
    State.RELEASED: VisibleState.DELIVERED,
    State.CONTESTED: VisibleState.DELIVERED,
    State.CLOSED: VisibleState.CLOSED,
    State.SUSPENDED: VisibleState.SUSPENDED,
    State.CANCELLED: VisibleState.CANCELLED,
}


def visible_state(state: State) -> VisibleState:
    """Return the state as people see it."""
    return _VISIBLE[state]


def next_state(state: State, action: Action, left: State | None = None) -> State:
    """Return the state after ``action``; raise ``IllegalTransition`` where there is none.

    ``left`` is the state that a suspended appraisal left, to which it resumes.
    """
    transition = TRANSITIONS[action]
    target = transition.target or left
    if state not in transition.sources or target is None:
        raise IllegalTransition(
            "This appraisal has moved on since the page was opened. Reload the page to see it."
        )
    return target


def is_in_time(until: date | None, today: date) -> bool:
    """Return whether the subject can still answer on the day ``today`` at their site."""
    return until is not None and today <= until


def check_contested(criteria: Iterable[str], judged: Container[str]) -> None:
    """Raise ``Invalid`` unless at least one criterion is contested, each of them judged."""
    found = tuple(criteria)
    if not found:
        raise Invalid("Choose at least one criterion that you contest.", "criteria")
    if any(i not in judged for i in found):
        raise Invalid("Choose among the criteria of this result.", "criteria")


def next_request_state(state: RequestState, action: RequestAction) -> RequestState:
    """Return the state of a request after ``action``; only an open one can end."""
    if state is not RequestState.OPEN:
        raise IllegalTransition(
            "This request was answered or withdrawn meanwhile. Reload the page to see it."
        )
    return REQUEST_TARGETS[action]


def is_drawn(public_id: str, percent: int) -> bool:
    """Return whether chance wants an appraisal to be looked at by itself.

    ``percent`` is the share out of a hundred. The same appraisal is drawn or not
    whenever it is asked, by whomever (ADR 0022).
    """
    number = int.from_bytes(hashlib.sha256(public_id.encode()).digest()[:8], "big")
    return number % 100 < percent


def passes_without_review(facts: AppraisalFacts) -> bool:
    """Return whether a submission is approved by the system, as the cycle says."""
    if facts.review is Review.NONE:
        return True
    return facts.review is Review.FLAGGED and not facts.flagged


def scope_named(framework: Framework, scope_id: str | None) -> Scope | None:
    """Return the scope of that id, or ``None`` for the whole framework.

    Raises ``Invalid`` with the ids that the framework has.
    """
    if not scope_id:
        return None
    known = ", ".join(scope.id for scope in framework.scopes)
    if not known:
        raise Invalid("This framework has no scopes; it is appraised as a whole.", "scope")
    try:
        return framework.scope(scope_id)
    except KeyError:
        raise Invalid(
            "This framework has no scope “%(scope)s”. It has: %(known)s.",
            "scope",
            scope=scope_id,
            known=known,
        ) from None


def kept_criteria(
    framework: Framework, scope: Scope | None, units: Sequence[str] = ()
) -> list[str] | None:
    """Return the ids of the criteria of a scope and of some units, ``None`` for all.

    A unit holds those of the units inside it. Raises ``Invalid`` for a strange unit, and
    where nothing is left.
    """
    known = {unit.id: unit for unit in framework.all_units()}
    for unit_id in units:
        if unit_id not in known:
            raise Invalid("This framework has no unit “%(unit)s”.", "units", unit=unit_id)
    if scope is None and not units:
        return None
    kept = frozenset(criterion.id for criterion in framework.criteria())
    if scope is not None:
        kept &= framework.criteria_of_scope(scope)
    if units:
        kept &= {c.id for unit_id in units for c in framework.criteria_in(known[unit_id])}
    if not kept:
        raise Invalid("Scope and units have no criterion in common.", "units")
    return list(in_scope(framework, kept))


def in_scope(framework: Framework, scope: frozenset[str] | None) -> tuple[str, ...]:
    """Return the ids of the criteria to judge, in the order of the framework."""
    ids = (criterion.id for criterion in framework.criteria())
    return tuple(i for i in ids if scope is None or i in scope)


def missing_answers(
    framework: Framework, scope: frozenset[str] | None, answers: Mapping[str, Answer]
) -> tuple[str, ...]:
    """Return the criteria of the scope that have neither a level nor an excuse."""
    return tuple(
        i
        for i in in_scope(framework, scope)
        if i not in answers or (answers[i].level is None and not answers[i].excused)
    )


def missing_reasons(
    framework: Framework, scope: frozenset[str] | None, answers: Mapping[str, Answer]
) -> tuple[str, ...]:
    """Return the criteria whose answer must say why and does not.

    An excuse always says why; so does a judgement below the lowest level, since the
    employee reads it and the plan starts from it.
    """
    return tuple(
        i
        for i in in_scope(framework, scope)
        if (answer := answers.get(i)) is not None
        and (answer.excused or answer.level == BELOW)
        and not answer.note.strip()
    )


def flags(
    framework: Framework,
    *,
    lead: Mapping[str, Answer],
    own: Mapping[str, Answer] | None,
    evidence: Mapping[str, Sequence[EvidenceFact]],
    as_of: date,
    self_assessment: bool,
    short_units: Sequence[str] = (),
    contradicted: Sequence[str] = (),
) -> dict[Flag, tuple[str, ...]]:
    """Return what review should look at, each flag with its criteria or units.

    ``evidence`` is what is linked to each criterion; a shortfall is measured against the
    criterion's own evidence rule on the day ``as_of``. ``short_units`` are the units that
    lack evidence as a whole, ``contradicted`` the criteria whose level measurements speak
    against.
    """
    found: dict[Flag, tuple[str, ...]] = {}
    short = tuple(
        criterion.id
        for criterion in framework.criteria()
        if criterion.id in lead
        and not lead[criterion.id].excused
        and not sufficiency(criterion.evidence, evidence.get(criterion.id, ()), as_of).suffices
    )
    if short:
        found[Flag.EVIDENCE_SHORTFALL] = short
    if short_units:
        found[Flag.UNIT_SHORTFALL] = tuple(short_units)
    if contradicted:
        found[Flag.KPI_CONTRADICTS] = tuple(contradicted)
    if own is not None:
        differs = tuple(
            i for i, answer in lead.items() if i in own and own[i].level != answer.level
        )
        if differs:
            found[Flag.SELF_DIFFERS] = differs
    elif self_assessment:
        found[Flag.NO_SELF_ASSESSMENT] = ()
    return found


def deciding(lead: Mapping[str, Answer], review: Mapping[str, Answer]) -> dict[str, Judged]:
    """Return what decides about each criterion: the review's answer over the lead's."""
    answers = {**lead, **review}
    return {i: Judged(level=a.level, excused=a.excused) for i, a in answers.items()}
