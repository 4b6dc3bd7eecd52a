"""The page of KPI definitions."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext

from competency.extensions import db
from competency.kpis import basis_views, figure_views, import_record_views, threshold_views
from competency.kpis.import_permissions import can_read_imports
from competency.kpis.import_views import kpi_imports
from competency.kpis.presenters import (
    ShownKpi,
    aggregation_label,
    breakdown_label,
    direction_label,
    role_label,
    scope_label,
    unit_label,
)
from competency.kpis.queries import found_kpis, links, published_kpis, uses
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor
from competency.web.shell import NavigationItem

kpis = Blueprint("kpis", __name__)
ROUTES = (import_record_views,)
"""Imported for their routes."""
blueprints = (
    kpis,
    kpi_imports,
    basis_views.blueprint,
    figure_views.blueprint,
    threshold_views.blueprint,
)

PAGE_SIZE = 20
TABS = (
    NavigationItem(lazy_gettext("My figures"), "figures.mine"),
    NavigationItem(lazy_gettext("Team"), "figures.team"),
    NavigationItem(lazy_gettext("Across teams"), "figures.across"),
    NavigationItem(lazy_gettext("Thresholds"), "thresholds.index"),
    NavigationItem(lazy_gettext("Sources"), "sources.index"),
)
"""The pages of figures; each is shown to whom it lets in."""


@kpis.app_template_global()
def figure_tabs() -> list[tuple[str, LazyString]]:
    """Return the pages of figures for whoever is signed in."""
    return [(item.endpoint, item.label) for item in TABS if item.is_for(actor())]


@kpis.get("/kpis")
@access()
def index() -> ResponseReturnValue:
    """Show the definitions of the newest files, and where each is linked."""
    search, page, language = request.args.get("search", ""), page_number(), page_language()
    found = found_kpis(published_kpis(db.session), search)
    linked, used = links(db.session), uses(db.session, language)
    return render_template(
        "kpis/index.html",
        kpis=[
            ShownKpi(
                kpi,
                file,
                file.wording(language),
                linked.get(kpi.id, ()),
                used.get(kpi.id, ()),
            )
            for file, kpi in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        ],
        pager=Pager(page, PAGE_SIZE, len(found)),
        search=search,
        reads_imports=can_read_imports(actor()),
        unit_label=unit_label,
        direction_label=direction_label,
        aggregation_label=aggregation_label,
        scope_label=scope_label,
        breakdown_label=breakdown_label,
        role_label=role_label,
    )
