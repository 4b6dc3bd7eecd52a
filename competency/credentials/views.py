"""Pages of issued documents, and the public page that verifies one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.certifying import shortfall_reasons
from competency.assessments.cycle_queries import counts_of
from competency.assessments.explaining import tests_missing
from competency.assessments.models import Appraisal
from competency.assessments.permissions import can_read_report, can_read_result
from competency.assessments.queries import Loaded, cycle_by_public_id, load, outcome_of
from competency.assessments.schema import State
from competency.audit.access import note_read
from competency.config import Config
from competency.credentials import (
    attested,
    commission_views,
    home,
    issuer_views,
    register_views,
)
from competency.credentials.blueprint import blueprint
from competency.credentials.commission_queries import commission_of
from competency.credentials.forms import document_input, status_input
from competency.credentials.keys import signing_key
from competency.credentials.models import Issuer, RegisterEntry
from competency.credentials.operations import attach, completed, take_number
from competency.credentials.permissions import (
    can_change_status,
    can_issue,
    can_read_credential,
    can_read_private_reasons,
)
from competency.credentials.printing import issued_from
from competency.credentials.queries import (
    STANDING,
    Verified,
    by_number,
    by_token,
    document,
    entries_of,
    states_today,
    steps_of,
    took_part,
)
from competency.credentials.rules import (
    NO_UNIT_RESULTS,
    attested_units,
    unattested_units,
    why_nothing,
)
from competency.credentials.schema import CommissionState, EntryState
from competency.credentials.standing import REASONS, possible
from competency.credentials.standings import change_status
from competency.credentials.statutory import required_authorisation, statutory_name
from competency.credentials.superseding import standing_before
from competency.credentials.wording import signature_words
from competency.database.transactions import unit_of_work
from competency.documents.checking import checked
from competency.documents.printing import Sheet, print_file
from competency.errors import Invalid, NotFound, message_id
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import DocumentKind
from competency.people.access import check_throttle, note_failure
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import page_language
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import read_again, stages
from competency.wording import Words

NUMBER_SHOWN = 60
REFUSED = 422
NO_SUCH_ADDRESS = message_id("No document has this address. Check the number and the code instead.")

MODULES = (attested, commission_views, home, register_views)
"""Imported for their routes, and for what they add to the home page."""

blueprints = (blueprint, issuer_views.blueprint)


@dataclass(frozen=True)
class Choice:
    """A document that can be issued, or finished; ``missing`` says what stands in the way.

    ``name`` is how the law calls it, empty for an internal attestation.
    """

    document: DocumentKind
    name: str
    is_begun: bool
    replaces: str | None
    missing: str


@blueprint.get("/appraisals/<public_id>/attestation")
@access()
def of_appraisal(public_id: str) -> ResponseReturnValue:
    """Show what was issued from an appraisal, and to a certifier the ways to issue."""
    return _of_appraisal(public_id)


def _of_appraisal(public_id: str, error: str = "") -> str:
    """Return the page of an appraisal's documents."""
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
    commission = commission_of(db.session, loaded)
    may_issue = can_issue(current, loaded.facts, loaded.standing, took_part=involved)
    return render_template(
        "credentials/attestation.html",
        loaded=loaded,
        entries=issued if readable else [],
        states=states_today(db.session, now, issued),
        steps=steps_of(db.session, [entry.id for entry in issued]) if issued else {},
        possible=possible,
        reasons=REASONS,
        may_change=can_change_status(current, loaded.facts, loaded.standing, took_part=involved),
        reads_reasons=can_read_private_reasons(current, loaded.standing),
        is_issued=any(entry.state in STANDING for entry in issued),
        choices=_choices(loaded, issued, now) if may_issue else [],
        units=[
            (units[n.id], loaded.framework.result_label(str(n.result), units[n.id]))
            for n in (attested_units(loaded.framework, node) if node else ())
        ],
        nothing=why_nothing(loaded.framework, node),
        forms_no_unit=why_nothing(loaded.framework, node) == NO_UNIT_RESULTS,
        reads_report=can_read_report(current, loaded.facts, loaded.standing),
        left_out=[units[n.id] for n in unattested_units(loaded.framework, node)] if node else [],
        tests_missing=tests_missing(loaded.framework, node) if node else [],
        numbers=numbers(loaded.framework),
        closed=loaded.appraisal.state is State.CLOSED,
        commission=commission,
        may_open_commission=readable
        or (commission is not None and commission.seat_of(current.employee_id) is not None),
        approved=commission is None or commission.state is CommissionState.APPROVED,
        may_issue=may_issue,
        shortfalls=_shortfalls(loaded) if may_issue else [],
        error=error,
    )


def _shortfalls(loaded: Loaded) -> list[tuple[str, str]]:
    """Return number and reason of each part that had less evidence than it asks for."""
    place = numbers(loaded.framework)
    reasons = shortfall_reasons(db.session, loaded.appraisal)
    return sorted((place.get(part, part), reason) for part, reason in reasons.items())


def _choices(loaded: Loaded, issued: list[RegisterEntry], now: datetime) -> list[Choice]:
    """Return what can still be issued: the attestation, and what the law knows of it."""
    certification = loaded.framework.certification
    wanted = [DocumentKind.ATTESTATION]
    if certification is not None and certification.document.is_statutory:
        wanted.append(certification.document)
    found = []
    for kind in wanted:
        own = [entry for entry in issued if entry.document is kind]
        if any(entry.state in STANDING for entry in own):
            continue
        is_begun = any(entry.state is EntryState.ISSUING for entry in own)
        ended = [e for e in own if e.state in {EntryState.REVOKED, EntryState.SUPERSEDED}]
        if not ended and (node := outcome_of(db.session, loaded.appraisal)) is not None:
            before = standing_before(db.session, loaded, node, kind, now)
            ended = [before] if before else []
        found.append(
            Choice(
                kind,
                (statutory_name(loaded.framework) or "") if kind.is_statutory else "",
                is_begun,
                ended[0].number if ended and not is_begun else None,
                _missing(loaded, kind, issued) if kind.is_statutory and not is_begun else "",
            )
        )
    return found


