"""Pages of people and of access: the modules that add their routes, and the blueprints."""

from __future__ import annotations

from flask import Blueprint

from competency.people import account_views, import_views, move_views
from competency.people.access_views import access_pages
from competency.people.person_views import people_pages

ROUTES = (account_views, import_views, move_views)
"""Imported for their routes."""

blueprints: tuple[Blueprint, ...] = (access_pages, people_pages)
