"""The page of KPI definitions."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from competency.extensions import db
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
from competency.web.permission import access

kpis = Blueprint("kpis", __name__)
blueprints = (kpis,)

PAGE_SIZE = 20


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
        unit_label=unit_label,
        direction_label=direction_label,
        aggregation_label=aggregation_label,
        scope_label=scope_label,
        breakdown_label=breakdown_label,
        role_label=role_label,
    )
