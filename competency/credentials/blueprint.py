"""The blueprint of the register's pages; the ``*_views`` modules add their routes."""

from __future__ import annotations

from flask import Blueprint

from competency.credentials import wording

blueprint = Blueprint("credentials", __name__)

for name in (
    "commission_label",
    "document_label",
    "entry_state",
    "lack_label",
    "reason_label",
    "status_done",
    "status_label",
    "status_question",
):
    blueprint.add_app_template_global(getattr(wording, name), name)
