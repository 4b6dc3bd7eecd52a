"""Pages of the register as a whole: its list, its export, and the public list of states."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.audit.access import note_read
from competency.credentials.blueprint import blueprint
from competency.credentials.forms import filters_of
from competency.credentials.queries import (
    READY_SHOWN,
    last_steps,
    ready_to_attest,
    states_today,
    waiting_for_commission,
)
from competency.credentials.register import READERS, Line, choices, entries, status_list
from competency.credentials.schema import EntryState
from competency.credentials.status_file import written
from competency.credentials.wording import document_label, entry_state, reason_label
from competency.extensions import db
from competency.files.tables.cells import Grid
from competency.files.tables.csvs import csv_files
from competency.frameworks.schema import DocumentKind
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

PAGE_SIZE = 25
FILE_ROWS = 5000
"""Lines of one CSV file: some two seconds; a longer register comes in several."""
STATUS_NUMBERS = 10_000
"""Numbers in one part of the public list: some 1.2 megabytes."""
FRESH_SECONDS = 300
"""How long a copy of the public list of states may be used."""


@blueprint.get("/register")
@access(*READERS)
def register() -> ResponseReturnValue:
    """Show what was issued, in the reader's scope, and what waits for a decision."""
    page, filters = page_number(), filters_of(request.args)
    current, now = actor(), clock.now()
    rows, total = entries(
        db.session, actor=current, now=now, filters=filters, page=page, page_size=PAGE_SIZE
    )
    first = filters.is_empty and page == 1
    return render_template(
        "credentials/register.html",
        rows=rows,
        states=states_today(db.session, now, [row.entry for row in rows]),
        steps=last_steps(db.session, [row.entry.id for row in rows]),
        reason_label=reason_label,
        pager=Pager(page, PAGE_SIZE, total),
        files=-(-total // FILE_ROWS),
        filters=filters,
        choices=choices(db.session, actor=current, now=now),
        states_known=list(EntryState),
        documents=list(DocumentKind),
        ready_shown=READY_SHOWN,
        ready=ready_to_attest(db.session, actor=current, now=now) if first else [],
        waiting=waiting_for_commission(db.session, actor=current, now=now) if first else [],
    )


@blueprint.get("/register.csv")
@access(*READERS)
def register_file() -> ResponseReturnValue:
    """Give the register as the page would list it, as a CSV file; a long one in parts."""
    current, now, part = actor(), clock.now(), page_number()
    rows, _total = entries(
        db.session,
        actor=current,
        now=now,
        filters=filters_of(request.args),
        page=part,
        page_size=FILE_ROWS,
    )
    for row in rows:
        note_read(current, row.employee.id, "credential")
    content = csv_files({"register": _grid(now, rows)})["register.csv"]
    answer = make_response(content)
    answer.mimetype = "text/csv"
    name = "register.csv" if part == 1 else f"register-{part}.csv"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _grid(now: datetime, rows: list[Line]) -> Grid:
    """Return the register as rows of text, the headings first."""
    states = states_today(db.session, now, [row.entry for row in rows])
    steps = last_steps(db.session, [row.entry.id for row in rows])
    grid = [
        [
            gettext("Number"),
            gettext("Document"),
            gettext("State"),
            gettext("Since"),
            gettext("Reason"),
            gettext("Holder"),
            gettext("Employee number"),
            gettext("Framework"),
            gettext("Version"),
            gettext("Issued"),
            gettext("Valid until"),
        ]
    ]
    for row in rows:
        entry, step = row.entry, steps.get(row.entry.id)
        facts = entry.facts["facts"] if entry.facts and entry.issued_at else None
        grid.append(
            [
                entry.number,
                document_label(entry.document),
                entry_state(states[entry.id]),
                step.taken_on.isoformat() if step else "",
                reason_label(step.category) if step else "",
                row.employee.sort_name,
                row.employee.employee_number,
                row.framework_title,
                row.framework_version,
                str(facts["issued_on"]) if facts else "",
                entry.valid_until.isoformat() if entry.valid_until else "",
            ]
        )
    return tuple(tuple(row) for row in grid)


@blueprint.get("/verify/status.json")
@access(public=True)
def status() -> ResponseReturnValue:
    """Give every number that does not stand, for verifiers that keep a copy; no names.

    ``since`` is the day at the issuer. A number that is not listed stands until the last
    day printed on its document. Where there are more than fit one answer, it is of format
    2 and ``next`` leads to what follows.
    """
    after = request.args.get("after", "")
    found = status_list(db.session, after=after, limit=STATUS_NUMBERS + 1)
    listed, more = found[:STATUS_NUMBERS], len(found) > STATUS_NUMBERS
    following = url_for("credentials.status", after=listed[-1].number) if more else ""
    said = written(listed, clock.now(), following)
    tag = hashlib.sha256(json.dumps([said["numbers"], following], sort_keys=True).encode())
    body = json.dumps(said, indent=1)
    answer = Response(f"{body}\n", mimetype="application/json")
    answer.cache_control.public = True
    answer.cache_control.max_age = FRESH_SECONDS
    answer.set_etag(tag.hexdigest()[:32], weak=True)
    return answer.make_conditional(request)
