"""What codes of this feature are called on pages, in the page's language.

Every message is a literal, so that the catalogues find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from flask_babel import (
    LazyString,
    get_locale,
    gettext,
    lazy_gettext,
    lazy_pgettext,
    ngettext,
    pgettext,
)

from competency.assessments.candidates import Obstacle
from competency.assessments.schema import (
    Action,
    AssessorKind,
    Flag,
    Instrument,
    Mode,
    MoveAction,
    NominationState,
    RequestAction,
    RequestState,
    Review,
    SessionState,
    VisibleState,
)

STATE_CHIPS: Mapping[VisibleState, str] = {
    VisibleState.TO_DO: "to_do",
    VisibleState.IN_REVIEW: "in_review",
    VisibleState.READY: "ready",
    VisibleState.DELIVERED: "delivered",
    VisibleState.CLOSED: "done",
    VisibleState.SUSPENDED: "stopped",
    VisibleState.CANCELLED: "cancelled",
}
"""The chip that each state is shown with."""

REQUEST_CHIPS: Mapping[RequestState, str] = {
    RequestState.OPEN: "to_do",
    RequestState.ACCEPTED: "done",
    RequestState.DECLINED: "stopped",
    RequestState.WITHDRAWN: "cancelled",
}
"""The chip that the state of a request is shown with."""


_STATES: Mapping[VisibleState, LazyString] = {
    VisibleState.TO_DO: lazy_gettext("To do"),
    VisibleState.IN_REVIEW: lazy_gettext("In review"),
    VisibleState.READY: lazy_gettext("Ready to deliver"),
    VisibleState.DELIVERED: lazy_pgettext("appraisal", "Delivered"),
    VisibleState.CLOSED: lazy_pgettext("appraisal", "Closed"),
    VisibleState.SUSPENDED: lazy_pgettext("appraisal", "Suspended"),
    VisibleState.CANCELLED: lazy_pgettext("appraisal", "Cancelled"),
}
_FLAGS: Mapping[Flag, LazyString] = {
    Flag.EVIDENCE_SHORTFALL: lazy_gettext("Less evidence than the criterion asks for"),
    Flag.KPI_CONTRADICTS: lazy_gettext("Measurements speak against the level"),
    Flag.UNIT_SHORTFALL: lazy_gettext("Less evidence than the unit asks for"),
    Flag.SELF_DIFFERS: lazy_gettext("Self-assessment differs"),
    Flag.NO_SELF_ASSESSMENT: lazy_gettext("The self-assessment was not handed in"),
}
"""Words of what lists show row by row: only the one that is shown is looked up."""


def state_label(state: VisibleState) -> str:
    """Return a visible state in words."""
    return _state_label(state, get_locale())


@cache
def _state_label(state: VisibleState, _language: Locale | None) -> str:
    """Return a state in the page's language, which ``_language`` names."""
    return str(_STATES[state])


def own_state(state: VisibleState, *, handed_in: bool) -> tuple[str, str]:
    """Return one's own appraisal's state in words, and its chip.

    What the assessor has to do is not the employee's to do.
    """
    if state is not VisibleState.TO_DO:
        return state_label(state), STATE_CHIPS[state]
    if handed_in:
        return gettext("Self-assessment handed in"), "delivered"
    return gettext("With the assessor"), "in_review"


def group_label(group: str) -> str:
    """Return the heading of one of the four groups of evidence."""
    return {
        "seen": gettext("Seen"),
        "produced": gettext("Produced"),
        "tested": gettext("Tested"),
        "told": gettext("Told"),
    }[group]


def flag_label(flag: Flag) -> str:
    """Return why review should look, in words."""
    return str(_FLAGS[flag])


def assessor_label(kind: AssessorKind) -> str:
    """Return in which part somebody judges, in words."""
    return {
        AssessorKind.SELF: gettext("Self-assessment"),
        AssessorKind.LEAD: gettext("Assessor"),
        AssessorKind.SECOND: gettext("Second assessor"),
        AssessorKind.PEER: pgettext("assessor", "Peer"),
        AssessorKind.REVIEW: gettext("Review"),
    }[kind]


def nomination_label(state: NominationState) -> tuple[str, str]:
    """Return what became of a proposed peer, in words, and its chip."""
    return {
        NominationState.PROPOSED: (pgettext("peer", "Waits for an answer"), "to_do"),
        NominationState.APPROVED: (pgettext("peer", "Asked"), "done"),
        NominationState.REFUSED: (pgettext("peer", "Not asked"), "stopped"),
        NominationState.DECLINED: (pgettext("peer", "Declined"), "stopped"),
        NominationState.WITHDRAWN: (pgettext("peer", "Taken off"), "cancelled"),
    }[state]


def instrument_label(instrument: Instrument) -> str:
    """Return what a session is, in words."""
    return {
        Instrument.PRACTICAL_TEST: gettext("Practical test in situation"),
        Instrument.KNOWLEDGE_TEST: gettext("Knowledge test"),
        Instrument.SIMULATION: gettext("Simulation"),
        Instrument.INTERVIEW: gettext("Interview"),
    }[instrument]


def mode_label(mode: Mode) -> str:
    """Return whether supervisors appraise or an assessor certifies, in words."""
    return {
        Mode.APPRAISAL: gettext("Appraisal by the supervisors"),
        Mode.CERTIFICATION: gettext("Certification by an assessor who is not a superior"),
    }[mode]


