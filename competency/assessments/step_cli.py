"""``competency appraisals contest``, ``uphold`` and the steps of human resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from competency import clock
from competency.assessments.cli import appraisals_group
from competency.assessments.contests import contest, reassess, uphold
from competency.assessments.cycle_queries import active_by_number
from competency.assessments.history import DECIDING
from competency.assessments.operations import cancel, release
from competency.assessments.permissions import can_read_earlier_rounds, can_read_result, is_subject
from competency.assessments.queries import load
from competency.assessments.round_presenters import RoundFacts
from competency.assessments.round_queries import contests_of, rounds_of
from competency.assessments.suspending import reopen, resume, suspend
from competency.assessments.withdrawing import withdraw_certification
from competency.audit.access import note_read
from competency.errors import NotFound
from competency.extensions import db
from competency.people.queries import names_of
from competency.web.command import acting_as, as_json, as_person, print_json, with_app

in_words = click.option("--comment", required=True, help="Why, in words that people read.")


@appraisals_group.command("contest")
@click.argument("public_id", metavar="APPRAISAL")
@click.option("--criterion", "criteria", multiple=True, required=True, metavar="ID")
@in_words
@as_person
@with_app(writes=True)
def contest_command(public_id: str, criteria: tuple[str, ...], comment: str, by: str) -> None:
    """Contest some criteria of one's own released result."""
    contest(
        db.session,
        actor=acting_as(by),
        now=clock.now(),
        public_id=public_id,
        statement=comment,
        criteria=criteria,
    )
    click.echo("contested")


@appraisals_group.command("uphold")
@click.argument("public_id", metavar="APPRAISAL")
@in_words
@as_person
@with_app(writes=True)
def uphold_command(public_id: str, comment: str, by: str) -> None:
    """Let a contested result stand, as a reviewer who is new to it."""
    uphold(db.session, actor=acting_as(by), now=clock.now(), public_id=public_id, comment=comment)
    click.echo("upheld and closed")


@appraisals_group.command("reassess")
@click.argument("public_id", metavar="APPRAISAL")
@click.option("--lead", required=True, metavar="NUMBER", help="The new assessor.")
@click.option("--second", default="", metavar="NUMBER", help="Who judges beside them, if anybody.")
@click.option("--comment", default="")
@as_person
@with_app(writes=True)
def reassess_command(public_id: str, lead: str, second: str, comment: str, by: str) -> None:
    """Have what is contested judged anew by a new assessor."""
    actor, now = acting_as(by), clock.now()
    found = active_by_number(db.session, actor, now, lead)
    reassess(
        db.session,
        actor=actor,
        now=now,
        public_id=public_id,
        lead_id=found.id if found else None,
        comment=comment,
        second=second,
    )
    click.echo("a new round is open")


def _add(name: str, step: Callable[..., None], said: str, told: str) -> None:
    """Add a command of human resources that takes a reason."""

    @appraisals_group.command(name, help=said)
    @click.argument("public_id", metavar="APPRAISAL")
    @click.option("--reason", default="", help="Why; needed except to resume.")
    @as_person
    @with_app(writes=True)
    def command(public_id: str, reason: str, by: str) -> None:
        step(
            db.session,
            actor=acting_as(by),
            now=clock.now(),
            public_id=public_id,
            reason=reason,
        )
        click.echo(told)


_add("suspend", suspend, "Suspend an unfinished appraisal.", "suspended")
_add("resume", resume, "Resume a suspended appraisal where it was.", "resumed")
_add("reopen", reopen, "Give a decided result back to its assessor.", "reopened")
_add("withdraw", withdraw_certification, "Withdraw from one's own certification.", "withdrawn")
_add("cancel", cancel, "Cancel an appraisal that was not decided.", "cancelled")


@appraisals_group.command("release")
@click.argument("public_id", metavar="APPRAISAL")
@as_person
@with_app(writes=True)
def release_command(public_id: str, by: str) -> None:
    """Release a decided result to its employee."""
    release(db.session, actor=acting_as(by), now=clock.now(), public_id=public_id)
    click.echo("released")


@appraisals_group.command("rounds")
@click.argument("public_id", metavar="APPRAISAL")
@as_person
@as_json
@with_app()
def rounds_command(public_id: str, by: str, *, wants_json: bool) -> None:
    """Show what each round said of every criterion, and what was contested."""
    actor = acting_as(by)
    loaded = load(db.session, actor=actor, now=clock.now(), public_id=public_id)
    facts, place, appraisal = loaded.facts, loaded.standing, loaded.appraisal
    reads_now = can_read_result(actor, facts, place)
    if not (reads_now or can_read_earlier_rounds(actor, facts, place)):
        raise NotFound("There is no round yet that you may read.")
    first = 1 if facts.round == 1 or can_read_earlier_rounds(actor, facts, place) else facts.round
    last = facts.round if reads_now else facts.round - 1
    found = rounds_of(db.session, appraisal, range(first, last + 1))
    names = names_of(db.session, [row.employee_id for each in found for row in each.rows])
    contested = contests_of(db.session, appraisal)
    note_read(actor, appraisal.subject_id, f"rounds of {public_id}")
    own = is_subject(actor, facts)
    said = {each.number: _said(each, names, last_only=own) for each in found}
    if wants_json:
        print_json(
            [
                {
                    "round": each.number,
                    "result": each.outcome.result if each.outcome else None,
                    "contested": sorted(each.contested),
                    "statement": contested[each.number].statement
                    if each.number in contested
                    else None,
                    "judgements": said[each.number],
                }
                for each in found
            ]
        )
        return
    for each in found:
        click.echo(f"round {each.number}: {each.outcome.result if each.outcome else '-'}")
        for row in said[each.number]:
            carried = f", carried over from round {row['carried_from']}"
            click.echo(
                f"  {row['criterion']}: {row['level'] or '-'}, {row['by']}"
                f"{carried if row['carried_from'] else ''}"
            )


def _said(
    found: RoundFacts, names: Mapping[int, str], *, last_only: bool
) -> list[dict[str, object]]:
    """Return what lead and review said in a round; what came back is not the subject's."""
    rows = [row for row in found.rows if row.kind in DECIDING]
    last = max((row.turn for row in rows), default=0)
    return [
        {
            "criterion": row.criterion_id,
            "kind": row.kind.value,
            "turn": row.turn,
            "level": row.level,
            "by": names.get(row.employee_id),
            "reason": row.reason,
            "carried_from": row.carried_from,
        }
        for row in rows
        if row.turn == last or not last_only
    ]
