"""The dates of a cycle: which follow which, and what is due for whom; pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from competency.errors import Invalid


@dataclass(frozen=True)
class Schedule:
    """The dates of a cycle, those that were left open being ``None``."""

    submit_due_on: date
    self_assessment_due_on: date | None = None
    review_due_on: date | None = None
    releases_on: date | None = None


def check_schedule(
    schedule: Schedule, *, opened_on: date, self_assessment: bool, reviewed: bool
) -> None:
    """Raise ``Invalid`` for a date that can't stand where the others are."""
    submit, own = schedule.submit_due_on, schedule.self_assessment_due_on
    review, release = schedule.review_due_on, schedule.releases_on
    if submit < opened_on:
        raise Invalid("The due date has passed already.", "submit_due_on")
    if own is not None and not self_assessment:
        raise Invalid(
            "This cycle has no self-assessment: leave its date empty.", "self_assessment_due_on"
        )
    if own is not None and own < opened_on:
        raise Invalid(
            "The due date of self-assessments has passed already.", "self_assessment_due_on"
        )
    if own is not None and own > submit:
        raise Invalid(
            "Self-assessments can't be due after the assessors' due date.", "self_assessment_due_on"
        )
    if review is not None and not reviewed:
        raise Invalid("This cycle has no review: leave its date empty.", "review_due_on")
    if review is not None and review < submit:
        raise Invalid("Reviews can't be due before the assessors' due date.", "review_due_on")
    if release is not None and release < submit:
        raise Invalid("Results can't be released before the assessors' due date.", "releases_on")
    if release is not None and review is not None and release < review:
        raise Invalid("Results can't be released before the reviews are due.", "releases_on")


def a_year_later(day: date | None) -> date | None:
    """Return the same day of the next year, the last of February where it has none."""
    if day is None:
        return None
    last = monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))
