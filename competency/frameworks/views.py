"""Pages of the catalogue: what is published, one version as it reads, and two compared."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competency import clock
from competency.errors import NotFound
from competency.extensions import db
from competency.frameworks.comparison import compare
from competency.frameworks.keeping import may_read_file
from competency.frameworks.models import CatalogueFile
from competency.frameworks.operations import confirm_reading
from competency.frameworks.presenters import (
    found_criteria,
    kind_label,
    method_label,
    sections,
    shown_changes,
    titles,
)
from competency.frameworks.queries import (
    catalogue,
    confirmation_of,
    file_by_public_id,
    framework_of,
    languages_in_use,
    source_text,
    translation_of,
    translations_of,
    version_by_public_id,
    versions_of,
)
from competency.frameworks.rule_words import evidence_asked, result_words
from competency.frameworks.schema import BELOW
from competency.frameworks.translations import translated
from competency.people.queries import names_of_accounts
from competency.people.schema import Role
from competency.web.filters import Pager, page_number
from competency.web.permission import access, actor

frameworks = Blueprint("frameworks", __name__)

PAGE_SIZE = 25
CRITERIA_SHOWN = 60
"""Criteria of a framework shown on one page."""


@frameworks.get("/frameworks")
@access()
def index() -> ResponseReturnValue:
    """Show the newest version of each framework, searched in every language."""
    search, language = request.args.get("search", ""), request.args.get("language", "")
    page = page_number()
    rows, total = catalogue(db.session, search, language=language, page=page, page_size=PAGE_SIZE)
    return render_template(
        "frameworks/index.html",
        rows=rows,
        pager=Pager(page, PAGE_SIZE, total),
        search=search,
        language=language,
        in_use=languages_in_use(db.session),
        may_publish=actor().has_over_all(Role.HR),
    )


@frameworks.get("/frameworks/<public_id>")
@access()
def framework(public_id: str) -> ResponseReturnValue:
    """Show one published version in its own words, or in a translation of them."""
    row = version_by_public_id(db.session, public_id)
    original = framework_of(db.session, row.id)
    available = translations_of(db.session, "framework", row.slug, row.version)
    chosen = request.args.get("in", "")
    translation = translation_of(available.get(chosen))
    shown = original if translation is None else translated(original, translation)
    confirmation = confirmation_of(db.session, row.id) if original.status else None
    search = request.args.get("find", "")
    criteria = found_criteria(shown, search)
    page = page_number()
    pager = Pager(page, CRITERIA_SHOWN, len(criteria))
    visible = criteria[(page - 1) * CRITERIA_SHOWN : page * CRITERIA_SHOWN]
    return render_template(
        "frameworks/framework.html",
        row=row,
        framework=shown,
        translation=translation,
        available=available,
        versions=versions_of(db.session, row.slug),
        sections=sections(shown, visible),
        pager=pager,
        find=search,
        below=BELOW,
        confirmation=confirmation,
        confirmed_by=names_of_accounts(
            db.session, [confirmation.confirmed_by_id] if confirmation else []
        ),
        may_confirm=actor().has_over_all(Role.HR),
        method_label=method_label,
        evidence_asked=evidence_asked,
        results=result_words(shown, translation.language if translation else shown.language),
        names=titles(shown),
    )


@frameworks.post("/frameworks/<public_id>/confirm")
@access(Role.HR, over_all=True)
def confirm(public_id: str) -> ResponseReturnValue:
    """Confirm how the version reads its source."""
    confirm_reading(
        db.session,
        actor=actor(),
        now=clock.now(),
        version_public_id=public_id,
        note=request.form.get("note", ""),
    )
    flash(_("The reading is confirmed. From now on results are formed across the parts."))
    return redirect(url_for("frameworks.framework", public_id=public_id))


@frameworks.get("/frameworks/<public_id>/compare/<other_id>")
@access()
def comparison(public_id: str, other_id: str) -> ResponseReturnValue:
    """Show what the first version says otherwise than the other, older one."""
    row = version_by_public_id(db.session, public_id)
    other = version_by_public_id(db.session, other_id)
    if row.slug != other.slug:
        raise NotFound
    after, before = framework_of(db.session, row.id), framework_of(db.session, other.id)
    return render_template(
        "frameworks/compare.html",
        row=row,
        other=other,
        framework=after,
        groups=shown_changes(compare(before, after)),
        versions=versions_of(db.session, row.slug),
    )


def _readable(public_id: str) -> CatalogueFile:
    """Return a published file that is no framework; ``NotFound`` where it is kept back."""
    row = file_by_public_id(db.session, public_id)
    if not may_read_file(db.session, actor(), row):
        raise NotFound
    return row


@frameworks.get("/files/<public_id>")
@access()
def file(public_id: str) -> ResponseReturnValue:
    """Show a published file that is no framework, as it was written."""
    row = _readable(public_id)
    return render_template("frameworks/file.html", row=row, kind=kind_label(row.kind))


@frameworks.get("/files/<public_id>.yaml")
@access()
def file_download(public_id: str) -> ResponseReturnValue:
    """Give a published file that is no framework, as it was."""
    row = _readable(public_id)
    version = f"{row.version}.{row.language}" if row.of_kind else row.version
    return _yaml(row.source_text, f"{row.slug}-{version}")


@frameworks.get("/frameworks/<public_id>.yaml")
@access()
def framework_file(public_id: str) -> ResponseReturnValue:
    """Give the file that was published, as it was."""
    row = version_by_public_id(db.session, public_id)
    return _yaml(source_text(db.session, row.id), f"{row.slug}-{row.version}")


def _yaml(text: str, name: str) -> Response:
    """Return a YAML file to be kept under that name."""
    return Response(
        text,
        mimetype="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{name}.yaml"'},
    )
