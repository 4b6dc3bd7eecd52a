"""Pages of sites, teams and campaigns: listed with their people, added, renamed, closed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.people import closing, places
from competency.people.access_views import REFUSED, show_refusal, status_of
from competency.people.models import Campaign, Employer, Site, Team
from competency.people.organisation_views import (
    STRUCTURE_READERS,
    organisation_pages,
    time_zones,
)
from competency.people.permissions import can_change_structure, can_change_teams
from competency.people.person_views import chosen
from competency.people.queries import employers, sites
from competency.people.schema import Role
from competency.people.structure_forms import (
    NameForm,
    NewCampaignForm,
    NewSiteForm,
    NewTeamForm,
    SiteForm,
)
from competency.people.structure_queries import Counted, listed, seen
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

PAGE_SIZE = 25
KINDS: dict[str, type[Site | Team | Campaign]] = {
    "sites": Site,
    "teams": Team,
    "campaigns": Campaign,
}
"""The kinds of place by the word that addresses carry."""
ONE_OF = "<any(sites,teams,campaigns):kind>"
NEW_FORMS: dict[str, type[NewSiteForm | NewTeamForm | NewCampaignForm]] = {
    "sites": NewSiteForm,
    "teams": NewTeamForm,
    "campaigns": NewCampaignForm,
}


def may_change(row: Site | Team | Campaign) -> bool:
    """Return whether the actor may rename or close a place."""
    if isinstance(row, Team):
        return can_change_teams(actor(), row.site_id)
    return can_change_structure(actor())


def _owners(kind: str) -> list[Any]:
    """Return the employers, or the sites, to which the actor may add such a place."""
    if kind == "teams":
        return [site for site in sites(db.session) if can_change_teams(actor(), site.id)]
    return list(employers(db.session)) if can_change_structure(actor()) else []


def _found(kind: str, place_id: str) -> Counted[Any]:
    """Return a place that the actor may see; ``NotFound``."""
    return seen(db.session, actor(), actor().today(clock.now()), KINDS[kind], place_id)


@organisation_pages.get(f"/{ONE_OF}")
@access(*STRUCTURE_READERS)
def places_of(kind: str) -> ResponseReturnValue:
    """List the places of one kind, with how many people are there today."""
    search, closed = request.args.get("search", "").strip(), "closed" in request.args
    today, page = actor().today(clock.now()), page_number()
    rows: list[Counted[Any]] = listed(
        db.session, actor(), today, KINDS[kind], search=search, with_closed=closed
    )
    return render_template(
        "structure/places.html",
        kind=kind,
        rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        part=Pager(page, PAGE_SIZE, len(rows)),
        search=search,
        closed=closed,
        may_add=bool(_owners(kind)),
        may_change=may_change,
    )


@organisation_pages.route(f"/new/{ONE_OF}", methods=["GET", "POST"])
@access(Role.HR)
def add_place(kind: str) -> ResponseReturnValue:
    """Add a site, a team or a campaign."""
    owners = _owners(kind)
    if not owners:
        raise NotAllowed("Only human resources over everyone change the organisation's structure.")
    form = NEW_FORMS[kind]()
    form.offer(owners)
    owner: Employer | Site | None = chosen(owners, form.owner.data)
    if form.validate_on_submit() and owner is not None:
        try:
            row = _added(form, owner)
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("%(name)s was added.", name=row.name))
            return redirect(url_for("organisation.places_of", kind=kind))
    status = status_of(form)
    page = render_template("structure/place_new.html", kind=kind, form=form, zones=time_zones())
    return page, status


def _added(
    form: NewSiteForm | NewTeamForm | NewCampaignForm, owner: Employer | Site
) -> Site | Team | Campaign:
    """Add what the form describes."""
    now, name = clock.now(), form.name.data
    if isinstance(owner, Site):
        return places.add_team(db.session, actor=actor(), now=now, site=owner, name=name)
    if isinstance(form, NewCampaignForm):
        code = form.code.data
        return places.add_campaign(
            db.session, actor=actor(), now=now, employer=owner, code=code, name=name
        )
    zone = form.time_zone.data if isinstance(form, NewSiteForm) else owner.time_zone
    return places.add_site(db.session, actor=actor(), now=now, employer=owner, name=name, zone=zone)


@organisation_pages.route(f"/{ONE_OF}/<place_id>/change", methods=["GET", "POST"])
@access(Role.HR)
def change_place(kind: str, place_id: str) -> ResponseReturnValue:
    """Rename a place, or set a site's time zone; and lead to closing it."""
    found = _found(kind, place_id)
    row = found.row
    closing.require_change(actor(), row)
    form = SiteForm(obj=row) if isinstance(row, Site) else NameForm(obj=row)
    if form.validate_on_submit():
        try:
            _change(row, form)
        except Invalid as error:
            show_refusal(form, error)
        else:
            flash(_("The changes were saved."))
            return redirect(url_for("organisation.places_of", kind=kind))
    status = status_of(form)
    return _place_page(kind, _found(kind, place_id), form), status


def _change(row: Site | Team | Campaign, form: NameForm) -> None:
    """Change what the form says."""
    now, name = clock.now(), form.name.data
    if isinstance(row, Site) and isinstance(form, SiteForm):
        zone = form.time_zone.data
        places.change_site(db.session, actor=actor(), now=now, site=row, name=name, zone=zone)
    else:
        places.rename(db.session, actor=actor(), now=now, place=row, name=name)


def _place_page(kind: str, found: Counted[Any], form: NameForm) -> str:
    """Return the page on which a place is changed and closed."""
    return render_template(
        "structure/place.html", kind=kind, found=found, form=form, zones=time_zones()
    )


@organisation_pages.post(f"/{ONE_OF}/<place_id>/close")
@access(Role.HR)
def close_place(kind: str, place_id: str) -> ResponseReturnValue:
    """Close a place, or say who is still there."""
    row = _found(kind, place_id).row
    form = (SiteForm if isinstance(row, Site) else NameForm)(formdata=None, obj=row)
    try:
        closing.close(db.session, actor=actor(), now=clock.now(), place=row)
    except Invalid as error:
        show_refusal(form, error)
        return _place_page(kind, _found(kind, place_id), form), REFUSED
    flash(_("%(name)s is closed. It stays in the history.", name=row.name))
    return redirect(url_for("organisation.places_of", kind=kind))


@organisation_pages.post(f"/{ONE_OF}/<place_id>/reopen")
@access(Role.HR)
def reopen_place(kind: str, place_id: str) -> ResponseReturnValue:
    """Let a closed place be chosen again."""
    row = _found(kind, place_id).row
    closing.reopen(db.session, actor=actor(), now=clock.now(), place=row)
    flash(_("%(name)s is open again.", name=row.name))
    return redirect(url_for("organisation.places_of", kind=kind))
