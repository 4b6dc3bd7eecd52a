"""One evidence: its page, links, versions, taking back, quarantine, files and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flask import (
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.evidence import own_evidence, withdraw
from competency.assessments.evidence_access import (
    evidence_and_reach,
    evidence_for_reading,
)
from competency.assessments.evidence_files import FileLine, files_of
from competency.assessments.evidence_forms import evidence_input, positions_of
from competency.assessments.evidence_links import relink, unlink
from competency.assessments.evidence_record_views import record_page
from competency.assessments.evidence_versions import replace_evidence, versions_around
from competency.assessments.evidence_views import (
    flash_refused,
    offer_of,
    received_files,
    settings,
)
from competency.assessments.forms import links_of
from competency.assessments.models import Evidence
from competency.assessments.permissions import can_quarantine, can_unlink_evidence
from competency.assessments.portfolio import newest_versions, portfolio_card
from competency.assessments.quarantine import give_back, quarantine_steps, set_aside
from competency.assessments.storage import path_of
from competency.audit.access import note_read
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_by_hash, published_versions
from competency.frameworks.rule_words import evidence_kind_label
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.web.errors import wants_json, worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again, stages

DOWNLOAD_POLICY = "sandbox; default-src 'none'"


@blueprint.get("/evidence/<public_id>")
@access()
def evidence(public_id: str) -> ResponseReturnValue:
    """Show one evidence whole, with what can be done about it; to an auditor its record."""
    try:
        return _page(public_id)
    except NotFound:
        return record_page(public_id)


def _page(public_id: str, error: str = "") -> str:
    """Return the page of one evidence; ``error`` says why a step was refused."""
    me, now = actor(), clock.now()
    reach = evidence_and_reach(db.session, actor=me, now=now, public_id=public_id)
    found = reach.evidence
    card = portfolio_card(db.session, me, found)
    subject = db.session.get_one(Employee, found.subject_id)
    versions = newest_versions(published_versions(db.session))
    slug = request.args.get("framework") or next((slug for slug, _ in card.links), None)
    may_quarantine = can_quarantine(me, reach.place)
    note_read(me, found.subject_id, f"evidence {public_id}")
    return render_template(
        "assessments/evidence_one.html",
        title=found.title or evidence_kind_label(found.kind),
        card=card,
        subject=subject,
        offer=offer_of(found.subject_id, slug, versions),
        linked=_linked({slug for slug, _ in card.links}, versions),
        reads_all=reach.reads_all,
        may_link=reach.may_add,
        may_unlink=not card.is_frozen
        and can_unlink_evidence(me, reach.place, may_add=reach.may_add, is_own=card.is_mine),
        may_quarantine=may_quarantine,
        steps=quarantine_steps(db.session, found) if may_quarantine else [],
        versions=versions_around(db.session, found),
        error=error,
        typed=request.form,
    )


def _linked(
    slugs: set[str], versions: list[FrameworkVersion]
) -> dict[str, tuple[Framework, Mapping[str, str]]]:
    """Return the newest version of each framework that is linked to, with its numbers."""
    found = {}
    for version in versions:
        if version.slug in slugs:
            framework = framework_by_hash(db.session, version.id, version.content_hash)
            found[version.slug] = (framework, numbers(framework))
    return found


def _back(public_id: str) -> ResponseReturnValue:
    """Return to the page of one evidence."""
    return redirect(url_for("assessments.evidence", public_id=public_id))


@blueprint.post("/evidence/<public_id>/links")
@access()
def link(public_id: str) -> ResponseReturnValue:
    """Link an evidence to further criteria."""
    links = links_of(request.form.getlist("criteria"))
    relink(db.session, actor=actor(), now=clock.now(), public_id=public_id, links=links)
    flash(gettext("The links are added."))
    return _back(public_id)


@blueprint.post("/evidence/<public_id>/links/remove")
@access()
def remove_links(public_id: str) -> ResponseReturnValue:
    """Take links of an evidence away."""
    links = links_of(request.form.getlist("criteria"))
    unlink(db.session, actor=actor(), now=clock.now(), public_id=public_id, links=links)
    flash(gettext("The link is taken away."))
    return _back(public_id)


@blueprint.post("/evidence/<public_id>/versions")
@access()
@stages
def new_version(public_id: str) -> ResponseReturnValue:
    """Put a new version in the place of an evidence; the earlier one stays readable."""
    me, now = actor(), clock.now()
    own_evidence(db.session, me, now, public_id)
    db.session.rollback()
    try:
        sent = evidence_input(request.form)
        received = received_files()
        with unit_of_work(db.session):
            later = replace_evidence(
                db.session,
                actor=me,
                now=now,
                public_id=public_id,
                contents=replace(sent.contents, files=received.files),
                kept=positions_of(request.form.getlist("kept")),
                reason=request.form.get("reason", ""),
            ).public_id
    except Invalid as error:
        if wants_json():
            raise
        return make_response(_page(public_id, worded(error)), 422)
    there = url_for("assessments.evidence", public_id=later)
    flash(gettext("The new version is in its place."))
    flash_refused(received)
    if wants_json():
        return make_response(jsonify(location=there), 201)
    return redirect(there)


@blueprint.post("/evidence/<public_id>/withdraw")
@access()
def withdraw_evidence(public_id: str) -> ResponseReturnValue:
    """Take an own evidence back, or restore it."""
    withdraw(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return _back(public_id)


@blueprint.post("/evidence/<public_id>/quarantine")
@access()
def set_aside_evidence(public_id: str) -> ResponseReturnValue:
    """Set an evidence aside, or give it back, saying why."""
    step = give_back if request.form.get("step") == "give_back" else set_aside
    reason = request.form.get("reason", "")
    try:
        step(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    except Invalid as error:
        read_again()
        return make_response(_page(public_id, worded(error)), 422)
    flash(gettext("It is recorded, with your reason."))
    return _back(public_id)


@blueprint.get("/evidence/<public_id>/file")
@access()
def file(public_id: str) -> ResponseReturnValue:
    """Give an evidence's first file, to be saved and never shown inside a page of ours."""
    return _file(public_id, 1)


