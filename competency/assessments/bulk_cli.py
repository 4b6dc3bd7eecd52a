"""``competency cycles bulk``: one step for many appraisals, with a result for each person."""

from __future__ import annotations

import sys

import click

from competency import clock
from competency.assessments.bulk_steps import Bulk, concerned, order, take_in_portions
from competency.assessments.cli import cycles_group
from competency.assessments.cycle_queries import counts_of, subject_names
from competency.assessments.queries import cycle_by_public_id
from competency.extensions import db
from competency.web.command import acting_as, as_json, as_person, print_json, with_app


@cycles_group.command("bulk")
@click.argument("cycle_id", metavar="CYCLE")
@click.argument("what", type=click.Choice([one.value for one in Bulk]))
@click.option("--only", multiple=True, metavar="APPRAISAL", help="Only this; can be repeated.")
@click.option("--reason", default="", help="Why, where that is needed.")
@click.option("--lead", default="", metavar="NUMBER", help="The new assessor, to reassign.")
@as_person
@as_json
@with_app()
def bulk_command(
    cycle_id: str,
    what: str,
    only: tuple[str, ...],
    reason: str,
    lead: str,
    by: str,
    *,
    wants_json: bool,
) -> None:
    """Take a step for everybody in CYCLE to whom it applies; exit code 1 if one is refused.

    It is done portion by portion: what was done stays done when it is interrupted.
    """
    actor, now = acting_as(by), clock.now()
    cycle = cycle_by_public_id(db.session, cycle_id)
    counts_of(db.session, actor, now, cycle)
    number = cycle.id
    ordered = order(db.session, actor, now, what, reason, lead)
    ids = list(only) or concerned(db.session, actor, now, cycle, ordered.what)
    came: list[dict[str, str | None]] = []
    with click.progressbar(length=len(ids), label=what, file=sys.stderr) as bar:
        for portion, done in take_in_portions(
            db.session, ordered, number, ids, actor=actor, now=now
        ):
            names = subject_names(db.session, portion)
            came += [
                {
                    "appraisal": i,
                    "name": names.get(i),
                    "refused": str(done.refused[i]) if i in done.refused else None,
                }
                for i in portion
            ]
            bar.update(len(portion))
    refused = [one for one in came if one["refused"]]
    if wants_json:
        print_json(came)
    else:
        for one in came:
            click.echo(f"{one['name'] or one['appraisal']}: {one['refused'] or 'done'}")
        click.echo(f"done: {len(came) - len(refused)}, refused: {len(refused)}")
    sys.exit(1 if refused else 0)
