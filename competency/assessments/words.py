"""What codes of this feature are called on pages, in the page's language.

Every message is a literal, so that the catalogues find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from competency.assessments.cycles import Obstacle
from competency.assessments.schema import Action, Flag, Line, Review, VisibleState
from competency.errors import message_id
from competency.frameworks.schema import EvidenceKind, Framework, Unit

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

_KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.DIRECT_PERFORMANCE: message_id("Seen at work"),
    EvidenceKind.DIRECT_PRODUCT: message_id("Something produced"),
    EvidenceKind.PRACTICAL_TEST: message_id("Practical test"),
    EvidenceKind.SIMULATION: message_id("Simulation"),
    EvidenceKind.KNOWLEDGE_TEST: message_id("Knowledge test"),
    EvidenceKind.INTERVIEW: message_id("Interview"),
    EvidenceKind.INDIRECT: message_id("Indirect evidence"),
    EvidenceKind.KPI: message_id("Indicator"),
    EvidenceKind.OBSERVATION: message_id("Observation"),
    EvidenceKind.STATEMENT: message_id("Statement"),
}
"""Marked, not translated: a page words many pieces of evidence, each by one of these."""


def state_label(state: VisibleState) -> str:
    """Return a visible state in words."""
    return {
        VisibleState.TO_DO: gettext("To do"),
        VisibleState.IN_REVIEW: gettext("In review"),
        VisibleState.READY: gettext("Ready to deliver"),
        VisibleState.DELIVERED: gettext("Delivered"),
        VisibleState.CLOSED: gettext("Closed"),
        VisibleState.SUSPENDED: gettext("Suspended"),
        VisibleState.CANCELLED: gettext("Cancelled"),
    }[state]


def kind_label(kind: EvidenceKind) -> str:
    """Return a kind of evidence in words."""
    return str(gettext(_KINDS[kind]))


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
        Action.CANCEL: gettext("Cancelled"),
    }[action]


def obstacle_label(obstacle: Obstacle) -> str:
    """Return why somebody can't be included in a cycle."""
    return {
        Obstacle.ONESELF: gettext("You cannot open an appraisal of yourself"),
        Obstacle.NO_LEAD: gettext("Has no supervisor today"),
        Obstacle.ALREADY_OPEN: gettext("Has an unfinished appraisal of this framework"),
        Obstacle.LEFT: gettext("Has left"),
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


def numbers(framework: Framework) -> dict[str, str]:
    """Return the place of every unit and criterion, as in ``2.4``, by id."""
    found: dict[str, str] = {}

    def walk(units: tuple[Unit, ...], before: str) -> None:
        for place, unit in enumerate(units, start=1):
            here = found[unit.id] = f"{before}{place}"
            for inner, criterion in enumerate(unit.criteria, start=1):
                found[criterion.id] = f"{here}.{inner}"
            walk(unit.units, f"{here}.")

    walk(framework.units, "")
    return found


def explain(line: Line, framework: Framework) -> str:
    """Return one line of an outcome's explanation; criteria are named by their number."""
    if line.code == "all_required":
        reached, total = line.params.get("reached"), line.params.get("of")
        return gettext(
            "All are required: %(reached)s of %(total)s reached.", reached=reached, total=total
        )
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
        "short": gettext("Not reached: %(numbers)s.", numbers=named),
        "undecided": gettext("Not decided yet: %(numbers)s.", numbers=named),
    }.get(line.code, line.code)
