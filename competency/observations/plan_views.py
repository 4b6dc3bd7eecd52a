"""The plan of observations: its rows with their history, and what is due of whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from competency import clock
from competency.audit.access import note_read
from competency.errors import Invalid
from competency.extensions import db
from competency.kpis.basis_presenters import basis_state_label
from competency.kpis.threshold_presenters import place_label
from competency.observations.blueprint import blueprint
from competency.observations.form_queries import forms
from competency.observations.forms import day_of
from competency.observations.models import ObservationPlan
from competency.observations.permissions import can_make_forms
from competency.observations.plan_forms import PlanEndForm, PlanForm
from competency.observations.plan_queries import (
    ORDERS,
    due_lines,
    ordered,
    plan_lines,
    plans_of_month,
)
from competency.observations.plan_rules import month_of, months_from
from competency.observations.plans import end_plan, set_plan
from competency.observations.queries import sources_by_employer
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.queries import names_of_accounts, places
from competency.people.schema import Role
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

PAGE_SIZE = 25
PAST_MONTHS = 3


def month_words(first: date) -> str:
    """Return a month in words, as in November 2026."""
    return str(format_date(first, "LLLL yyyy", rebase=False))


blueprint.add_app_template_global(month_words, "month_words")


def _this_month() -> date:
    """Return the first day of the month of whoever is signed in."""
    return month_of(actor().today(clock.now()))


def _worded(months: Iterable[date]) -> list[tuple[str, str]]:
    """Return months as values with their words."""
    return [(first.isoformat(), month_words(first)) for first in months]


def _past_months() -> list[date]:
    """Return this month and the ones before it that a page offers, the latest first."""
    found = [_this_month()]
    for _ in range(PAST_MONTHS):
        found.append(month_of(date.fromordinal(found[-1].toordinal() - 1)))
    return found


@blueprint.get("/observations/due")
@access()
def due() -> ResponseReturnValue:
    """List what is planned, done and still due of whom in a month."""
    me, now, page = actor(), clock.now(), page_number()
    months = _past_months()
    asked = day_of(request.args.get("month", ""))
    first = asked if asked in months else months[0]
    order = request.args.get("order", "")
    order = order if order in ORDERS else ORDERS[0]
    search = request.args.get("search", "")
    lines = ordered(due_lines(db.session, me, now, first=first, search=search), order)
    part = lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    for line in part:
        note_read(me, line.employee.id, "observations due")
    orders = {
        "due": gettext("Most still due"),
        "name": gettext("Name"),
        "done": gettext("Fewest done"),
    }
    return render_template(
        "observations/due.html",
        lines=part,
        total_due=sum(line.due for line in lines),
        pager=Pager(page, PAGE_SIZE, len(lines)),
        months=months,
        first=first,
        orders=orders,
        order=order,
        search=search,
        is_planned=bool(plans_of_month(db.session, first)),
        refused=not sources_by_employer(db.session, now),
        may_plan=can_make_forms(me),
    )


@blueprint.get("/observation-plans")
@access()
def plan_list() -> ResponseReturnValue:
    """Show how much is planned: everybody may know how often they are observed."""
    return _plan_page(None)


def _plan_page(ending: PlanEndForm | None) -> str:
    """Return the page of the plan, with what was refused."""
    ended, page = "ended" in request.args, page_number()
    today = actor().today(clock.now())
    lines = plan_lines(db.session, today, with_ended=ended)
    part = lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    names = {kind: dict(found) for kind, found in places(db.session).items()}
    return render_template(
        "observations/plans.html",
        lines=part,
        pager=Pager(page, PAGE_SIZE, len(lines)),
        where={line.row.id: _where(line.row, names) for line in part},
        ended=ended,
        ending=ending,
        today=today,
        months=months_from(_this_month()),
        state_label=basis_state_label,
        set_by=names_of_accounts(db.session, [line.row.set_by_id for line in part]),
        may_plan=can_make_forms(actor()),
    )


def _where(row: ObservationPlan, names: Mapping[str, Mapping[str, str]]) -> str:
    """Return of whom a row is, in words."""
    ids = {"campaign": row.campaign_id, "position": row.position_id, "site": row.site_id}
    return place_label(
        {
            kind: names[kind].get(str(one), gettext("(closed)"))
            for kind, one in ids.items()
            if one is not None
        }
    )


@blueprint.route("/observation-plans/new", methods=["GET", "POST"])
@access(Role.HR, over_all=True)
def add_plan() -> ResponseReturnValue:
    """Plan how many contacts of each person are observed in a month."""
    form = PlanForm()
    current = [
        (line.row.public_id, line.row.title) for line in forms(db.session, only_current=True)
    ]
    form.offer(current, places(db.session), _worded(months_from(_this_month())))
    if form.validate_on_submit():
        try:
            set_plan(db.session, actor=actor(), now=clock.now(), new=form.value())
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(gettext("It is planned."))
            return redirect(url_for("observations.plan_list"))
    status = status_of(form)
    return render_template("observations/plan_new.html", form=form, forms=current), status


@blueprint.post("/observation-plans/<plan_id>/end")
@access(Role.HR, over_all=True)
def end(plan_id: str) -> ResponseReturnValue:
    """End a row of the plan from a month on."""
    form = PlanEndForm()
    form.offer(_worded(months_from(_this_month())))
    if form.validate():
        try:
            end_plan(
                db.session,
                actor=actor(),
                now=clock.now(),
                public_id=plan_id,
                ends_on=date.fromisoformat(form.ends_on.data),
            )
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(gettext("The plan ends."))
            return redirect(url_for("observations.plan_list"))
    read_again()
    return _plan_page(form), REFUSED
