"""Pages of figures: one's own, a person's, a team's, and one indicator across teams."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
import xlsxwriter
from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.audit.access import note_read
from competency.clock import local_date
from competency.documents.charts import Funnel
from competency.errors import NotFound
from competency.extensions import db
from competency.frameworks.spoken import Spoken
from competency.kpis import figures
from competency.kpis.figure_presenters import (
    between_label,
    drawn,
    funnel_drawing,
    funnel_of,
    has_weekly_intervals,
    number_label,
    small,
    standing_label,
    step_lines,
    target_of,
    trend_label,
)
from competency.kpis.figures import Figure
from competency.kpis.models import SCALE
from competency.kpis.permissions import can_read_team
from competency.kpis.queries import definitions
from competency.kpis.schema import Kpi
from competency.kpis.threshold_presenters import threshold_label, value_label
from competency.kpis.windows import LONGEST, USUAL, Window, kpi_ids
from competency.people.history import supervisors
from competency.people.models import Employee
from competency.people.permissions import READERS
from competency.people.person_views import loaded
from competency.people.queries import direct_reports, reports_to_read, standing
from competency.people.schema import Role
from competency.web.charts_svg import svg
from competency.web.filters import page_language
from competency.web.permission import access, actor

blueprint = Blueprint("figures", __name__)

PERIODS = (30, 90, 365)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Give the templates the words and pictures of figures."""
    return {
        "between_label": between_label,
        "drawn": drawn,
        "has_weekly_intervals": has_weekly_intervals,
        "number_label": number_label,
        "small": small,
        "step_lines": step_lines,
        "svg": svg,
        "target_of": target_of,
        "trend_label": trend_label,
        "value_label": value_label,
        "threshold_label": threshold_label,
    }


def _day(name: str) -> date | None:
    """Return a day of the address; ``None`` for nonsense."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _window(today: date) -> Window:
    """Return the period that is asked for; 90 days until today if nothing sensible is."""
    first, last = _day("first"), _day("last")
    if first is not None and last is not None and first <= last <= today:
        return Window.until(last, min((last - first).days + 1, LONGEST))
    days = request.args.get("days", "")
    return Window.until(today, int(days) if days in map(str, PERIODS) else USUAL)


def _known() -> tuple[dict[str, Kpi], dict[str, Spoken]]:
    """Return the indicators, and what each is called in the page's language."""
    known, language = definitions(db.session), page_language()
    titles = {
        slug: file.wording(language).of(slug, kpi.title) for slug, (file, kpi) in known.items()
    }
    return {slug: kpi for slug, (_file, kpi) in known.items()}, titles


@blueprint.get("/kpis/mine")
@access()
def mine() -> ResponseReturnValue:
    """Show what was measured of whoever is signed in."""
    employee = db.session.get(Employee, actor().employee_id or 0)
    if employee is None:
        raise NotFound
    return _person_page(employee, _("My figures"))


@blueprint.get("/people/<public_id>/kpis")
@access()
def person(public_id: str) -> ResponseReturnValue:
    """Show what was measured of a person, to whom may read it."""
    row, _where = loaded(public_id)
    note_read(actor(), row.employee.id, "figures")
    return _person_page(row.employee, row.employee.printed_name)


def _person_page(employee: Employee, title: str) -> ResponseReturnValue:
    """Return the page of a person's figures, or the same as a table to keep."""
    today = local_date(clock.now(), employee.employer.time_zone)
    window, (kpis, titles) = _window(today), _known()
    usable, closed = figures.sources_for(db.session, employee.employer_id, today)
    found = figures.of_person(db.session, employee, window, today, kpis=kpis, usable=usable)
    if request.args.get("format") == "xlsx":
        return _workbook(found, titles, window, f"figures-{employee.employee_number}")
    return render_template(
        "kpis/person.html",
        heading=title,
        employee=employee,
        figures=found,
        chosen=_chosen(found),
        titles=titles,
        window=window,
        periods=PERIODS,
        closed=closed,
        is_own=employee.id == actor().employee_id,
    )


def _chosen(found: Sequence[Figure]) -> Figure | None:
    """Return the indicator that is drawn large: the one asked for, else the first."""
    wanted = request.args.get("kpi", "")
    shown = [one for one in found if not one.too_few]
    return next((one for one in shown if one.kpi.id == wanted), shown[0] if shown else None)


