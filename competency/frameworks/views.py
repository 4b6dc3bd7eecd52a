"""Pages of the catalogue: what is published, and one version as it reads."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from competency.extensions import db
from competency.frameworks.queries import (
    catalogue,
    framework_of,
    source_text,
    version_by_public_id,
    versions_of,
)
from competency.frameworks.schema import BELOW
from competency.web.permission import access

frameworks = Blueprint("frameworks", __name__)
blueprints = (frameworks,)


@frameworks.get("/frameworks")
@access()
def index() -> ResponseReturnValue:
    """Show the catalogue, searched in titles and statements."""
    search = request.args.get("search", "")
    return render_template(
        "frameworks/index.html", rows=catalogue(db.session, search), search=search
    )


@frameworks.get("/frameworks/<public_id>")
@access()
def framework(public_id: str) -> ResponseReturnValue:
    """Show one published version in its own words."""
    row = version_by_public_id(db.session, public_id)
    return render_template(
        "frameworks/framework.html",
        row=row,
        framework=framework_of(db.session, row.id),
        versions=versions_of(db.session, row.slug),
        below=BELOW,
    )


@frameworks.get("/frameworks/<public_id>.yaml")
@access()
def framework_file(public_id: str) -> ResponseReturnValue:
    """Give the file that was published, as it was."""
    row = version_by_public_id(db.session, public_id)
    return Response(
        source_text(db.session, row.id),
        mimetype="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{row.slug}-{row.version}.yaml"'},
    )
