"""Words for marks, scores and steps, in one language."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from competency.errors import message_id
from competency.observations.schema import Mark, StepKind
from competency.wording import Words

MARKS = {
    Mark.MET: message_id("Met"),
    Mark.NOT_MET: message_id("Not met"),
    Mark.NOT_APPLICABLE: message_id("Not applicable"),
}
AVOIDED = {
    Mark.MET: message_id("Avoided: yes"),
    Mark.NOT_MET: message_id("Avoided: no"),
    Mark.NOT_APPLICABLE: message_id("Not applicable"),
}
"""The same of what must not be done."""
STEPS = {
    StepKind.REPLY: message_id("Reply"),
    StepKind.DISPUTE: message_id("Disputed"),
    StepKind.UPHOLD: message_id("Dispute answered: the score stands"),
    StepKind.CHANGE: message_id("Dispute answered: the score was changed"),
}


def mark_words(mark: Mark, *, prohibited: bool, words: Words) -> str:
    """Return what a mark says of a behaviour, or of a prohibition."""
    return words.gettext((AVOIDED if prohibited else MARKS)[mark])


def step_words(kind: StepKind, words: Words) -> str:
    """Return what a step is called."""
    return words.gettext(STEPS[kind])


def percent(value: Decimal | None, words: Words) -> str:
    """Return a score in a hundred as it is shown: one decimal place at most."""
    if value is None:
        return "–"
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
    return words.number(rounded, "#,##0.#") + "\N{NO-BREAK SPACE}%"


def points(thousandths: int, words: Words) -> str:
    """Return points as they are shown: without what is not there after the decimal mark."""
    return words.number(Decimal(thousandths) / 1000, "#,##0.###")
