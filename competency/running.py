"""The commands that run the system as a whole: the database, the server, the demonstration."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable

import click
from flask import Flask
from flask_migrate import upgrade as migrate_to_head

from competency import clock
from competency.app import create_app
from competency.assessments.file_reading import start_reader
from competency.audit.access import start_writer
from competency.config import Config, InvalidSetting, from_environment
from competency.credentials.keys import signing_key
from competency.daily import start_clockwork
from competency.database.transactions import unit_of_work
from competency.demonstration.cast import PASSWORD, sign_ins
from competency.demonstration.filling import fill
from competency.demonstration.folder import (
    FOLDER,
    claim,
    holds_others,
    is_filled,
    is_half_filled,
    start_over,
)
from competency.documents.signing import SigningKey
from competency.errors import Invalid, NotAllowed
from competency.extensions import db
from competency.mail.sender import start_sender
from competency.people.access import ensure_system_account
from competency.web.command import with_app
from competency.web.server import Server


@click.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command("upgrade")
@with_app()
def upgrade() -> None:
    """Create the tables or bring them up to date; again changes nothing."""
    bring_up_to_date()
    click.echo("The database is up to date.")


def bring_up_to_date() -> None:
    """Migrate to head and make sure that the system actor is there."""
    migrate_to_head()
    with unit_of_work(db.session):
        ensure_system_account(db.session, clock.now())


@click.command()
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
    try:
        config = from_environment()
    except InvalidSetting as error:
        raise click.UsageError(str(error)) from error
    _usable_key(config)
    run_server(context.obj, host=host, port=port, workers=workers)


def _usable_key(config: Config) -> SigningKey:
    """Return the key that signs; one that can't is said before anything runs."""
    try:
        return signing_key(config, clock.now())
    except Invalid as error:
        raise click.ClickException(str(error)) from error


def run_server(make_app: Callable[[], Flask], *, host: str, port: int, workers: int) -> None:
    """Serve until interrupted.

    Each worker writes its access log, sends mail, reads files and heeds dates.
    """

    def worker() -> Flask:
        app = make_app()
        start_writer(app)
        start_sender(app)
        start_reader(app)
        start_clockwork(app)
        return app

    Server(worker, bind=f"{host}:{port}", workers=workers).run()


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--reset", is_flag=True, help="Start over: delete what the demonstration kept.")
@click.option("--serve/--no-serve", default=True, help="Serve it, or only fill it.")
def demo(port: int, *, reset: bool, serve: bool) -> None:
    """Fill the demonstration organisation, once, and serve it."""
    config = _demonstration_config(port)
    if reset and config.database_url:
        raise click.UsageError("--reset deletes an embedded database only, not a named one.")
    try:
        if reset:
            start_over(config.data_folder)
    except NotAllowed as error:
        raise click.ClickException(str(error)) from error
    claim(config.data_folder)

    def make_app() -> Flask:
        app = create_app(config)
        app.extensions["competency_demo_accounts"] = sign_ins()
        app.extensions["competency_demo_password"] = PASSWORD
        return app

    with make_app().app_context():
        bring_up_to_date()
        if is_half_filled(db.session):
            raise click.ClickException(
                "An earlier filling was interrupted. Start over with “make demo-reset”."
            )
        if holds_others(db.session):
            raise click.ClickException(
                "This database holds people who are not the demonstration's; nothing was filled."
            )
        key = _usable_key(config)
        if not is_filled(db.session):
            click.echo("Filling the demonstration organisation …")
            fill(
                db.session,
                now=clock.now(),
                public_url=config.public_url,
                key=key,
                tell=lambda done: click.echo(f"  {done}"),
            )
        db.session.remove()
        db.engine.dispose()
    click.echo(f"\n  {config.public_url}\n")
    for number, name, what in sign_ins():
        click.echo(f"  {number}  {name:<20}  {what}")
    click.echo(f"\n  password of all: {PASSWORD}\n  Ctrl+C ends it; the data stay.\n")
    if serve:
        run_server(make_app, host="127.0.0.1", port=port, workers=os.cpu_count() or 1)


def _demonstration_config(port: int) -> Config:
    """Return the environment's settings, with the demonstration's own where none are set."""
    config = from_environment()
    default = Config()
    return dataclasses.replace(
        config,
        demo=True,
        signing_key=None,  # what is shown is never signed in earnest
        data_folder=FOLDER if config.data_folder == default.data_folder else config.data_folder,
        public_url=f"http://127.0.0.1:{port}"
        if config.public_url == default.public_url
        else config.public_url,
    )