@blueprint.get("/kpis/team")
@access()
def team() -> ResponseReturnValue:
    """Show what was measured of the people who report to one lead, put together."""
    today = actor().today(clock.now())
    lead, leads = _lead(today)
    if lead is None:
        return render_template("kpis/team.html", lead=None, leads=leads)
    window, (kpis, titles) = _window(today), _known()
    people = [one.id for one in direct_reports(db.session, lead.id, today)]
    found = figures.of_team(
        db.session, people, window, today, kpis=kpis, with_absence=actor().has_over_all(Role.HR)
    )
    if request.args.get("format") == "xlsx":
        return _workbook(found, titles, window, "figures-team")
    return render_template(
        "kpis/team.html",
        lead=lead,
        leads=leads,
        figures=found,
        chosen=_chosen(found),
        titles=titles,
        window=window,
        periods=PERIODS,
        fewest=figures.FEWEST_PEOPLE,
        people=reports_to_read(db.session, actor(), lead.id, today),
    )


def _lead(today: date) -> tuple[Employee | None, list[Employee]]:
    """Return whose team is shown, and the leads to choose from; ``NotFound`` for a strange one."""
    wanted = request.args.get("lead", "")
    choices = supervisors(db.session, today) if actor().has_over_all(*READERS) else []
    if not wanted:
        own = db.session.get(Employee, actor().employee_id or 0)
        leads_some = own is not None and direct_reports(db.session, own.id, today)
        return (own, choices) if leads_some else (None, choices)
    found = db.session.scalar(sa.select(Employee).where(Employee.public_id == wanted))
    if found is None:
        raise NotFound
    if not can_read_team(actor(), standing(db.session, found.id, today)):
        raise NotFound
    return found, choices


@blueprint.get("/kpis/across")
@access(Role.HR, Role.AUDITOR, over_all=True)
def across() -> ResponseReturnValue:
    """Show one indicator across teams, within the limits of chance and never ranked."""
    today = actor().today(clock.now())
    window, (kpis, titles) = _window(today), _known()
    kpi = kpis.get(request.args.get("kpi", ""))
    if kpi is None and kpis:
        kpi = kpis[min(kpi_ids(db.session, kpis) or kpis)]
    facts: Funnel | None = None
    teams: list[figures.TeamFigure] = []
    if kpi is not None:
        teams, whole = figures.across_teams(db.session, kpi, window, today)
        facts = funnel_of(teams, whole)
    return render_template(
        "kpis/across.html",
        kpi=kpi,
        titles=titles,
        teams=teams,
        standing={one.lead.id: standing_label(facts, one) for one in teams} if facts else {},
        picture=funnel_drawing(kpi, titles[kpi.id].text, facts) if kpi and facts else None,
        window=window,
        periods=PERIODS,
        fewest=figures.FEWEST_PEOPLE,
        scale=SCALE,
    )


def _workbook(
    found: Sequence[Figure], titles: dict[str, Spoken], window: Window, name: str
) -> ResponseReturnValue:
    """Return figures as a workbook with numbers: the window, and week by week."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    whole = book.add_worksheet(_("Window"))
    head = [_("Indicator"), _("First day"), _("Last day"), _("Days"), _("Numerator")]
    values = [_("Denominator"), _("Value"), _("Low"), _("High"), _("Target"), _("People")]
    shown = [one for one in found if not one.too_few]
    _rows(
        whole,
        [
            head + values,
            *(
                [
                    titles[one.kpi.id].text,
                    window.first.isoformat(),
                    window.last.isoformat(),
                    one.found.days,
                    one.found.numerator,
                    one.found.divisor if one.kpi.denominator else None,
                    one.found.value,
                    one.found.between.low if one.found.between else None,
                    one.found.between.high if one.found.between else None,
                    target_of(one),
                    one.people,
                ]
                for one in shown
            ),
        ],
    )
    weeks = book.add_worksheet(_("Weeks"))
    lines = [
        [titles[one.kpi.id].text, line.until.isoformat(), line.days, value]
        for one in shown
        for line, value in zip(
            step_lines(one, window),
            [value for value in reversed(one.values) if value is not None],
            strict=True,
        )
    ]
    _rows(weeks, [[_("Indicator"), _("Week until"), _("Days"), _("Value")], *lines])
    book.close()
    stream.seek(0)
    return send_file(stream, mimetype=XLSX, download_name=f"{name}.xlsx", as_attachment=True)


def _rows(page: xlsxwriter.worksheet.Worksheet, rows: Iterable[Sequence[object]]) -> None:
    """Write rows of text and numbers; an empty cell stays empty."""
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float):
                page.write_number(number, column, cell)
            elif cell is not None:
                page.write_string(number, column, str(cell))
