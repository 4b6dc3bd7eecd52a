"""A person's portfolio: what was collected, found by filters, and the form to add to it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import (
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from werkzeug.datastructures import FileStorage

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.evidence import add_contents
from competency.assessments.evidence_access import (
    Reach,
    subject_for_adding,
    subject_for_reading,
)
from competency.assessments.evidence_files import FILES_MAXIMUM
from competency.assessments.evidence_forms import EvidenceInput, evidence_input, filter_of
from competency.assessments.evidence_record_views import records_page
from competency.assessments.models import Evidence
from competency.assessments.portfolio import (
    Order,
    appraised_versions,
    newest_versions,
    portfolio,
    recorders_of,
)
from competency.assessments.queries import load
from competency.assessments.storage import ENDINGS, Upload, receive, safe_name
from competency.audit.access import note_read
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_of, published_versions
from competency.frameworks.rule_words import evidence_kind_label
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.web.errors import wants_json, worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import stages

PAGE_SIZE = 20
EXCERPT = 400
MEGABYTE = 1024 * 1024
ACCEPTED = ",".join((*ENDINGS, "image/*"))
"""What file choosers offer first; the bytes decide what is taken."""


@dataclass(frozen=True)
class Offer:
    """The criteria that evidence can be linked to, of one framework at a time."""

    framework: Framework | None
    numbers: Mapping[str, str]
    others: list[FrameworkVersion]


@dataclass(frozen=True)
class Received:
    """The files that were stored, and why others were not, each with its name."""

    files: tuple[Upload, ...]
    refused: tuple[str, ...]


def offer_of(subject_id: int, slug: str | None, versions: list[FrameworkVersion]) -> Offer:
    """Return the framework asked for, else the one the person is appraised by."""
    chosen = next((v.id for v in versions if v.slug == slug), None)
    if chosen is None:
        chosen = next(iter(appraised_versions(db.session, subject_id)), None)
    if chosen is None and versions:
        chosen = versions[0].id
    if chosen is None:
        return Offer(None, {}, [])
    framework = framework_of(db.session, chosen)
    others = [v for v in versions if v.slug != framework.id]
    return Offer(framework, numbers(framework), others)


def _page(reach: Reach, error: str = "") -> str:
    """Return a person's portfolio with the form to add to it; what was typed stays in it."""
    me, page, subject = actor(), page_number(), reach.employee
    versions = newest_versions(published_versions(db.session))
    marked = request.args.get("criterion", "")
    wanted = request.args.get("framework") or marked.partition(":")[0]
    offer = offer_of(subject.id, wanted, versions)
    filtered = offer.framework if request.args.get("framework") else None
    chosen = filter_of(request.args, filtered if filtered and filtered.id == wanted else None)
    found = portfolio(
        db.session,
        me,
        subject.id,
        chosen,
        reads_set_aside=reach.may_quarantine,
        page=page,
        page_size=PAGE_SIZE,
    )
    ticked = set(request.form.getlist("criteria")) or {marked}
    own = me.employee_id == subject.id
    note_read(me, subject.id, "evidence")
    return render_template(
        "assessments/evidence.html",
        title=gettext("My evidence")
        if own
        else gettext("Evidence of %(name)s", name=subject.printed_name),
        subject=subject,
        reach=reach,
        found=found,
        chosen=chosen,
        part=request.args.get("part", ""),
        is_filtered=_is_filtered(),
        versions=versions,
        recorders=recorders_of(db.session, subject.id),
        orders=Order,
        pager=Pager(page, PAGE_SIZE, found.total),
        offer=offer,
        ticked=ticked,
        typed=request.form,
        error=error,
        appraisal=request.values.get("appraisal", ""),
        excerpt=EXCERPT,
    )


def _is_filtered() -> bool:
    """Return whether the reader asked for less than all of a portfolio."""
    fields = ("q", "group", "framework", "since", "until", "by", "file", "linked", "aside")
    return any(request.args.get(field) for field in fields)


def settings() -> Config:
    """Return this application's settings."""
    config: Config = current_app.extensions["competency"]
    return config


@blueprint.app_context_processor
def _upload_limits() -> dict[str, object]:
    """Give the forms of evidence what files they take."""
    return {
        "megabytes": settings().upload_megabytes,
        "files_maximum": FILES_MAXIMUM,
        "accepted_files": ACCEPTED,
    }


