"""Pages of sources: which systems measure, and where their figures may be used about people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competency import clock
from competency.documents.finishing import finished
from competency.documents.notice import staff_notice
from competency.errors import Invalid
from competency.extensions import db
from competency.kpis import bases
from competency.kpis.basis_presenters import basis_state_label, law_hint, source_kind_label
from competency.kpis.basis_queries import AtEmployer, SourceRow, source_row, source_rows
from competency.kpis.forms import BasisForm, EndForm, NewSourceForm, SourceForm
from competency.kpis.notice_papers import measured_from, notice_facts, personal_indicators
from competency.kpis.permissions import can_set_bases
from competency.kpis.schema import SourceKind
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.queries import names_of_accounts
from competency.people.schema import Role
from competency.web.filters import page_language
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import read_again

blueprint = Blueprint("sources", __name__, url_prefix="/kpis/sources")

READERS = (Role.HR, Role.AUDITOR)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Give the templates the words for sources."""
    return {
        "source_kind_label": source_kind_label,
        "basis_state_label": basis_state_label,
        "law_hint": law_hint,
    }


@blueprint.get("")
@access(*READERS, over_all=True)
def index() -> ResponseReturnValue:
    """List the sources, and at which employers something is missing."""
    return render_template(
        "kpis/sources.html",
        rows=source_rows(db.session, clock.now()),
        may_change=can_set_bases(actor()),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(Role.HR, over_all=True)
def add() -> ResponseReturnValue:
    """Add a source."""
    form = NewSourceForm()
    form.kind.choices = [SelectChoice(kind.value, source_kind_label(kind)) for kind in SourceKind]
    if form.validate_on_submit():
        try:
            source = bases.add_source(
                db.session,
                actor=actor(),
                now=clock.now(),
                code=form.code.data,
                name=form.name.data,
                kind=SourceKind(form.kind.data),
                parameters=form.parameters.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s was added.", name=source.name))
            return redirect(url_for("sources.show", source_id=source.public_id))
    status = status_of(form)
    return render_template("kpis/source_new.html", form=form), status


@blueprint.get("/<source_id>")
@access(*READERS, over_all=True)
def show(source_id: str) -> ResponseReturnValue:
    """Show one source, and what allows its figures at each employer."""
    row = source_row(db.session, source_id, clock.now())
    return _source_page(row, SourceForm(formdata=None, obj=row.source))


@blueprint.post("/<source_id>")
@access(Role.HR, over_all=True)
def change(source_id: str) -> ResponseReturnValue:
    """Name a source anew, or say anew what it records."""
    row = source_row(db.session, source_id, clock.now())
    form = SourceForm()
    if form.validate():
        try:
            bases.change_source(
                db.session,
                actor=actor(),
                now=clock.now(),
                source=row.source,
                name=form.name.data,
                parameters=form.parameters.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("sources.show", source_id=source_id))
    read_again()
    return _source_page(source_row(db.session, source_id, clock.now()), form), REFUSED


def _source_page(row: SourceRow, form: SourceForm) -> str:
    """Return the page of one source."""
    return render_template(
        "kpis/source.html", row=row, form=form, may_change=can_set_bases(actor())
    )


@blueprint.get("/<source_id>/employers/<employer_id>")
@access(*READERS, over_all=True)
def at_employer(source_id: str, employer_id: str) -> ResponseReturnValue:
    """Show what allows a source's figures at one employer, and what did before."""
    return _place_page(source_id, employer_id, BasisForm(formdata=None))


@blueprint.post("/<source_id>/employers/<employer_id>")
@access(Role.HR, over_all=True)
def set_basis(source_id: str, employer_id: str) -> ResponseReturnValue:
    """Say what allows the figures from a day on; what held before ends on that day."""
    row, place = _found(source_id, employer_id)
    form = BasisForm()
    if form.validate():
        try:
            bases.set_basis(
                db.session,
                actor=actor(),
                now=clock.now(),
                source=row.source,
                employer=place.employer,
                new=form.value(),
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The legal basis is set."))
            return _back(source_id, employer_id)
    read_again()
    return _place_page(source_id, employer_id, form), REFUSED


@blueprint.post("/<source_id>/employers/<employer_id>/bases/<basis_id>/end")
@access(Role.HR, over_all=True)
def end_basis(source_id: str, employer_id: str, basis_id: str) -> ResponseReturnValue:
    """End what allows the figures, or take back what has not begun."""
    row, place = _found(source_id, employer_id)
    form = EndForm()
    if form.validate():
        try:
            bases.end_basis(
                db.session,
                actor=actor(),
                now=clock.now(),
                source=row.source,
                employer=place.employer,
                public_id=basis_id,
                ends_on=form.ends_on.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The legal basis ends. Figures about people are closed from that day on."))
            return _back(source_id, employer_id)
    read_again()
    return _place_page(source_id, employer_id, BasisForm(formdata=None), ending=form), REFUSED


@blueprint.get("/<source_id>/employers/<employer_id>/notice.pdf")
@access(*READERS, over_all=True)
def notice(source_id: str, employer_id: str) -> ResponseReturnValue:
    """Give the notice to staff about the indicators that are chosen."""
    row, place = _found(source_id, employer_id)
    facts = notice_facts(db.session, row.source, place, request.args.getlist("kpi"))
    db.session.rollback()
    content = finished(staff_notice(facts), facts, facts.language)
    return pdf_answer(content, "notice")


def _found(source_id: str, employer_id: str) -> tuple[SourceRow, AtEmployer]:
    """Return a source and what allows it at an employer; ``NotFound``."""
    row = source_row(db.session, source_id, clock.now())
    return row, row.at(employer_id)


def _back(source_id: str, employer_id: str) -> ResponseReturnValue:
    """Lead to the page of a source at an employer."""
    return redirect(url_for("sources.at_employer", source_id=source_id, employer_id=employer_id))


def _place_page(
    source_id: str, employer_id: str, form: BasisForm, ending: EndForm | None = None
) -> str:
    """Return the page of a source at an employer."""
    row, place = _found(source_id, employer_id)
    return render_template(
        "kpis/source_employer.html",
        source=row.source,
        place=place,
        form=form,
        ending=ending,
        indicators=[
            (slug, file.wording(page_language()).of(slug, kpi.title))
            for slug, (file, kpi) in personal_indicators(db.session).items()
        ],
        measured=measured_from(db.session, row.source),
        set_by=names_of_accounts(db.session, [one.set_by_id for one in place.bases]),
        may_change=can_set_bases(actor()),
    )
