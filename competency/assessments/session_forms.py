"""What the pages of assessment sessions send, read into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from werkzeug.datastructures import MultiDict

from competency.assessments.forms import numbers_in
from competency.assessments.schema import Confirmations, Doubt, Instrument, Point
from competency.assessments.session_changes import SessionChange
from competency.assessments.session_moves import Move
from competency.assessments.sessions import Marks, SessionPlan
from competency.clock import instant_of
from competency.errors import Invalid

YES, NO = "yes", "no"
MARK, NOTE = "mark-", "note-"
RELIED, SHORTFALL = "relied-", "shortfall-"
DOUBT, WHY = "doubt-", "why-"


def instrument_of(value: str) -> Instrument:
    """Return an instrument by its code; raise ``Invalid`` for what no page sends."""
    try:
        return Instrument(value)
    except ValueError:
        raise Invalid("This form is not complete. Reload the page and try again.") from None


def _text(value: str) -> str:
    """Return a text with its line breaks counted once each."""
    return value.replace("\r\n", "\n").strip()


def _instant(form: MultiDict[str, str], time_zone: str) -> datetime:
    """Return the instant of the form's day and time in ``time_zone``; raise ``Invalid``."""
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise Invalid("Say on which day it is, as in 2026-03-31.", "day") from None
    try:
        at = time.fromisoformat(form.get("time", ""))
    except ValueError:
        raise Invalid("Say at what time it is, as in 09:30.", "time") from None
    return instant_of(day, at, time_zone)


def plan_input(form: MultiDict[str, str], time_zone: str) -> SessionPlan:
    """Return what is planned, its time meant in ``time_zone``; raise ``Invalid``."""
    at = _instant(form, time_zone)
    instrument, items = instrument_of(form.get("instrument", "")), form.getlist("items")
    if instrument is Instrument.KNOWLEDGE_TEST and not items:
        raise Invalid("Choose at least one item of knowledge.", "items")
    if instrument is Instrument.INTERVIEW and not items:
        raise Invalid("Choose at least one criterion.", "items")
    return SessionPlan(
        instrument,
        form.get("unit") or None,
        at,
        tuple(numbers_in(form.get("examiners", ""))),
        place=_text(form.get("place", "")),
        situation=_text(form.get("situation", "")),
        items=tuple(items),
    )


def change_input(form: MultiDict[str, str], time_zone: str) -> SessionChange:
    """Return what a planned session becomes, its time in ``time_zone``; raise ``Invalid``."""
    return SessionChange(
        _instant(form, time_zone),
        tuple(numbers_in(form.get("examiners", ""))),
        place=_text(form.get("place", "")),
        situation=_text(form.get("situation", "")),
        reason=form.get("reason", ""),
    )


def move_input(form: MultiDict[str, str], time_zone: str) -> Move:
    """Return to when and where a session is moved, its time in ``time_zone``; ``Invalid``."""
    return Move(_instant(form, time_zone), _text(form.get("place", "")), form.get("reason", ""))


def marks_input(form: MultiDict[str, str]) -> Marks:
    """Return what the sheet says; an item without an answer isn't in it."""
    met = {
        name.removeprefix(MARK): value == YES
        for name, value in form.items()
        if name.startswith(MARK) and value in {YES, NO}
    }
    notes = {
        name.removeprefix(NOTE): _text(value)
        for name, value in form.items()
        if name.startswith(NOTE)
    }
    return Marks(met, notes, _text(form.get("note", "")))


def confirmations_input(form: MultiDict[str, str]) -> Confirmations:
    """Return what the submission of a certification confirms and explains."""
    relied_on = {
        name.removeprefix(RELIED): value == YES
        for name, value in form.items()
        if name.startswith(RELIED) and value in {YES, NO}
    }
    shortfalls = {
        name.removeprefix(SHORTFALL): _text(value)
        for name, value in form.items()
        if name.startswith(SHORTFALL)
    }
    return Confirmations(relied_on, shortfalls, _doubts(form, relied_on))


def _doubts(form: MultiDict[str, str], relied_on: Mapping[str, bool]) -> dict[str, Doubt]:
    """Return what is said against pieces of evidence; of one that is relied on, nothing."""
    known = {point.value: point for point in Point}
    found: dict[str, Doubt] = {}
    for name in form:
        prefix = next((p for p in (DOUBT, WHY) if name.startswith(p)), None)
        if prefix is None:
            continue
        piece = name.removeprefix(prefix)
        points = tuple(dict.fromkeys(known[v] for v in form.getlist(DOUBT + piece) if v in known))
        reason = _text(form.get(WHY + piece, ""))
        if (points or reason) and not relied_on.get(piece):
            found[piece] = Doubt(points, reason)
    return found
