"""Pages of the register, and the public page that verifies a document."""

from __future__ import annotations

import hashlib

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.permissions import can_read_result
from competency.assessments.queries import load, outcome_of
from competency.assessments.schema import State
from competency.assessments.words import tests_missing
from competency.audit.access import note_read
from competency.config import Config
from competency.credentials.operations import attach, render, take_number
from competency.credentials.permissions import can_issue, can_read_credential
from competency.credentials.queries import (
    STANDING,
    Verified,
    by_number,
    by_token,
    document,
    entries,
    entries_of,
    ready_to_attest,
    states_today,
    took_part,
)
from competency.credentials.rules import attested_units, unattested_units
from competency.credentials.schema import EntryState
from competency.credentials.wording import entry_state
from competency.database.transactions import unit_of_work
from competency.errors import NotFound, message_id
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.people.access import check_throttle, note_failure
from competency.people.schema import Role
from competency.web.filters import Pager, page_number
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import stages

PAGE_SIZE = 25
NUMBER_SHOWN = 60
NO_SUCH_ADDRESS = message_id("No document has this address. Check the number and the code instead.")
READERS = (Role.HR, Role.CERTIFIER, Role.AUDITOR)

credentials = Blueprint("credentials", __name__)
blueprints = (credentials,)

credentials.add_app_template_global(entry_state, "entry_state")


@credentials.get("/register")
@access(*READERS)
def register() -> ResponseReturnValue:
    """Show what was issued, in the reader's scope."""
    page, search = page_number(), request.args.get("search", "")
    current, now = actor(), clock.now()
    rows, total = entries(
        db.session,
        actor=current,
        now=now,
        search=search,
        page=page,
        page_size=PAGE_SIZE,
    )
    pager = Pager(page, PAGE_SIZE, total)
    ready = [] if search or page > 1 else ready_to_attest(db.session, actor=current, now=now)
    return render_template(
        "credentials/register.html",
        rows=rows,
        states=states_today(db.session, now, [entry for entry, _employee in rows]),
        pager=pager,
        search=search,
        ready=ready,
    )


@credentials.get("/appraisals/<public_id>/attestation")
@access()
def of_appraisal(public_id: str) -> ResponseReturnValue:
    """Show what was issued from an appraisal, and to a certifier the way to issue it."""
    current, now = actor(), clock.now()
    loaded = load(db.session, actor=current, now=now, public_id=public_id)
    if not can_read_result(current, loaded.facts, loaded.standing):
        raise NotFound
    readable = can_read_credential(current, loaded.standing)
    issued = entries_of(db.session, loaded.appraisal.id)
    involved = took_part(db.session, actor=current, now=now, loaded=loaded)
    note_read(current, loaded.subject.id, "credential")
    node = outcome_of(db.session, loaded.appraisal)
    units = {unit.id: unit for unit in loaded.framework.all_units()}
    return render_template(
        "credentials/attestation.html",
        loaded=loaded,
        entries=issued if readable else [],
        states=states_today(db.session, now, issued),
        is_issued=any(entry.state in STANDING for entry in issued),
        is_begun=any(entry.state is EntryState.ISSUING for entry in issued),
        units=[
            (units[n.id], loaded.framework.result_label(str(n.result), units[n.id]))
            for n in (attested_units(loaded.framework, node) if node else ())
        ],
        left_out=[units[n.id] for n in unattested_units(loaded.framework, node)] if node else [],
        tests_missing=tests_missing(loaded.framework, node) if node else [],
        numbers=numbers(loaded.framework),
        closed=loaded.appraisal.state is State.CLOSED,
        may_issue=can_issue(current, loaded.facts, loaded.standing, took_part=involved),
    )


@credentials.post("/appraisals/<public_id>/attestation")
@access(Role.CERTIFIER)
@stages
def issue(public_id: str) -> ResponseReturnValue:
    """Decide on an attestation, render it outside any lock, and store it."""
    config: Config = current_app.extensions["competency"]
    current = actor()
    with unit_of_work(db.session):
        entry = take_number(
            db.session,
            actor=current,
            now=clock.now(),
            appraisal_public_id=public_id,
            public_url=config.public_url,
        )
        number, entry_id, facts = entry.number, entry.public_id, entry.facts
    content = render(facts)
    with unit_of_work(db.session):
        attach(
            db.session,
            actor=current,
            now=clock.now(),
            entry_public_id=entry_id,
            content=content,
        )
    flash(gettext("Attestation %(number)s was issued.", number=number))
    return redirect(url_for("credentials.of_appraisal", public_id=public_id))


@credentials.get("/credentials/<public_id>.pdf")
@access()
def document_file(public_id: str) -> ResponseReturnValue:
    """Give the stored bytes of an issued document."""
    entry, content = document(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    note_read(actor(), entry.subject_id, "credential")
    return pdf_answer(content, entry.number)


@credentials.get("/verify/<token>")
@access(public=True)
def verify(token: str) -> ResponseReturnValue:
    """Show what the register says of the document whose QR code was read."""
    found = by_token(db.session, clock.now(), token)
    if found is None:
        raise NotFound(NO_SUCH_ADDRESS)
    return _verified_page(found, token)


@credentials.post("/verify/<token>")
@access(public=True)
@stages
def compare(token: str) -> ResponseReturnValue:
    """Compare a file with the document whose QR code was read; nothing of it is kept."""
    check_throttle(db.session, now=clock.now(), keys=_keys())
    found = by_token(db.session, clock.now(), token)
    if found is None:
        with unit_of_work(db.session):
            note_failure(db.session, now=clock.now(), keys=_keys())
        raise NotFound(NO_SUCH_ADDRESS)
    return _verified_page(found, token)


def _keys() -> dict[str, str]:
    """Return what guessing is counted by: the address that it comes from."""
    return {"address": f"verify:{request.remote_addr}"}


def _verified_page(found: Verified, token: str | None = None) -> str:
    """Return what the register says, and of a file that was sent, whether it is the same."""
    upload = request.files.get("file")
    compared = None
    if upload is not None and upload.filename:
        compared = hashlib.sha256(upload.stream.read()).hexdigest() == found.sha256
    return render_template("credentials/verified.html", found=found, compared=compared, token=token)


@credentials.get("/verify")
@access(public=True)
def verify_form() -> ResponseReturnValue:
    """Ask for the number and the check code."""
    return render_template("credentials/verify.html", number="", wrong=False)


@credentials.post("/verify")
@access(public=True)
@stages
def verify_number() -> ResponseReturnValue:
    """Check a number with its code, throttled by address; compare a file where one is sent."""
    check_throttle(db.session, now=clock.now(), keys=_keys())
    typed = request.form.get("number", "")[:NUMBER_SHOWN]
    number = "".join(letter for letter in typed if letter.isprintable())
    found = by_number(db.session, clock.now(), number, request.form.get("code", ""))
    if found is None:
        with unit_of_work(db.session):
            note_failure(db.session, now=clock.now(), keys=_keys())
        return render_template("credentials/verify.html", number=number, wrong=True), 422
    return _verified_page(found)
