"""Pages of thresholds: the levels of criteria and the targets of indicators, with history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import Invalid
from competency.extensions import db
from competency.frameworks.schema import KpiRole
from competency.frameworks.spoken import Spoken
from competency.kpis import thresholds
from competency.kpis.basis_presenters import basis_state_label
from competency.kpis.forms import LEVEL, EndForm, ThresholdForm, threshold_form
from competency.kpis.models import KpiThreshold
from competency.kpis.permissions import can_set_thresholds
from competency.kpis.queries import Link, definitions, links
from competency.kpis.schema import Kpi
from competency.kpis.threshold_presenters import (
    minimum_label,
    place_label,
    threshold_label,
    value_label,
    window_label,
)
from competency.kpis.threshold_queries import About, listed
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.queries import names_of_accounts, places
from competency.people.schema import Role
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

blueprint = Blueprint("thresholds", __name__, url_prefix="/kpis/thresholds")

READERS = (Role.HR, Role.AUDITOR)
PAGE_SIZE = 25


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Give the templates the words for thresholds and values."""
    return {
        "minimum_label": minimum_label,
        "threshold_label": threshold_label,
        "value_label": value_label,
        "window_label": window_label,
    }


@dataclass(frozen=True)
class Known:
    """The indicators and links that thresholds can be about, with their words."""

    kpis: Mapping[str, Kpi]
    titles: Mapping[str, Spoken]
    links: Mapping[About, Link]

    def title(self, slug: str) -> Spoken:
        """Return an indicator's title; its name where no file has it any more."""
        return self.titles.get(slug, Spoken(slug, "en"))


def known() -> Known:
    """Return what the newest files say."""
    kpis, language = definitions(db.session), page_language()
    found = links(db.session)
    return Known(
        {slug: kpi for slug, (_file, kpi) in kpis.items()},
        {slug: file.wording(language).of(slug, kpi.title) for slug, (file, kpi) in kpis.items()},
        {
            About(slug, link.framework.id, link.criterion.id): link
            for slug, rows in found.items()
            for link in rows
            if link.role is not KpiRole.CONTEXT
        },
    )


@blueprint.get("")
@access(*READERS, over_all=True)
def index() -> ResponseReturnValue:
    """List the thresholds that hold or will hold; those that ended too, if asked."""
    return _list_page(None)


def _list_page(ending: EndForm | None) -> str:
    """Return the page with the list of thresholds."""
    chosen, ended = request.args.get("kpi", ""), "ended" in request.args
    today, page = actor().today(clock.now()), page_number()
    rows = listed(db.session, today, kpi=chosen, with_ended=ended)
    part, files = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], known()
    names = {kind: dict(found) for kind, found in places(db.session).items()}
    set_here = {row.about for row in rows if row.state(today) != "ended"}
    return render_template(
        "kpis/thresholds.html",
        rows=part,
        part=Pager(page, PAGE_SIZE, len(rows)),
        known=files,
        where={row.row.id: _where(row.row, names) for row in part},
        examples=[
            (about, link)
            for about, link in files.links.items()
            if about not in set_here and chosen in ("", about.kpi)
        ],
        chosen=chosen,
        ended=ended,
        today=today,
        ending=ending,
        basis_state_label=basis_state_label,
        set_by=names_of_accounts(db.session, [row.row.set_by_id for row in part]),
        may_change=can_set_thresholds(actor()),
    )


def _where(row: KpiThreshold, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return for whom a row is, in words; a place that was closed by its number."""
    ids = {"campaign": row.campaign_id, "position": row.position_id, "site": row.site_id}
    return place_label(
        {
            kind: names[kind].get(str(one), _("(closed)"))
            for kind, one in ids.items()
            if one is not None
        }
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(Role.HR, over_all=True)
def add() -> ResponseReturnValue:
    """Choose what a threshold is about, and set it."""
    files = known()
    about = About(
        request.args.get("kpi", ""),
        request.args.get("framework") or None,
        request.args.get("criterion") or None,
    )
    link = files.links.get(about)
    if about.kpi not in files.kpis or (about.criterion is not None and link is None):
        return render_template("kpis/threshold_choose.html", known=files)
    form = _form(link)
    if form.validate_on_submit():
        try:
            _set(form, about)
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The threshold is set."))
            return redirect(url_for("thresholds.index", kpi=about.kpi))
    status = status_of(form)
    page = render_template(
        "kpis/threshold_new.html", form=form, about=about, link=link, known=files, level=LEVEL
    )
    return page, status


def _form(link: Link | None) -> ThresholdForm:
    """Return the form of a criterion's levels, the highest first, or of a target."""
    levels = []
    if link is not None:
        framework, criterion_id = link.framework, link.criterion.id
        codes = reversed(framework.awardable(criterion_id))
        levels = [(code, framework.level_label(criterion_id, code)) for code in codes]
    form = threshold_form(levels)()
    form.offer(places(db.session))
    return form


def _set(form: ThresholdForm, about: About) -> None:
    """Set what the form describes."""
    thresholds.set_threshold(
        db.session,
        actor=actor(),
        now=clock.now(),
        new=thresholds.NewThreshold(
            about=about,
            rule=form.rule(),
            reason=form.reason.data,
            starts_on=form.starts_on.data,
            campaign_id=form.place("campaign"),
            position_id=form.place("position"),
            site_id=form.place("site"),
        ),
    )


@blueprint.post("/<threshold_id>/end")
@access(Role.HR, over_all=True)
def end(threshold_id: str) -> ResponseReturnValue:
    """End a threshold from a day on."""
    form = EndForm()
    if form.validate():
        try:
            thresholds.end_threshold(
                db.session,
                actor=actor(),
                now=clock.now(),
                public_id=threshold_id,
                ends_on=form.ends_on.data,
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The threshold ends."))
            return redirect(url_for("thresholds.index"))
    read_again()
    return _list_page(form), REFUSED
