"""Evidence: one person's portfolio, adding, linking, taking back, and its files."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flask import (
    Response,
    current_app,
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
from flask_babel import format_date, gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.evidence import (
    Reach,
    add_evidence,
    evidence_and_reach,
    evidence_for_reading,
    relink,
    subject_for_adding,
    subject_for_reading,
    withdraw,
)
from competency.assessments.forms import EvidenceInput, evidence_input, links_of
from competency.assessments.models import StoredFile
from competency.assessments.portfolio import (
    appraised_versions,
    newest_versions,
    portfolio,
    portfolio_card,
)
from competency.assessments.queries import load
from competency.assessments.storage import Upload, path_of, receive
from competency.audit.access import note_read
from competency.config import Config
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_by_hash, framework_of, published_versions
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
DOWNLOAD_POLICY = "sandbox; default-src 'none'"


@dataclass(frozen=True)
class Offer:
    """The criteria that evidence can be linked to, of one framework at a time."""

    framework: Framework | None
    numbers: dict[str, str]
    others: list[FrameworkVersion]


def _offer(subject_id: int, slug: str | None, versions: list[FrameworkVersion]) -> Offer:
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


def _page(reach: Reach, error: str = "", sent: EvidenceInput | None = None) -> str:
    """Return a person's portfolio with the form to add to it."""
    me, page, subject = actor(), page_number(), reach.employee
    cards, total = portfolio(db.session, me, subject.id, page=page, page_size=PAGE_SIZE)
    marked = request.args.get("criterion", "")
    wanted = request.args.get("framework") or marked.partition(":")[0]
    ticked = {f"{slug}:{i}" for slug, i in sent.links} if sent else {marked}
    own = me.employee_id == subject.id
    note_read(me, subject.id, "evidence")
    return render_template(
        "assessments/evidence.html",
        title=gettext("My evidence")
        if own
        else gettext("Evidence of %(name)s", name=subject.printed_name),
        subject=subject,
        may_add=reach.may_add,
        may_open_person=reach.may_open_person,
        cards=cards,
        pager=Pager(page, PAGE_SIZE, total),
        offer=_offer(subject.id, wanted, newest_versions(published_versions(db.session))),
        ticked=ticked,
        sent=sent,
        error=error,
        appraisal=request.values.get("appraisal", ""),
        megabytes=_config().upload_megabytes,
        excerpt=EXCERPT,
    )


def _config() -> Config:
    """Return this application's settings."""
    config: Config = current_app.extensions["competency"]
    return config


@blueprint.get("/people/<public_id>/evidence")
@access()
def evidence_of(public_id: str) -> ResponseReturnValue:
    """Show one person's portfolio."""
    reach = subject_for_reading(
        db.session, actor=actor(), now=clock.now(), employee_public_id=public_id
    )
    return _page(reach)


@blueprint.post("/people/<public_id>/evidence")
@access()
@stages
def add_to_evidence(public_id: str) -> ResponseReturnValue:
    """Add an evidence: authorise, receive its file outside any lock, then write."""
    me = actor()
    now = clock.now()
    subject_for_adding(db.session, actor=me, now=now, employee_public_id=public_id)
    db.session.rollback()
    sent = None
    try:
        sent = evidence_input(request.form)
        upload = _received()
        with unit_of_work(db.session):
            added = add_evidence(
                db.session,
                actor=me,
                now=now,
                employee_public_id=public_id,
                kind=sent.kind,
                title=sent.title,
                text=sent.text,
                happened_on=sent.happened_on,
                links=sent.links,
                upload=upload,
            )
            answer = {
                "title": added.title or "",
                "kind": evidence_kind_label(added.kind),
                "day": str(format_date(added.happened_on)),
                "criteria": [criterion for _, criterion in sent.links],
            }
    except Invalid as error:
        if wants_json():
            raise
        reach = subject_for_reading(db.session, actor=me, now=now, employee_public_id=public_id)
        return make_response(_page(reach, worded(error), sent), 422)
    if wants_json():
        return make_response(jsonify(answer), 201)
    flash(gettext("The evidence is added."))
    appraisal, first = request.form.get("appraisal", ""), next(iter(sent.links), None)
    if appraisal and first:
        anchor = f"c-{first[1]}"
        there = url_for("assessments.appraisal", public_id=appraisal, _anchor=anchor)
        return redirect(there)
    return redirect(url_for("assessments.evidence_of", public_id=public_id))


def _received() -> Upload | None:
    """Store the file that was sent, if one was."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    config = _config()
    maximum = config.upload_megabytes * MEGABYTE
    with closing(sent):
        return receive(sent.stream, sent.filename, folder=config.data_folder, maximum=maximum)


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


@blueprint.get("/evidence/<public_id>")
@access()
def evidence(public_id: str) -> ResponseReturnValue:
    """Show one evidence whole, with what can be done about it."""
    me, now = actor(), clock.now()
    found, reads_all, may_link = evidence_and_reach(
        db.session, actor=me, now=now, public_id=public_id
    )
    card = portfolio_card(db.session, me, found)
    subject = db.session.get_one(Employee, found.subject_id)
    versions = newest_versions(published_versions(db.session))
    slug = request.args.get("framework") or next((slug for slug, _ in card.links), None)
    note_read(me, found.subject_id, f"evidence {public_id}")
    return render_template(
        "assessments/evidence_one.html",
        title=found.title or evidence_kind_label(found.kind),
        card=card,
        subject=subject,
        offer=_offer(found.subject_id, slug, versions),
        linked=_linked({slug for slug, _ in card.links}, versions),
        reads_all=reads_all,
        may_link=may_link,
    )


def _linked(
    slugs: set[str], versions: list[FrameworkVersion]
) -> dict[str, tuple[Framework, dict[str, str]]]:
    """Return the newest version of each framework that is linked to, with its numbers."""
    found = {}
    for version in versions:
        if version.slug in slugs:
            framework = framework_by_hash(db.session, version.id, version.content_hash)
            found[version.slug] = (framework, numbers(framework))
    return found


@blueprint.post("/evidence/<public_id>/links")
@access()
def link(public_id: str) -> ResponseReturnValue:
    """Link an evidence to further criteria."""
    links = links_of(request.form.getlist("criteria"))
    relink(db.session, actor=actor(), now=clock.now(), public_id=public_id, links=links)
    flash(gettext("The links are added."))
    return redirect(url_for("assessments.evidence", public_id=public_id))


@blueprint.post("/evidence/<public_id>/withdraw")
@access()
def withdraw_evidence(public_id: str) -> ResponseReturnValue:
    """Take an own evidence back, or restore it."""
    withdraw(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    return redirect(url_for("assessments.evidence", public_id=public_id))


@blueprint.get("/evidence/<public_id>/file")
@access()
def file(public_id: str) -> ResponseReturnValue:
    """Give an evidence's file, to be saved and never shown inside a page of ours."""
    me = actor()
    found = evidence_for_reading(db.session, actor=me, now=clock.now(), public_id=public_id)
    stored = db.session.get(StoredFile, found.file_sha256) if found.file_sha256 else None
    if stored is None:
        raise NotFound
    path = path_of(_config().data_folder, stored.sha256)
    if not path.is_file():
        raise NotFound("The file of this evidence is missing. Tell your administrator.")
    note_read(me, found.subject_id, f"file of evidence {public_id}")
    return _download(path, stored.media_type, found.file_name or "file")


def _download(path: Path, media_type: str, name: str) -> Response:
    """Return a file as an attachment that no browser runs or renders."""
    response = send_file(
        path.resolve(), mimetype=media_type, as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
