"""What behaviours are evidence of beside their own framework: the list, and mapping them."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.errors import IllegalTransition, Invalid
from competency.extensions import db
from competency.frameworks.queries import published_versions
from competency.observations.blueprint import blueprint
from competency.observations.forms import mapped_input
from competency.observations.mapping_operations import end_mapping, map_behaviour
from competency.observations.mapping_queries import mappings, offer
from competency.observations.permissions import can_make_forms
from competency.observations.schema import Mapped
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor
from competency.web.transaction import read_again

PAGE_SIZE = 50
CRITERIA_SHOWN = 200
"""Criteria that a page offers; among more, words are searched for."""


@blueprint.get("/behaviour-mappings")
@access()
def mapping_list() -> ResponseReturnValue:
    """List what is mapped: everybody may know what an observation counts for."""
    page = page_number()
    lines, total = mappings(db.session, page=page, page_size=PAGE_SIZE)
    return render_template(
        "observations/mappings.html",
        lines=lines,
        pager=Pager(page, PAGE_SIZE, total),
        may_map=can_make_forms(actor()),
    )


@blueprint.get("/behaviour-mappings/new")
@access(Role.HR, over_all=True)
def new_mapping() -> ResponseReturnValue:
    """Ask for the two frameworks first, then for a behaviour and a criterion."""
    behaviours, framework = request.args.get("behaviours", ""), request.args.get("framework", "")
    if not behaviours or not framework or behaviours == framework:
        slugs = {version.slug: version for version in reversed(published_versions(db.session))}
        return render_template(
            "observations/mapping_choose.html",
            frameworks=list(reversed(slugs.values())),
            behaviours=behaviours,
            same=bool(behaviours) and behaviours == framework,
        )
    return _page(Mapped(behaviours, "", framework, ""))


def _page(mapped: Mapped, error: str = "") -> str:
    """Return the page on which a behaviour is mapped, with what was sent to it."""
    words = request.values.get("words", "")
    offered = offer(
        db.session, mapped.behaviours_slug, mapped.framework_slug, words, CRITERIA_SHOWN
    )
    return render_template(
        "observations/mapping_new.html", offer=offered, mapped=mapped, words=words, error=error
    )


@blueprint.post("/behaviour-mappings")
@access(Role.HR, over_all=True)
def add_mapping() -> ResponseReturnValue:
    """Map a behaviour, and offer the next; what was refused is said on the page that was sent."""
    mapped = mapped_input(request.form)
    if not mapped.behaviours_slug or not mapped.framework_slug:
        return redirect(url_for("observations.new_mapping"))
    try:
        map_behaviour(db.session, actor=actor(), now=clock.now(), mapped=mapped)
    except (Invalid, IllegalTransition) as error:
        read_again()
        status = 409 if isinstance(error, IllegalTransition) else 422
        return make_response(_page(mapped, worded(error)), status)
    flash(gettext("It is mapped. What is handed in from now on counts for both."))
    return redirect(url_for("observations.mapping_list"))


@blueprint.post("/behaviour-mappings/<public_id>/end")
@access(Role.HR, over_all=True)
def unmap(public_id: str) -> ResponseReturnValue:
    """Let a mapping hold no more."""
    end_mapping(db.session, actor=actor(), now=clock.now(), public_id=public_id)
    flash(gettext("It is mapped no more. Evidence that was linked stays linked."))
    return redirect(url_for("observations.mapping_list"))
