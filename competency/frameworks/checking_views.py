"""The pages where human resources check a file, see what it would change, and publish it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Conflict, Invalid, NotAllowed
from competency.extensions import db
from competency.files.checking import Checked
from competency.files.faults import Severity, refuses
from competency.files.reader import Document, read
from competency.files.text import as_meant, made_visible
from competency.frameworks.comparison import compare
from competency.frameworks.compiled import content_hash
from competency.frameworks.keeping import may_read_value
from competency.frameworks.presenters import (
    ChangeGroup,
    kind_label,
    marked_lines,
    shown_changes,
)
from competency.frameworks.publishing import (
    check_for_publishing,
    misfits,
    publish_value,
    standing_before,
    standing_file,
)
from competency.frameworks.schema import Framework
from competency.frameworks.translations import Translation
from competency.frameworks.views import frameworks
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import stages

blueprints = (frameworks,)

TEXT_MAXIMUM = 300_000
"""Bytes of a file that a page can carry; larger ones are published by command."""
FAULTS_SHOWN = 100
UNSOUND = 422
NAME_MAXIMUM = 100


@frameworks.get("/frameworks/check")
@access(Role.HR, over_all=True)
def check_form() -> ResponseReturnValue:
    """Offer to choose a file, or to write one."""
    return render_template("frameworks/check.html", text="", name="", checked=None)


@frameworks.post("/frameworks/check")
@access(Role.HR, over_all=True)
@stages
def check() -> ResponseReturnValue:
    """Show every fault of a file on its line, or what publishing it would change."""
    try:
        document = _document()
    except Invalid as error:
        text = request.form.get("text", "")
        page = render_template(
            "frameworks/check.html",
            text=text,
            has_codes=request.form.get("marked"),
            name="",
            checked=None,
            error=worded(error),
        )
        return page, UNSOUND
    checked = _checked(document)
    return _page(checked), UNSOUND if refuses(checked.faults) else 200


@frameworks.post("/frameworks/publish")
@access(Role.HR, over_all=True)
@stages
def publish_text() -> ResponseReturnValue:
    """Publish the file that was looked at; it is checked again."""
    document = _document()
    checked = _checked(document)
    if checked.value is None:
        return _page(checked), UNSOUND
    if request.form.get("looked_at") != _seen(document):
        changed = _("This is not what was checked: see what it would change, then publish it.")
        return _page(checked, changed), 409
    db.session.rollback()
    try:
        with unit_of_work(db.session):
            row = publish_value(
                db.session,
                actor=actor(),
                now=clock.now(),
                value=checked.value,
                source_text=document.text,
            )
            public_id = row.public_id
    except Conflict as error:
        return _page(checked, worded(error)), 409
    except Invalid as error:
        return _page(checked, worded(error)), UNSOUND
    flash(_("Published. A published version never changes."))
    if isinstance(checked.value, Framework):
        return redirect(url_for("frameworks.framework", public_id=public_id))
    return redirect(url_for("frameworks.file", public_id=public_id))


def _checked(document: Document) -> Checked:
    """Return a file checked against what is published; refuse what is kept back from the actor.

    What it would change of such a file is as little theirs to read as the file.
    """
    checked = check_for_publishing(db.session, document)
    value = checked.value
    if value is not None and not may_read_value(db.session, actor(), checked.kind, value):
        raise NotAllowed(
            "You are being certified against this framework: somebody else keeps its questions."
        )
    return checked


def _seen(document: Document) -> str:
    """Return what says that a page showed this very text."""
    return content_hash(document.text.strip().encode("utf-8"))


def _document() -> Document:
    """Return the file that was chosen, or the text that was written.

    Raises ``Invalid`` where there is neither, and where it is more than a page can carry.
    """
    chosen = request.files.get("file")
    name = (chosen.filename if chosen else "") or request.form.get("name", "") or "file.yaml"
    if chosen is not None and chosen.filename:
        content = chosen.stream.read(TEXT_MAXIMUM + 1)
    else:
        text = request.form.get("text", "").replace("\r\n", "\n")
        content = (as_meant(text) if request.form.get("marked") else text).encode("utf-8")
    if not content.strip():
        raise Invalid("Choose a file, or write one below.", "file")
    if len(content) > TEXT_MAXIMUM:
        raise Invalid(
            "The file is larger than a page can carry. "
            "Use “competency frameworks check” and “publish” on the command line.",
            "file",
        )
    return read(content, name[-NAME_MAXIMUM:])


def _page(checked: Checked, error: str = "") -> str:
    """Return the page of a file that was checked."""
    value, text, shown = checked.value, checked.document.text, checked.faults[:FAULTS_SHOWN]
    written = made_visible(text)
    standing = before = None
    groups: tuple[ChangeGroup, ...] = ()
    unfit: list[str] = []
    if value is not None:
        standing = standing_file(db.session, value)
        before = standing_before(db.session, value)
        groups = () if before is None else shown_changes(compare(before, value))
        unfit = misfits(db.session, checked.document, value)
    return render_template(
        "frameworks/check.html",
        text=written,
        has_codes=written != text,
        name=checked.name,
        checked=checked,
        fault_lines=marked_lines(
            text, [fault for fault in shown if fault.severity is Severity.FAULT]
        ),
        warning_lines=marked_lines(
            text, [fault for fault in shown if fault.severity is Severity.WARNING]
        ),
        shown=len(shown),
        kind=kind_label(checked.kind),
        is_translation=isinstance(value, Translation),
        is_framework=isinstance(value, Framework),
        standing=standing,
        before=getattr(before, "version", None),
        groups=groups,
        value_language=getattr(value, "language", ""),
        unfit=unfit,
        looked_at=_seen(checked.document),
        error=error,
    )
