"""``competency credentials issuer`` and its authorisations."""

from __future__ import annotations

from datetime import date, datetime

import click
import sqlalchemy as sa

from competency import clock
from competency.credentials.cli import credentials_group
from competency.credentials.forms import covered
from competency.credentials.issuer_queries import IssuerRow, issuer_row
from competency.credentials.issuers import (
    NewAuthorisation,
    end_authorisation,
    ensure_issuer,
)
from competency.credentials.issuers import authorise as record_authorisation
from competency.credentials.rules import is_prefix
from competency.errors import NotFound
from competency.extensions import db
from competency.people.models import Employer
from competency.web.command import as_json, print_json, system_actor, with_app

DAY = click.DateTime(["%Y-%m-%d"])


def _employer(code: str) -> Employer:
    """Return an employer by code; ``NotFound``."""
    employer = db.session.scalar(sa.select(Employer).where(Employer.code == code))
    if employer is None:
        raise NotFound("There is no employer %(code)s.", code=code)
    return employer


def _row(employer: Employer) -> IssuerRow:
    """Return an employer as issuer, as the page shows it."""
    return issuer_row(
        db.session,
        actor=system_actor(),
        now=clock.now(),
        employer_public_id=employer.public_id,
    )


@credentials_group.command("issuer")
@click.argument("employer_code")
@click.argument("prefix", required=False)
@as_json
@with_app(writes=True)
def issuer(employer_code: str, prefix: str | None, *, wants_json: bool) -> None:
    """Let an employer issue, numbered PREFIX-year-00001; without PREFIX show its record.

    An employer attests internally. What it may certify by statute says `authorise`.
    """
    employer = _employer(employer_code)
    if prefix is not None:
        if not is_prefix(prefix):
            raise click.BadParameter("up to 12 capital letters and digits", param_hint="PREFIX")
        ensure_issuer(
            db.session, actor=system_actor(), now=clock.now(), employer=employer, prefix=prefix
        )
    row = _row(employer)
    if row.issuer is None:
        raise NotFound("%(code)s has no prefix yet, so it issues nothing.", code=employer_code)
    if wants_json:
        print_json(
            {
                "employer": employer.code,
                "prefix": row.issuer.prefix,
                "authorisations": [
                    {
                        "id": one.authorisation.public_id,
                        "authority": one.authorisation.authority,
                        "number": one.authorisation.number,
                        "starts_on": one.authorisation.starts_on,
                        "valid_until": one.authorisation.valid_until,
                        "ended_on": one.authorisation.ended_on,
                        "in_force": one.lack is None,
                        "covers": sorted(
                            f"{slug}:{document.value}"
                            for slug, document in one.authorisation.covers
                        ),
                    }
                    for one in row.authorisations
                ],
            }
        )
        return
    click.echo(f"{employer_code}: {row.issuer.prefix}")
    for one in row.authorisations:
        held = one.authorisation
        stands = "in force" if one.lack is None else one.lack.value.replace("_", " ")
        until = held.ended_on or held.valid_until or "no end"
        click.echo(
            f"  {held.public_id}  {held.authority}, {held.number}  "
            f"{held.starts_on} to {until}  {stands}"
        )


@credentials_group.command("authorise")
@click.argument("employer_code")
@click.option("--authority", required=True, help="Who authorises.")
@click.option("--number", required=True, help="The number of the authorisation.")
@click.option("--from", "starts_on", required=True, type=DAY, help="The first day.")
@click.option("--until", "valid_until", type=DAY, help="The last day; without it, no end.")
@click.option(
    "--covers",
    required=True,
    multiple=True,
    metavar="SLUG:DOCUMENT",
    help="A framework and its statutory document, as in some-framework:certificate; repeatable.",
)
@with_app(writes=True)
def authorise(
    employer_code: str,
    authority: str,
    number: str,
    starts_on: datetime,
    valid_until: datetime | None,
    covers: tuple[str, ...],
) -> None:
    """Record what an authority lets an employer issue by statute; print the record's id."""
    row = _row(_employer(employer_code))
    if row.issuer is None:
        raise NotFound("%(code)s has no prefix yet, so it issues nothing.", code=employer_code)
    made = record_authorisation(
        db.session,
        actor=system_actor(),
        now=clock.now(),
        issuer=row.issuer,
        new=NewAuthorisation(
            authority=authority,
            number=number,
            starts_on=starts_on.date(),
            valid_until=valid_until.date() if valid_until else None,
            covers=frozenset(covered(one) for one in covers),
        ),
    )
    click.echo(made.public_id)


@credentials_group.command("end-authorisation")
@click.argument("authorisation_id")
@click.option("--on", "ended_on", required=True, type=DAY, help="The first day without it.")
@click.option("--reason", required=True, help="Why it ends early.")
@with_app(writes=True)
def end_authorisation_command(authorisation_id: str, ended_on: datetime, reason: str) -> None:
    """End an authorisation before its time; what was issued under it stays as it is."""
    day: date = ended_on.date()
    end_authorisation(
        db.session,
        actor=system_actor(),
        now=clock.now(),
        public_id=authorisation_id,
        ended_on=day,
        reason=reason,
    )
    click.echo(f"{authorisation_id}: ended from {day} on")
