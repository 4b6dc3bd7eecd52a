"""What codes of this feature are called on pages, in the page's language.

Every message is a literal, so that the catalogues find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext, pgettext

from competency.assessments.candidates import Obstacle
from competency.assessments.outcomes import nodes_by_id
from competency.assessments.schema import (
    Action,
    Flag,
    Instrument,
    Line,
    Mode,
    Node,
    RequestAction,
    RequestState,
    Review,
    SessionState,
    Sufficiency,
    VisibleState,
)
from competency.frameworks.numbering import numbers
from competency.frameworks.rule_words import evidence_asked
from competency.frameworks.schema import EvidenceRule, Framework, Unit

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


def state_label(state: VisibleState) -> str:
    """Return a visible state in words."""
    return {
        VisibleState.TO_DO: gettext("To do"),
        VisibleState.IN_REVIEW: gettext("In review"),
        VisibleState.READY: gettext("Ready to deliver"),
        VisibleState.DELIVERED: pgettext("appraisal", "Delivered"),
        VisibleState.CLOSED: pgettext("appraisal", "Closed"),
        VisibleState.SUSPENDED: pgettext("appraisal", "Suspended"),
        VisibleState.CANCELLED: pgettext("appraisal", "Cancelled"),
    }[state]


def own_state(state: VisibleState, *, handed_in: bool) -> tuple[str, str]:
    """Return one's own appraisal's state in words, and its chip.

    What the assessor has to do is not the employee's to do.
    """
    if state is not VisibleState.TO_DO:
        return state_label(state), STATE_CHIPS[state]
    if handed_in:
        return gettext("Self-assessment handed in"), "delivered"
    return gettext("With the assessor"), "in_review"


def asked_evidence(rule: EvidenceRule, found: Sufficiency) -> tuple[str, ...]:
    """Return what a criterion's evidence rule asks for, and what of it is missing."""
    lines = list(evidence_asked(rule))
    if not found.suffices:
        lines.append(gettext("so far %(num)s count", num=found.counted))
    return tuple(lines)


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
    return {
        Flag.EVIDENCE_SHORTFALL: gettext("Less evidence than the criterion asks for"),
        Flag.SELF_DIFFERS: gettext("Self-assessment differs"),
        Flag.NO_SELF_ASSESSMENT: gettext("The self-assessment was not handed in"),
    }[flag]


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
        Obstacle.ALREADY_OPEN: gettext("Has an unfinished appraisal of this framework"),
        Obstacle.LEFT: gettext("Has left"),
        Obstacle.IS_ASSESSOR: gettext("Is the assessor of this certification"),
        Obstacle.ASSESSOR_IS_SUPERIOR: gettext(
            "The assessor is a superior of theirs, who can't assess a certification"
        ),
    }[obstacle]


HELD_BACK = ("test_missing", "test_not_passed")


def tests_missing(framework: Framework, outcome: Node) -> list[tuple[Unit, str]]:
    """Return the units that a practical test holds back, each with why."""
    nodes = nodes_by_id(outcome)
    return [
        (unit, explain(line, framework, unit))
        for unit in framework.all_units()
        for line in nodes[unit.id].lines
        if line.code in HELD_BACK
    ]


@dataclass(frozen=True)
class Due:
    """A due date in words; ``overdue`` when it has passed, ``soon`` within three days."""

    text: str
    overdue: bool
    soon: bool


SOON_DAYS = 3


def due(day: date, today: date) -> Due:
    """Return how far away a due date is, in words."""
    days = (day - today).days
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


def explain(line: Line, framework: Framework, unit: Unit | None = None) -> str:
    """Return one line of an outcome's explanation; criteria are named by their number.

    ``unit`` is the unit whose result it explains; without one it is the whole's.
    """
    if line.code == "all_required":
        reached, total = line.params.get("reached"), line.params.get("of")
        return gettext(
            "All are required: %(reached)s of %(total)s reached.", reached=reached, total=total
        )
    if line.code == "n_required":
        return gettext(
            "%(needed)s of %(total)s are required: %(reached)s reached.",
            needed=line.params.get("needed"),
            total=line.params.get("of"),
            reached=line.params.get("reached"),
        )
    if line.code == "lowest":
        level = framework.scale_under(unit or framework.units[0]).label(str(line.params["level"]))
        return gettext("The lowest level decides: %(level)s.", level=level)
    place = numbers(framework)
    raw = line.params.get("ids", ())
    ids = raw if isinstance(raw, list | tuple) else ()
    named = ", ".join(place.get(str(i), str(i)) for i in ids)
    return {
        "judged": gettext("Judged."),
        "not_judged": gettext("Not judged yet, so nothing follows from it."),
        "excused": gettext("Not judged, with a reason; it takes no part in the result."),
        "out_of_scope": gettext("Outside the scope of this appraisal."),
        "nothing_in_scope": gettext("Nothing here was to be judged."),
        "level_undefined": gettext(
            "The source leaves the required level undefined for everything here, so nothing is "
            "decided."
        ),
        "no_overall": gettext("The standard forms no result across its parts."),
        "unconfirmed": gettext(
            "Human resources had not confirmed how the source is read, so no result was "
            "formed across the parts."
        ),
        "under": gettext("Lower than any may be: %(numbers)s.", numbers=named),
        "held_back": gettext("Held back by: %(numbers)s.", numbers=named),
        "short": gettext("Not reached: %(numbers)s.", numbers=named),
        "test_passed": gettext("The practical test was passed."),
        "test_not_passed": gettext("The practical test was held and not passed."),
        "test_missing": gettext(
            "The practical test that the standard asks for was not held, so the unit is not "
            "certified."
        ),
        "knowledge_passed": gettext("The knowledge test was passed."),
        "knowledge_not_passed": gettext(
            "The knowledge test was held and not passed, so the whole is not reached."
        ),
        "knowledge_not_tested": gettext("No knowledge test was held; none is needed."),
        "undecided": gettext("Not decided yet: %(numbers)s.", numbers=named),
    }.get(line.code, line.code)
