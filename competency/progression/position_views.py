"""Pages of positions and career paths: found, read in several languages, and joined."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from competency.documents.finishing import finished
from competency.documents.job_sheet import job_sheet
from competency.extensions import db
from competency.frameworks.presenters import channel_label
from competency.frameworks.queries import frameworks_by_slug
from competency.frameworks.spoken import readings_of
from competency.kpis.presenters import titles_of_kpis
from competency.kpis.queries import published_kpis
from competency.progression.job_papers import job_facts
from competency.progression.position_presenters import (
    Titles,
    by_kind,
    listed,
    other_names,
    shown_paths,
    shown_target,
    steps_at,
)
from competency.progression.position_queries import (
    found_positions,
    position_and_versions,
    published_paths,
    published_positions,
)
from competency.progression.words import (
    direction_label,
    months_label,
    span_label,
)
from competency.web.filters import Pager, page_language, page_number
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.wording import Words

positions = Blueprint("positions", __name__)
blueprints = (positions,)

PAGE_SIZE = 25
PATH_FILES_SHOWN = 5


@positions.get("/positions")
@access()
def index() -> ResponseReturnValue:
    """Show the positions of the newest files, searched in every language."""
    search, chosen = request.args.get("search", ""), request.args.get("file", "")
    files = published_positions(db.session)
    language, page = page_language(), page_number()
    kept = [file for file in files if chosen in {"", file.row.public_id}]
    found = found_positions(kept, search)
    return render_template(
        "progression/positions.html",
        rows=listed(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], language),
        pager=Pager(page, PAGE_SIZE, len(found)),
        search=search,
        chosen=chosen,
        files=[(f.row.public_id, f.wording(language).title(f.value.title)) for f in files],
        span_label=span_label,
    )


@positions.get("/positions/<public_id>/<position_id>")
@access()
def position(public_id: str, position_id: str) -> ResponseReturnValue:
    """Show one position in its own words, or in a translation of them."""
    file, found, versions = position_and_versions(db.session, public_id, position_id)
    chosen = request.args.get("in", "")
    wording = file.wording(chosen if chosen in file.sidecars else file.row.language)
    titles = Titles.of(file.value.positions, wording)
    language = wording.translation.language if wording.translation else file.row.language
    slug = file.row.slug
    arriving, leaving = steps_at(found.id, titles, published_paths(db.session), slug, language)
    frameworks = frameworks_by_slug(db.session, {target.framework for target in found.targets})
    return render_template(
        "progression/position.html",
        file=file,
        position=found,
        wording=wording,
        names=other_names(wording, found),
        versions=versions,
        titles=titles,
        arriving=arriving,
        leaving=leaving,
        targets=[shown_target(t, frameworks.get(t.framework), wording) for t in found.targets],
        kpis=titles_of_kpis(published_kpis(db.session), page_language()),
        readings=readings_of(file.value.inferred, f"positions[{found.id}]"),
        by_kind=by_kind,
        channel_label=channel_label,
        direction_label=direction_label,
        months_label=months_label,
        span_label=span_label,
        country=Words(page_language()).country,
    )


@positions.get("/positions/<public_id>/<position_id>/sheet.pdf")
@access()
def job_sheet_file(public_id: str, position_id: str) -> ResponseReturnValue:
    """Give a position as a job sheet, in its own words or in a complete translation."""
    facts = job_facts(
        db.session,
        actor=actor(),
        public_id=public_id,
        position_id=position_id,
        chosen=request.args.get("in", ""),
        otherwise=page_language(),
    )
    db.session.rollback()
    content = finished(job_sheet(facts), facts, facts.language)
    return pdf_answer(content, f"position-{position_id}")


@positions.get("/paths")
@access()
def paths() -> ResponseReturnValue:
    """Show the steps between positions, file by file, as lists and as a drawing."""
    files, page = published_paths(db.session), page_number()
    by_slug = {file.row.slug: file for file in published_positions(db.session)}
    return render_template(
        "progression/paths.html",
        maps=[
            shown_paths(file, by_slug.get(file.value.positions), page_language())
            for file in files[(page - 1) * PATH_FILES_SHOWN : page * PATH_FILES_SHOWN]
        ],
        pager=Pager(page, PATH_FILES_SHOWN, len(files)),
    )
