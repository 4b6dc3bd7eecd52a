"""What the pages of observations send, read into plain values."""

from __future__ import annotations

from datetime import date

from werkzeug.datastructures import MultiDict

from competency.errors import Invalid
from competency.observations.schema import Contact, Item, Mapped, Mark, NewForm, Sheet

MARK, NOTE, WEIGHT = "mark-", "note-", "weight-"
DIGITS = 9


def day_of(value: str) -> date | None:
    """Return a day that was sent; ``None`` for anything else."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def contact_input(form: MultiDict[str, str]) -> Contact:
    """Return which contact was watched."""
    day = day_of(form.get("contact_on", ""))
    if day is None:
        raise Invalid("Write the day of the contact, as in 2026-03-31.", "contact_on")
    return Contact(form.get("reference", ""), day, line=form.get("line", "").strip())


def marks_input(form: MultiDict[str, str]) -> dict[str, Mark]:
    """Return the marks that were sent, by behaviour."""
    known = {mark.value: mark for mark in Mark}
    found = {}
    for name, value in form.items():
        if name.startswith(MARK) and value:
            if value not in known:
                raise Invalid("This form is not complete. Reload the page and try again.")
            found[name.removeprefix(MARK)] = known[value]
    return found


def sheet_input(form: MultiDict[str, str]) -> Sheet:
    """Return what is written on a sheet, with each line break counted once."""
    notes = {
        name.removeprefix(NOTE): _text(value)
        for name, value in form.items()
        if name.startswith(NOTE) and value.strip()
    }
    return Sheet(marks_input(form), notes, _text(form.get("note", "")))


def _text(value: str) -> str:
    """Return a text with its line breaks counted once each."""
    return value.replace("\r\n", "\n")


def edition_input(form: MultiDict[str, str]) -> int:
    """Return which edition of a draft the page had."""
    return _number(form.get("edition", ""), -1)


def _number(value: str, otherwise: int) -> int:
    """Return a whole number that was sent, or what stands for nonsense."""
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS else otherwise


def form_input(form: MultiDict[str, str]) -> NewForm:
    """Return what a form is made of: the behaviours ticked, in the framework's order."""
    critical = set(form.getlist("critical"))
    return NewForm(
        framework_public_id=form.get("framework", ""),
        title=form.get("title", ""),
        items=tuple(
            Item(
                criterion_id,
                _number(form.get(WEIGHT + criterion_id, ""), 0),
                criterion_id in critical,
            )
            for criterion_id in form.getlist("items")
        ),
        cap_percent=_number(form.get("cap_percent", ""), -1),
        channel=form.get("channel", ""),
        script_id=form.get("script", ""),
    )


def mapped_input(form: MultiDict[str, str]) -> Mapped:
    """Return which behaviour is mapped to which criterion."""
    return Mapped(
        form.get("behaviours", ""),
        form.get("behaviour", ""),
        form.get("framework", ""),
        form.get("criterion", ""),
    )
