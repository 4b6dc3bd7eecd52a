"""Pages of people and of access."""

from __future__ import annotations

from flask import Blueprint

from competency.people.access_views import access_pages

blueprints: tuple[Blueprint, ...] = (access_pages,)
