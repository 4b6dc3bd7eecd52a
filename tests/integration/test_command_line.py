"""The frame of the command line: one transaction, one line a refusal, exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from competency import __version__
from competency.app import create_app
from competency.audit.operations import exempt
from competency.cli import main
from competency.config import Config, InvalidSetting
from competency.errors import InvalidFile, NotFound
from competency.extensions import db
from competency.people.models import Account, Site
from competency.people.schema import AccountKind
from competency.web.command import with_app
from tests.support.cast import World


def run(app: Flask, body: Callable[[], None], *, writes: bool = True) -> Result:
    """Run ``body`` as a command inside the application."""
    command = click.Command("try", callback=with_app(writes=writes)(body))
    return CliRunner().invoke(command, [], obj=lambda: app)


def renamed(session: scoped_session[Session]) -> bool:
    session.rollback()
    return session.scalar(sa.select(Site.name)) == "Renamed"


def rename() -> None:
    exempt(db.session, "a test")
    db.session.execute(sa.update(Site).values(name="Renamed"))


def test_a_command_that_writes_commits_once_at_its_end(app: Flask, world: World) -> None:
    assert run(app, rename).exit_code == 0
    assert renamed(db.session)
    assert world.employee("hilda")


def test_what_is_refused_is_one_line_and_nothing_is_kept(app: Flask, world: World) -> None:
    def refused() -> None:
        rename()
        raise NotFound("There is no %(thing)s.", thing="such thing")

    result = run(app, refused)
    assert (result.exit_code, result.output) == (1, "Error: There is no such thing.\n")
    assert not renamed(db.session)
    assert world.employee("hilda")


def test_every_fault_of_a_file_is_a_line(app: Flask) -> None:
    def refused() -> None:
        raise InvalidFile("Nothing was imported.", ["row 2: wrong", "row 3: wrong"])

    result = run(app, refused, writes=False)
    assert result.output == "row 2: wrong\nrow 3: wrong\nError: Nothing was imported.\n"


def test_a_command_that_only_reads_cannot_write(app: Flask, world: World) -> None:
    assert world.employee("hilda")
    assert run(app, rename, writes=False).exit_code != 0
    assert not renamed(db.session)


def test_a_setting_that_cannot_work_is_misuse() -> None:
    def impossible() -> Flask:
        raise InvalidSetting("COMPETENCY_PUBLIC_URL needs an http or https address, got ''")

    result = CliRunner().invoke(main, ["db", "upgrade"], obj=impossible)
    assert result.exit_code == 2
    assert "COMPETENCY_PUBLIC_URL" in result.output


def test_an_empty_database_is_named_with_its_remedy(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("employer,employee_number,given_name,family_name,hired_on\n")
    app = create_app(Config(data_folder=tmp_path, secret_key="for tests only"))
    result = CliRunner().invoke(main, ["people", "import", str(people)], obj=lambda: app)
    assert result.exit_code == 1
    assert "competency db upgrade" in result.output


def test_upgrading_makes_the_tables_and_the_system_actor_once(tmp_path: Path) -> None:
    app = create_app(Config(data_folder=tmp_path, secret_key="for tests only"))
    for _ in range(2):
        assert CliRunner().invoke(main, ["db", "upgrade"], obj=lambda: app).exit_code == 0
    with app.app_context():
        accounts = db.session.scalars(sa.select(Account)).all()
        assert [account.kind for account in accounts] == [AccountKind.SYSTEM]
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "code"), [(["version"], 0), (["nothing"], 2), (["serve", "--port", "0"], 2)]
)
def test_misuse_is_exit_code_two(arguments: list[str], code: int) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code
    if code == 0:
        assert result.output == f"{__version__}\n"
