"""The ``competency`` command; each feature adds its group.

Exit codes: 0 done, 1 refused or found wrong, 2 misused.
"""

from __future__ import annotations

import os

import click
from flask_migrate import upgrade as migrate_to_head

from competency import __version__, clock
from competency.app import create_app
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.cli import frameworks_group
from competency.people.access import ensure_system_account
from competency.web.command import with_app
from competency.web.server import Server

GROUPS: tuple[click.Command, ...] = (frameworks_group,)
"""The groups of the features: add a feature's here."""


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Assess competencies: frameworks, appraisals, certificates, development plans."""
    context.obj = context.obj or create_app


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


@main.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command("upgrade")
@with_app()
def upgrade() -> None:
    """Create the tables or bring them up to date; again changes nothing."""
    migrate_to_head()
    with unit_of_work(db.session):
        ensure_system_account(db.session, clock.now())
    click.echo("The database is up to date.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    type=click.IntRange(min=1),
    help="How many processes answer.",
)
@click.pass_context
def serve(context: click.Context, host: str, port: int, workers: int) -> None:
    """Serve the pages until interrupted."""
    Server(context.obj, bind=f"{host}:{port}", workers=workers).run()


for group in GROUPS:
    main.add_command(group)
