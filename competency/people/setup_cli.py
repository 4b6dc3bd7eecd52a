"""Setting a system up from the command line: structure, first accounts, grants."""

from __future__ import annotations

from pathlib import Path

import click

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile, NotFound
from competency.extensions import db
from competency.files.reader import read_file
from competency.files.validation import validate
from competency.people.access import grant_role, invite, make_account
from competency.people.models import Account
from competency.people.queries import account_by_number, employee_by_number
from competency.people.schema import Role
from competency.people.structure import Structure, apply_structure
from competency.web.command import system_actor, with_app
from competency.wording import LANGUAGES


def read_structure(path: Path) -> Structure:
    """Return the structure in a YAML file; raise ``InvalidFile`` with every fault."""
    document = read_file(path)
    if document.data is None:
        faults = document.faults
    else:
        structure, findings = validate(document.data, Structure)
        faults = document.placed(findings)
        if structure is not None:
            return structure
    raise InvalidFile(
        "%(file)s does not describe an organisation.",
        tuple(str(fault) for fault in faults),
        file=path.name,
    )


@click.group("organisation")
def organisation_group() -> None:
    """Set up employers, sites, teams, campaigns and positions."""


@organisation_group.command("apply")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_app()
def apply(path: Path) -> None:
    """Create what is missing of the structure in a YAML file; again changes nothing."""
    structure = read_structure(path)
    with unit_of_work(db.session):
        employers = apply_structure(
            db.session, actor=system_actor(), now=clock.now(), structure=structure
        )
    click.echo(f"{structure.organisation}: {', '.join(employers)}")


@click.group("accounts")
def accounts_group() -> None:
    """Invite people and grant roles, as when a system is new and nobody can sign in."""


def _account(number: str) -> Account:
    """Return the account of an employee number; ``NotFound``."""
    account = account_by_number(db.session, number)
    if account is None:
        raise NotFound("There is no account for %(number)s.", number=number)
    return account


@accounts_group.command("invite")
@click.argument("number")
@with_app(writes=True)
def invite_person(number: str) -> None:
    """Print a one-time code for an employee number, making the account if needed."""
    now, actor = clock.now(), system_actor()
    account = account_by_number(db.session, number)
    if account is None:
        employee = employee_by_number(db.session, number)
        language = employee.document_language
        account = make_account(
            db.session,
            actor=actor,
            now=now,
            employee=employee,
            language=language if language in LANGUAGES else "en",
        )
    code = invite(db.session, actor=actor, now=now, account=account)
    click.echo(f"{number}: {code}")


@accounts_group.command("grant")
@click.argument("number")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@with_app(writes=True)
def grant(number: str, role: str) -> None:
    """Grant a role over everybody to an employee number."""
    grant_role(
        db.session,
        actor=system_actor(),
        now=clock.now(),
        account=_account(number),
        role=Role(role),
    )
    click.echo(f"{number}: {role}")
