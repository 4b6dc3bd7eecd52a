"""The page where human resources bring people in from a file: look first, then do."""

from __future__ import annotations

import base64
import binascii
import zlib

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile, NotAllowed
from competency.extensions import db
from competency.people.access_views import REFUSED
from competency.people.forms import ImportForm
from competency.people.import_file import LENGTHS, MAXIMUM_BYTES, REQUIRED, RowFault, read_people
from competency.people.importing import import_people, preview_people, refusal
from competency.people.permissions import can_create_person
from competency.people.person_views import people_pages
from competency.people.queries import campaigns, employers, positions, sites, teams
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import stages

FAULTS_SHOWN = 200
CARRIED_MAXIMUM = 60_000
"""How many letters of a file the page of the preview carries to the second step."""


def packed(content: bytes) -> str:
    """Return a file as text that a form can carry."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """Return the file that a form carried, never larger than a file may be."""
    try:
        packed = base64.b64decode(text, validate=True)
        return zlib.decompressobj().decompress(packed, MAXIMUM_BYTES + 1)
    except (binascii.Error, zlib.error) as error:
        raise Invalid("Choose the file again.", "file") from error


def worded_fault(fault: RowFault) -> dict[str, object]:
    """Return a fault in the page's language."""
    text = str(_(fault.message))
    return {
        "row": fault.row,
        "column": fault.column,
        "text": text % fault.params if fault.params else text,
    }


def kind_of(action: str) -> str:
    """Return what an action changes, in the page's language."""
    return {
        "employee.added": _("New person"),
        "employee.changed": _("Personal data"),
        "employee.placed": _("Site and team"),
        "employee.position": _("Position"),
        "employee.campaign": _("Campaign"),
        "employee.reports_to": _("Supervisor"),
    }[action]


def _known() -> dict[str, list[tuple[str, str]]]:
    """Return what the columns may name, each as it is written in a file and what it is."""
    of_site = {site.id: site.name for site in sites(db.session)}
    return {
        "employer": [(e.code, e.legal_name) for e in employers(db.session)],
        "site": [(name, "") for name in of_site.values()],
        "team": [(team.name, of_site[team.site_id]) for team in teams(db.session)],
        "position": [(p.code, p.title) for p in positions(db.session)],
        "campaign": [(c.code, c.name) for c in campaigns(db.session)],
    }


def _require_right() -> None:
    """Raise ``NotAllowed`` for human resources of only some people."""
    if not can_create_person(actor()):
        raise NotAllowed("Only human resources over everyone can import people.")


@people_pages.route("/import", methods=["GET", "POST"])
@access(Role.HR)
@stages
def import_page() -> ResponseReturnValue:
    """Take a file, and show what it would do or every fault in it."""
    _require_right()
    now = clock.now()
    form = ImportForm(starts_on=actor().today(now))
    result, carried, faults = None, "", []
    if form.validate_on_submit():
        content = form.file.data.read(MAXIMUM_BYTES + 1)
        try:
            result = preview_people(
                db.session,
                actor=actor(),
                now=now,
                file=read_people(content),
                starts_on=form.starts_on.data,
            )
        except InvalidFile as error:
            form.file.errors = [*form.file.errors, worded(error)]
        else:
            carried = packed(content)
            faults = [worded_fault(fault) for fault in result.faults[:FAULTS_SHOWN]]
    page = render_template(
        "people/import.html",
        form=form,
        result=result,
        faults=faults,
        carried=carried if len(carried) <= CARRIED_MAXIMUM else "",
        columns=LENGTHS,
        known=_known(),
        kind_of=kind_of,
        required=REQUIRED,
    )
    return page, REFUSED if form.errors or faults else 200


@people_pages.get("/import/columns.csv")
@access(Role.HR)
def import_columns() -> ResponseReturnValue:
    """Give a file of the headings alone, to be filled in; spreadsheets read its mark."""
    _require_right()
    headings = ",".join(LENGTHS)
    return Response(
        f"\ufeff{headings}\r\n",
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=people.csv"},
    )


@people_pages.post("/import/apply")
@access(Role.HR)
@stages
def import_apply() -> ResponseReturnValue:
    """Import the file that was looked at; it is checked again."""
    _require_right()
    now = clock.now()
    file = read_people(unpacked(request.form.get("carried", "")))
    if file.faults:
        raise refusal(file.faults)
    starts_on = ImportForm(starts_on=actor().today(now)).starts_on.data
    with unit_of_work(db.session):
        result = import_people(
            db.session, actor=actor(), now=now, rows=file.lines, starts_on=starts_on
        )
    flash(
        _(
            "Imported: %(added)s added, %(changed)s changed, %(unchanged)s unchanged.",
            added=result.added,
            changed=result.changed,
            unchanged=result.unchanged,
        )
    )
    return redirect(url_for("people.index"))
