"""The blueprint of the pages of observations; the ``*_views`` modules add their routes."""

from __future__ import annotations

from flask import Blueprint

from competency.frameworks.presenters import channel_label

blueprint = Blueprint("observations", __name__)
blueprint.add_app_template_global(channel_label, "channel_label")