def title_of(mode: Mode, name: str) -> str:
    """Return what the pages of somebody's appraisal or certification are called."""
    if mode is Mode.CERTIFICATION:
        return gettext("Certification of %(name)s", name=name)
    return gettext("Appraisal of %(name)s", name=name)


def session_state_label(state: SessionState, *, passed: bool | None) -> tuple[str, str]:
    """Return a session's state in words, and its chip; ``passed`` where it may be shown."""
    if state is SessionState.PLANNED:
        return pgettext("session", "Planned"), "to_do"
    if state is SessionState.CANCELLED:
        return pgettext("session", "Cancelled"), "cancelled"
    if passed is None:
        return pgettext("session", "Held"), "delivered"
    if passed:
        return pgettext("session", "Passed"), "done"
    return pgettext("session", "Not passed"), "warning"


def move_label(action: MoveAction) -> str:
    """Return what was said about the day of a planned session."""
    return {
        MoveAction.ASK: gettext("Another day asked for"),
        MoveAction.MOVE: pgettext("session", "Moved"),
        MoveAction.KEEP: gettext("The day stays"),
    }[action]


def review_label(review: Review) -> str:
    """Return which submissions are reviewed, in words."""
    return {
        Review.ALL: gettext("Every appraisal is reviewed"),
        Review.FLAGGED: gettext("Only flagged appraisals are reviewed"),
        Review.NONE: gettext("No review"),
    }[review]


def action_label(action: Action) -> str:
    """Return a step of the workflow as history tells it."""
    return {
        Action.OPEN: gettext("Opened"),
        Action.SUBMIT: gettext("Submitted"),
        Action.PASS: gettext("Approved without review, as the cycle says"),
        Action.TAKE: gettext("Taken into review"),
        Action.RETURN: gettext("Returned to the assessor"),
        Action.APPROVE: gettext("Approved"),
        Action.RELEASE: gettext("Released to the employee"),
        Action.ACKNOWLEDGE: gettext("Seen by the employee"),
        Action.LAPSE: gettext("Closed without an answer from the employee"),
        Action.CANCEL: pgettext("step", "Cancelled"),
        Action.CONTEST: gettext("Contested by the employee"),
        Action.UPHOLD: gettext("Upheld by a reviewer who was new to it"),
        Action.REASSESS: gettext("Given to a new assessor to judge anew"),
        Action.REOPEN: gettext("Reopened by human resources"),
        Action.SUSPEND: pgettext("step", "Suspended"),
        Action.RESUME: pgettext("step", "Resumed"),
        Action.WITHDRAW: gettext("Withdrawn by the candidate"),
    }[action]


def request_state_label(state: RequestState) -> str:
    """Return the state of a request in words."""
    return {
        RequestState.OPEN: pgettext("request", "Waits for an answer"),
        RequestState.ACCEPTED: pgettext("request", "Accepted"),
        RequestState.DECLINED: pgettext("request", "Declined"),
        RequestState.WITHDRAWN: pgettext("request", "Withdrawn"),
    }[state]


def request_action_label(action: RequestAction) -> str:
    """Return a step of a request as its history tells it."""
    return {
        RequestAction.ASK: pgettext("request", "Asked"),
        RequestAction.WITHDRAW: pgettext("request", "Withdrawn"),
        RequestAction.ACCEPT: pgettext("request", "Accepted"),
        RequestAction.DECLINE: pgettext("request", "Declined"),
    }[action]


def obstacle_label(obstacle: Obstacle) -> str:
    """Return why somebody can't be included in a cycle."""
    return {
        Obstacle.ONESELF: gettext("You cannot open an appraisal of yourself"),
        Obstacle.NO_LEAD: gettext("Has no supervisor today"),
        Obstacle.NO_POSITION: gettext("Holds no position today, which would say what is asked"),
        Obstacle.IN_CYCLE: gettext("Is or was in this cycle already"),
        Obstacle.ALREADY_OPEN: gettext("Has an unfinished appraisal of this framework"),
        Obstacle.LEFT: gettext("Has left"),
        Obstacle.IS_ASSESSOR: gettext("Is the assessor of this certification"),
        Obstacle.ASSESSOR_IS_SUPERIOR: gettext(
            "The assessor is a superior of theirs, who can't assess a certification"
        ),
    }[obstacle]


@dataclass(frozen=True)
class Due:
    """A due date in words; ``overdue`` when it has passed, ``soon`` within three days."""

    text: str
    overdue: bool
    soon: bool


SOON_DAYS = 3


def due(day: date, today: date) -> Due:
    """Return how far away a due date is, in words."""
    return _due((day - today).days, get_locale())


@lru_cache(maxsize=2048)
def _due(days: int, _language: Locale | None) -> Due:
    """Return how far away so many days are, in the page's language, which ``_language`` names."""
    if days < 0:
        text = ngettext("overdue by %(num)d day", "overdue by %(num)d days", -days)
        return Due(text, overdue=True, soon=False)
    if days == 0:
        text = gettext("due today")
    elif days == 1:
        text = gettext("due tomorrow")
    else:
        text = ngettext("in %(num)d day", "in %(num)d days", days)
    return Due(text, overdue=False, soon=days <= SOON_DAYS)
