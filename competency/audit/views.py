"""The auditor's pages: the chain, its verification; and who read one's own data."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.audit.access import readers_of
from competency.audit.details import told
from competency.audit.operations import checkpoint, verify
from competency.audit.queries import events
from competency.audit.rules import Checkpoint
from competency.audit.wording import action_words, grouped_actions, read_words
from competency.extensions import db
from competency.people.queries import identifiers_of, people_of_accounts
from competency.people.schema import Role
from competency.web.filters import Pager, page_number, time_zone
from competency.web.permission import access, actor
from competency.web.transaction import stages

PAGE_SIZE = 50
LINE_SHOWN = 100

audit = Blueprint("audit", __name__)
blueprints = (audit,)


@audit.get("/audit")
@access(Role.AUDITOR, over_all=True)
def index() -> ResponseReturnValue:
    """Show the chain, newest first."""
    return _chain()


def _chain(error: str = "", line: str = "") -> str:
    """Return the chain's page; ``error`` says what is wrong with the ``line`` that was sent."""
    page = page_number()
    action, subject = (
        request.args.get("action", "").strip(),
        request.args.get("subject", "").strip(),
    )
    since, until = _day("since"), _day("until")
    rows, total = events(
        db.session,
        action=action,
        about=identifiers_of(db.session, subject) if subject else None,
        since=None if since is None else _start_of(since),
        before=None if until is None else _start_of(until + timedelta(days=1)),
        page=page,
        page_size=PAGE_SIZE,
    )
    names = people_of_accounts(db.session, {row.actor for row in rows})
    return render_template(
        "audit/index.html",
        rows=rows,
        pager=Pager(page, PAGE_SIZE, total),
        names=names,
        action=action,
        subject=subject,
        since=since,
        until=until,
        is_filtered=bool(action or subject or since or until),
        groups=grouped_actions(),
        words=action_words(),
        told=told,
        error=error,
        line="".join(letter for letter in line if letter.isprintable())[:LINE_SHOWN],
    )


def _day(name: str) -> date | None:
    """Return a day of the filter; ``None`` where there is none, or none that anybody lives."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if MINYEAR < found.year < MAXYEAR else None


def _start_of(day: date) -> datetime:
    """Return when a day begins where the reader works."""
    return datetime.combine(day, time(), ZoneInfo(time_zone()))


@audit.post("/audit/verify")
@access(Role.AUDITOR, over_all=True)
@stages
def check() -> ResponseReturnValue:
    """Verify the whole chain, against a checkpoint where one is given."""
    line = request.form.get("checkpoint", "").strip()
    try:
        held = Checkpoint.parse(line) if line else None
    except ValueError:
        error = gettext("This is not a checkpoint: one line, number:hash.")
        return _chain(error, line), 422
    faults = verify(db.session, held)
    return render_template(
        "audit/verified.html", faults=faults, held=held, now=checkpoint(db.session)
    )


@audit.get("/audit/checkpoint.txt")
@access(Role.AUDITOR, over_all=True)
def checkpoint_file() -> ResponseReturnValue:
    """Give the end of the chain, to be kept outside this system."""
    text = f"{checkpoint(db.session)}\n"
    name = f"audit-checkpoint-{clock.now():%Y%m%dT%H%M%SZ}.txt"
    return Response(
        text,
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@audit.get("/who-read-my-data")
@access()
def readers() -> ResponseReturnValue:
    """Show who else read the data of whoever is signed in."""
    employee_id = actor().employee_id
    rows = readers_of(db.session, employee_id) if employee_id is not None else []
    names = people_of_accounts(db.session, {account for _, account, _ in rows})
    return render_template("audit/readers.html", rows=rows, names=names, what_was_read=read_words)
