"""``competency requests``: what employees ask for."""

from __future__ import annotations

import click

from competency import clock
from competency.assessments.request_queries import requests_to_answer
from competency.assessments.schema import RequestState
from competency.audit.access import note_read
from competency.extensions import db
from competency.web.command import acting_as, as_json, as_person, print_json, with_app

MOST = 200
COLUMNS = ("request", "name", "framework", "unit", "level", "mode", "state", "asked")


@click.group("requests")
def requests_group() -> None:
    """See what employees ask for."""


@requests_group.command("list")
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in RequestState), "all"]),
    default="open",
    help="In which state; without it, those that wait.",
)
@as_person
@as_json
@with_app()
def list_command(state: str, by: str, *, wants_json: bool) -> None:
    """List the requests that the actor may answer, at most two hundred."""
    actor, now = acting_as(by), clock.now()
    rows, total = requests_to_answer(
        db.session,
        actor,
        actor.today(now),
        state=None if state == "all" else RequestState(state),
        page_size=MOST,
    )
    for row in rows:
        note_read(actor, row.request.subject_id, f"request {row.request.public_id}")
    answer = [
        {
            "request": row.request.public_id,
            "name": row.subject_name,
            "framework": row.request.framework_slug,
            "unit": row.request.unit_id,
            "level": row.request.level,
            "mode": row.request.mode.value,
            "units": list(row.unit_ids),
            "state": row.request.state.value,
            "asked": row.asked_at.isoformat(),
            "words": row.words,
            "answer": row.answer,
        }
        for row in rows
    ]
    if wants_json:
        print_json(answer)
        return
    for line in answer:
        click.echo("  ".join(str(line[key] or "-") for key in COLUMNS))
    click.echo(f"{len(rows)} of {total}")