def _missing(loaded: Loaded, kind: DocumentKind, issued: list[RegisterEntry]) -> str:
    """Return why a statutory document would be refused today; empty where it would not."""
    employer = loaded.subject.employer
    of_employer = sa.select(Issuer.id).where(Issuer.employer_id == employer.id)
    issuer_id = issued[0].issuer_id if issued else db.session.scalar(of_employer)
    if issuer_id is None:
        return gettext("The employer has no issuer record; an administrator adds one first.")
    today = clock.local_date(clock.now(), employer.time_zone)
    try:
        required_authorisation(db.session, issuer_id, employer, loaded.framework, kind, today)
    except Invalid as error:
        return worded(error)
    return ""


@blueprint.post("/appraisals/<public_id>/attestation")
@access(Role.CERTIFIER)
@stages
def issue(public_id: str) -> ResponseReturnValue:
    """Decide on a document, render it outside any lock, and store it."""
    config: Config = current_app.extensions["competency"]
    current, kind = actor(), document_input(request.form)
    key = signing_key(config, clock.now())
    try:
        with unit_of_work(db.session):
            entry = take_number(
                db.session,
                actor=current,
                now=clock.now(),
                appraisal_public_id=public_id,
                public_url=config.public_url,
                key=key,
                document=kind,
                shortfalls_accepted=request.form.get("shortfalls_accepted") == "yes",
            )
            number, entry_id, facts = entry.number, entry.public_id, entry.facts
    except Invalid as error:
        read_again()
        return make_response(_of_appraisal(public_id, worded(error)), REFUSED)
    content = completed(facts, key=key, now=clock.now())
    with unit_of_work(db.session):
        attach(
            db.session,
            actor=current,
            now=clock.now(),
            entry_public_id=entry_id,
            content=content,
        )
    flash(gettext("Document %(number)s was issued.", number=number))
    return redirect(url_for("credentials.of_appraisal", public_id=public_id))


@blueprint.post("/appraisals/<public_id>/attestation/<entry_id>")
@access(Role.CERTIFIER, Role.HR)
def set_status(public_id: str, entry_id: str) -> ResponseReturnValue:
    """Suspend, reinstate, revoke or supersede a document."""
    belongs = sa.select(RegisterEntry.id).join(
        Appraisal, Appraisal.id == RegisterEntry.appraisal_id
    )
    pair = (RegisterEntry.public_id == entry_id) & (Appraisal.public_id == public_id)
    if db.session.scalar(belongs.where(pair)) is None:
        raise NotFound
    try:
        action, category, reason = status_input(request.form)
        entry = change_status(
            db.session,
            actor=actor(),
            now=clock.now(),
            entry_public_id=entry_id,
            action=action,
            category=category,
            reason=reason,
        )
    except Invalid as error:
        read_again()
        return make_response(_of_appraisal(public_id, worded(error)), REFUSED)
    flash(gettext("The status of %(number)s is changed.", number=entry.number))
    return redirect(url_for("credentials.of_appraisal", public_id=public_id))


@blueprint.get("/credentials/<public_id>.pdf")
@access()
def document_file(public_id: str) -> ResponseReturnValue:
    """Give the stored bytes of an issued document."""
    entry, content = document(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    note_read(actor(), entry.subject_id, "credential")
    return pdf_answer(content, entry.number)


@blueprint.get("/cycles/<public_id>/attestations.pdf")
@access(Role.HR)
def print_cycle(public_id: str) -> ResponseReturnValue:
    """Give what was issued from a cycle and stands, as one file; a page where nothing was."""
    current, now = actor(), clock.now()
    cycle = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, current, now, cycle)
    issued = issued_from(db.session, actor=current, now=now, cycle=cycle)
    if not issued:
        return render_template("credentials/nothing_issued.html", cycle=cycle)
    for entry, _, _ in issued:
        note_read(current, entry.subject_id, "credential")
    sheets = [Sheet(entry.number, one.printed_name, content) for entry, one, content in issued]
    title = cycle.title
    db.session.rollback()  # no transaction is open while the file is made
    content = print_file(title, sheets, language=page_language(), made_on=current.today(now))
    return pdf_answer(content, title)


@blueprint.get("/verify/<token>")
@access(public=True)
def verify(token: str) -> ResponseReturnValue:
    """Show what the register says of the document whose QR code was read."""
    found = by_token(db.session, clock.now(), token)
    if found is None:
        raise NotFound(NO_SUCH_ADDRESS)
    return _verified_page(found, token)


@blueprint.post("/verify/<token>")
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
    compared, said = None, list[str]()
    if upload is not None and upload.filename:
        content = upload.stream.read()
        compared = hashlib.sha256(content).hexdigest() == found.sha256
        if compared:  # any other file is a stranger's: nothing of it is opened
            said = signature_words(checked(content), Words(page_language()))
    return render_template(
        "credentials/verified.html", found=found, compared=compared, said=said, token=token
    )


@blueprint.get("/verify")
@access(public=True)
def verify_form() -> ResponseReturnValue:
    """Ask for the number and the check code."""
    return render_template("credentials/verify.html", number="", wrong=False)


@blueprint.post("/verify")
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
