"""Pages of people and of access: the modules that add their routes, and the blueprints."""

from __future__ import annotations

from flask import Blueprint

from competency.people import (
    absence_views,
    account_views,
    import_views,
    invitation_views,
    move_views,
    moves_views,
    place_views,
    team_views,
)
from competency.people.access_views import access_pages
from competency.people.organisation_views import organisation_pages
from competency.people.person_views import people_pages

ROUTES = (
    account_views,
    absence_views,
    import_views,
    invitation_views,
    move_views,
    moves_views,
    place_views,
    team_views,
)
"""Imported for their routes."""

blueprints: tuple[Blueprint, ...] = (access_pages, people_pages, organisation_pages)
