"""How a command of the command line runs: inside the application, in one transaction.

The root command carries the function that makes the application, so that commands
which need none start at once, and features need not know ``app.py``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import click
from flask import g
from sqlalchemy.exc import OperationalError, ProgrammingError

from competency.audit.access import flush
from competency.config import InvalidSetting
from competency.database.transactions import unit_of_work
from competency.errors import CompetencyError, InvalidFile, NotAllowed, NotFound
from competency.extensions import db
from competency.people.queries import account_by_number, actor_of, system_account
from competency.people.schema import AccountState, Actor

P = ParamSpec("P")
R = TypeVar("R")

as_person = click.option(
    "--as", "by", required=True, metavar="NUMBER", help="The employee number of who acts."
)
as_json = click.option("--json", "wants_json", is_flag=True, help="Print JSON for programs.")


def with_app(
    *, writes: bool = False, stores: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a command inside the application; ``writes`` makes it one transaction.

    One that ``stores`` nothing needs no database, and leaves no trace of who was read.
    Commands speak English. What an operation refuses is one line on standard error and
    exit code 1; a setting that cannot work is exit code 2, like any misuse.
    """

    def decorate(command: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                app = click.get_current_context().find_root().obj()
            except InvalidSetting as error:
                raise click.UsageError(str(error)) from error
            with app.app_context(), _refusals_named():
                g.language = "en"
                try:
                    if not writes:
                        return command(*args, **kwargs)
                    with unit_of_work(db.session):
                        return command(*args, **kwargs)
                finally:
                    if stores:
                        flush(db.session)

        return run

    return decorate


@contextmanager
def _refusals_named() -> Iterator[None]:
    """Say in one line why the block was refused."""
    try:
        yield
    except InvalidFile as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        raise click.ClickException(str(error)) from error
    except CompetencyError as error:
        raise click.ClickException(str(error)) from error
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        raise click.ClickException(
            f"The database does not answer as expected ({reason}). "
            "Has “competency db upgrade” been run?"
        ) from error


def system_actor() -> Actor:
    """Return the named system actor, as which commands run."""
    return actor_of(db.session, system_account(db.session))


def acting_as(number: str) -> Actor:
    """Return the person with that employee number as an actor.

    Raises ``NotFound`` where there is no account, and ``NotAllowed`` for one that can't
    sign in: nothing is recorded in the name of somebody whose access has ended.
    """
    account = account_by_number(db.session, number)
    if account is None:
        raise NotFound("There is no account for %(number)s.", number=number)
    if account.state is not AccountState.ACTIVE:
        raise NotAllowed("The account of %(number)s can't sign in.", number=number)
    return actor_of(db.session, account)


def print_json(value: object) -> None:
    """Print a value as indented JSON in which every letter stays itself."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