@blueprint.get("/evidence")
@access()
def my_evidence() -> ResponseReturnValue:
    """Lead to one's own portfolio."""
    own = db.session.scalar(sa.select(Employee.public_id).where(Employee.id == actor().employee_id))
    if own is None:
        raise NotFound
    return redirect(url_for("assessments.evidence_of", public_id=own))


@blueprint.get("/people/<public_id>/evidence")
@access()
def evidence_of(public_id: str) -> ResponseReturnValue:
    """Show one person's portfolio; to an auditor what was recorded, and no words of it."""
    try:
        reach = subject_for_reading(
            db.session, actor=actor(), now=clock.now(), employee_public_id=public_id
        )
    except NotFound:
        return records_page(public_id)
    return _page(reach)


@blueprint.post("/people/<public_id>/evidence")
@access()
@stages
def add_to_evidence(public_id: str) -> ResponseReturnValue:
    """Add an evidence: authorise, receive its files outside any lock, then write."""
    me, now = actor(), clock.now()
    subject_for_adding(db.session, actor=me, now=now, employee_public_id=public_id)
    db.session.rollback()
    try:
        sent = evidence_input(request.form)
        received = received_files()
        with unit_of_work(db.session):
            added = add_contents(
                db.session,
                actor=me,
                now=now,
                employee_public_id=public_id,
                contents=replace(sent.contents, files=received.files),
                links=sent.links,
            )
            answer = _answer(added, sent, received)
    except Invalid as error:
        if wants_json():
            raise
        reach = subject_for_reading(db.session, actor=me, now=now, employee_public_id=public_id)
        return make_response(_page(reach, worded(error)), 422)
    there = _after_adding(public_id, sent)
    if not request.form.get("in_place"):
        flash(gettext("The evidence is added."))
        flash_refused(received)
    if wants_json():
        return make_response(jsonify({**answer, "location": there}), 201)
    return redirect(there)


def _answer(added: Evidence, sent: EvidenceInput, received: Received) -> dict[str, object]:
    """Return what the page's script shows of a new evidence."""
    return {
        "title": added.title or "",
        "kind": evidence_kind_label(added.kind),
        "day": str(format_date(added.happened_on)),
        "criteria": [criterion for _, criterion in sent.links],
        "refused": list(received.refused),
    }


def _after_adding(public_id: str, sent: EvidenceInput) -> str:
    """Return where adding leads: back to the criterion that asked for it, or the portfolio."""
    appraisal, first = request.form.get("appraisal", ""), next(iter(sent.links), None)
    if appraisal and first:
        anchor = f"c-{first[1]}"
        return url_for("assessments.appraisal", public_id=appraisal, _anchor=anchor)
    return url_for("assessments.evidence_of", public_id=public_id)


def flash_refused(received: Received) -> None:
    """Say of each file that was not taken why."""
    for said in received.refused:
        flash(said, "error")


def received_files() -> Received:
    """Store the files that were sent, each by itself: one that is refused costs no other.

    Raises ``Invalid`` with every reason where all of them are refused.
    """
    files: list[Upload] = []
    refused: list[str] = []
    for sent in request.files.getlist("file"):
        if not sent.filename:
            continue
        with closing(sent):
            try:
                files.append(_received(sent, len(files)))
            except Invalid as error:
                refused.append(f"{safe_name(sent.filename)}: {worded(error)}")
    if refused and not files:
        raise Invalid("Nothing was added. %(reasons)s", "file", reasons=" ".join(refused))
    return Received(tuple(files), tuple(refused))


def _received(sent: FileStorage, before: int) -> Upload:
    """Store one file, of which ``before`` came first; raise ``Invalid`` where it is refused."""
    if before >= FILES_MAXIMUM:
        raise Invalid("At most %(count)s files make one evidence.", "files", count=FILES_MAXIMUM)
    config = settings()
    maximum = config.upload_megabytes * MEGABYTE
    name = sent.filename or "file"
    return receive(sent.stream, name, folder=config.data_folder, maximum=maximum)


@blueprint.get("/appraisals/<public_id>/evidence/<criterion_id>")
@access()
def evidence_for(public_id: str, criterion_id: str) -> ResponseReturnValue:
    """Lead to the form of a new evidence for one criterion of an appraisal."""
    loaded = load(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    there = url_for(
        "assessments.evidence_of",
        public_id=loaded.subject.public_id,
        criterion=f"{loaded.framework.id}:{criterion_id}",
        appraisal=public_id,
    )
    return redirect(there)
