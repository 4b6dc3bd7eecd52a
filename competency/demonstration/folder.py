"""The folder that a demonstration is kept in, and whether it is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.credentials.models import RegisterEntry
from competency.credentials.schema import EntryState
from competency.demonstration.cast import CAST
from competency.errors import NotAllowed
from competency.people.models import Employee
from competency.people.queries import account_by_number

AnySession = Session | scoped_session[Session]

FOLDER = Path("instance/demo")
"""Where the demonstration is kept, unless a setting says otherwise."""
MARK = "demonstration.txt"


def start_over(folder: Path) -> None:
    """Delete what the demonstration kept; raise ``NotAllowed`` for any other folder."""
    if not folder.is_dir():
        return
    if folder != FOLDER and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise NotAllowed(
            "%(folder)s was not made by the demonstration, so it is not deleted.", folder=folder
        )
    shutil.rmtree(folder)


def claim(folder: Path) -> None:
    """Mark a new or empty folder as the demonstration's own, which it may delete again."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / MARK).write_text("Made by “competency demo”.\n", encoding="utf-8")


def holds_others(session: AnySession) -> bool:
    """Return whether there are people in the database, and not those of the demonstration."""
    anybody = session.scalar(sa.select(Employee.id).limit(1)) is not None
    return anybody and account_by_number(session, CAST[0].number) is None


def is_filled(session: AnySession) -> bool:
    """Return whether the demonstration is there, down to the last thing that it fills."""
    active = sa.select(RegisterEntry.id).where(RegisterEntry.state == EntryState.ACTIVE)
    return session.scalar(active.limit(1)) is not None


def is_half_filled(session: AnySession) -> bool:
    """Return whether an earlier filling was interrupted."""
    return not is_filled(session) and account_by_number(session, CAST[0].number) is not None
