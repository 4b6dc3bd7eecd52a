"""What the sheet of a knowledge test with questions sends, read into plain values."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from competency.assessments.session_forms import NO, NOTE, YES
from competency.assessments.written_drawing import QuestionsWanted
from competency.assessments.written_rules import Answers, Override
from competency.errors import Invalid
from competency.questions.rules import PER_ITEM

TICK, POINTS, BLANK = "tick-", "points-", "blank-"
OVERRIDE, WHY = "otherwise-", "why-"
PLACE_LENGTH = 2


def _text(value: str) -> str:
    """Return a text with its line breaks counted once each."""
    return value.replace("\r\n", "\n").strip()


def wanted_input(form: MultiDict[str, str]) -> QuestionsWanted | None:
    """Return which questions a planner wants, ``None`` for none; raise ``Invalid``."""
    bank = form.get("bank", "")
    if not bank:
        return None
    said = form.get("per_item", str(PER_ITEM)).strip()
    if not (said.isascii() and said.isdigit() and len(said) <= PLACE_LENGTH):
        raise Invalid("Between 1 and 20 questions on each item can be drawn.", "per_item")
    return QuestionsWanted(bank, int(said))


def answers_input(form: MultiDict[str, str]) -> Answers:
    """Return what was entered; what was left empty isn't in it."""
    ticked = {
        name.removeprefix(TICK): frozenset(
            int(value)
            for value in form.getlist(name)
            if value.isascii() and value.isdigit() and len(value) <= PLACE_LENGTH
        )
        for name in form
        if name.startswith(TICK)
    }
    overrides = {
        name.removeprefix(OVERRIDE): Override(
            value == YES, _text(form.get(WHY + name.removeprefix(OVERRIDE), ""))
        )
        for name, value in form.items()
        if name.startswith(OVERRIDE) and value in {YES, NO}
    }
    return Answers(
        ticked,
        frozenset(name.removeprefix(BLANK) for name in form if name.startswith(BLANK)),
        {n.removeprefix(POINTS): v.strip() for n, v in form.items() if n.startswith(POINTS)},
        {n.removeprefix(NOTE): _text(v) for n, v in form.items() if n.startswith(NOTE)},
        overrides,
        _text(form.get("note", "")),
    )