@blueprint.get("/evidence/<public_id>/files/<int:position>")
@access()
def further_file(public_id: str, position: int) -> ResponseReturnValue:
    """Give one of an evidence's files, by its place among them."""
    return _file(public_id, position)


def _file(public_id: str, position: int) -> ResponseReturnValue:
    """Return a file of an evidence that the reader may read."""
    found, files = _files(public_id)
    stored = next((each for each in files if each.position == position), None)
    if stored is None:
        raise NotFound
    path = path_of(settings().data_folder, stored.sha256)
    if not path.is_file():
        raise NotFound("The file of this evidence is missing. Tell your administrator.")
    note_read(actor(), found.subject_id, f"file of evidence {public_id}")
    return _download(path, stored.media_type, stored.name)


@blueprint.get("/evidence/<public_id>/previews/<int:position>/<int:number>")
@access()
def preview(public_id: str, position: int, number: int) -> ResponseReturnValue:
    """Show a picture that we drew of a file: of the file ``position``, its page ``number``."""
    _found, files = _files(public_id)
    pictures = next((each.previews for each in files if each.position == position), ())
    if not 1 <= number <= len(pictures):
        raise NotFound
    path = path_of(settings().data_folder, pictures[number - 1])
    if not path.is_file():
        raise NotFound
    response = send_file(path.resolve(), mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response


def _files(public_id: str) -> tuple[Evidence, list[FileLine]]:
    """Return an evidence that the reader may read, with its files."""
    found = evidence_for_reading(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return found, files_of(db.session, [found]).get(found.id, [])


def _download(path: Path, media_type: str, name: str) -> Response:
    """Return a file as an attachment that no browser runs or renders."""
    response = send_file(
        path.resolve(), mimetype=media_type, as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
