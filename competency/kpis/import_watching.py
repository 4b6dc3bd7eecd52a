"""A folder that other systems write files into: each is imported, or refused with a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.errors import CompetencyError, InvalidFile
from competency.kpis.import_files import MAXIMUM_BYTES, NamedFile
from competency.kpis.import_preparing import Prepared, prepare, refusal, require_right
from competency.kpis.import_schema import ImportProfile
from competency.kpis.importing import Imported, apply_import
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".parquet")
SETTLED = timedelta(seconds=5)
"""How long a file is left alone after it was written to."""
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True)
class Watched:
    """What became of one file; ``done`` is ``None`` where it was refused."""

    name: str
    report: Path
    done: Imported | None


def watch_once(
    session: AnySession, *, actor: Actor, now: datetime, folder: Path, profile: ImportProfile
) -> list[Watched]:
    """Import every file of a folder by itself, in a transaction of its own, and move it.

    A file is moved after its commit: interrupted between the two, the next run imports it
    again, which changes nothing.
    """
    require_right(actor)
    return [
        _one(session, actor, now, path, profile)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if _is_ready(path, now)
    ]


def _is_ready(path: Path, now: datetime) -> bool:
    """Return whether a file is one of ours and nobody is writing it any more."""
    if path.name.startswith(".") or path.suffix.lower() not in ENDINGS or path.is_symlink():
        return False
    return path.is_file() and path.stat().st_mtime <= (now - SETTLED).timestamp()


def _one(
    session: AnySession, actor: Actor, now: datetime, path: Path, profile: ImportProfile
) -> Watched:
    """Import one file, or refuse it."""
    try:
        with path.open("rb") as stream:
            file = NamedFile(path.name, stream.read(MAXIMUM_BYTES + 1))
        prepared = prepare(session, actor=actor, now=now, files=[file], profile=profile)
        if prepared.is_refused:
            raise refusal(prepared)
        with unit_of_work(session):
            done = apply_import(session, actor=actor, now=now, prepared=prepared)
    except (CompetencyError, OSError) as error:
        lines = [str(error), *(error.faults if isinstance(error, InvalidFile) else ())]
        return Watched(path.name, _moved(path, REFUSED, now, lines), None)
    return Watched(path.name, _moved(path, DONE, now, _lines(prepared, done)), done)


def _lines(prepared: Prepared, done: Imported) -> list[str]:
    """Return the report of an import."""
    merge = done.merge
    counts = (
        f"added: {merge.added}, changed: {merge.changed}, unchanged: {merge.unchanged}, "
        f"set aside: {done.set_aside}, left out: {prepared.left_out}"
    )
    if done.contacts:
        counts += f", kept contacts: {done.contacts}"
    named = [f"import {done.public_id}"] if done.public_id else []
    return [counts, *named, *(f"set aside: {fault}" for fault in prepared.faults)]


def _moved(path: Path, where: str, now: datetime, lines: list[str]) -> Path:
    """Move a file into a folder beside it under a name of its own, and write its report."""
    target = path.parent / where
    target.mkdir(exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%SZ}-{path.name}"
    report = target / f"{name}.report.txt"
    report.write_text("\n".join([*lines, ""]), encoding="utf-8")
    path.replace(target / name)
    return report
