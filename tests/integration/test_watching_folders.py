"""A folder that other systems write into: imported, refused with a report, left alone, once."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile, NotAllowed
from competency.kpis.import_drafts import keep_files, name_people, save_profile
from competency.kpis.import_profile import read_profile
from competency.kpis.import_watching import SETTLED, watch_once
from competency.kpis.models import (
    DataSource,
    KpiImport,
    Measurement,
    SavedProfile,
    SetAsideRow,
    SourceAlias,
)
from tests.integration.test_cli import run
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.measurements import HEAD, WIDE, bring_in, named, stored, with_source
from tests.support.register import erase

GOOD = HEAD + "E301,2026-03-02,20,1:40:00\n"
BAD = HEAD + "E999,2026-03-02,20,1:40:00\n"
ASIDE = WIDE + "bad_rows: set_aside\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder that is watched."""
    found = tmp_path / "nightly"
    found.mkdir()
    return found


def written(folder: Path, name: str, text: str, *, at: datetime | None = None) -> Path:
    """Write a file as another system did, long enough ago to be whole."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    moment = (at or clock.now() - 2 * SETTLED).timestamp()
    os.utime(path, (moment, moment))
    return path


def saved(world: World, text: str = WIDE, name: str = "Central") -> SavedProfile:
    """Save a profile as Hilda."""
    with unit_of_work(world.session):
        return save_profile(
            world.session, actor=world.actor("hilda"), now=clock.now(), name=name, text=text
        )


def left(folder: Path, under: str = "") -> list[str]:
    """Return the names of what lies in a folder, without the instant before them."""
    place = folder / under
    names = (
        sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []
    )
    return [name.split("-", 1)[1] if under else name for name in names]


def watch(app: Flask, folder: Path, *more: str, code: int = 0) -> str:
    """Run the nightly command; return what it says."""
    arguments = ("kpis", "watch", str(folder), "--profile", "Central", "--once", *more)
    return run(app, *arguments, code=code).output


def test_whole_files_are_imported_bad_ones_refused_with_a_report_and_others_left(
    app: Flask, world: World, folder: Path
) -> None:
    with_source(world)
    saved(world)
    written(folder, "1.csv", BAD)
    written(folder, "2.csv", GOOD)
    written(folder, "3.csv", GOOD, at=clock.now())
    written(folder, ".4.csv", GOOD)
    written(folder, "5.pdf", GOOD)
    (folder / "6.csv").symlink_to(folder / "5.pdf")
    assert watch(app, folder, code=1).splitlines()[0].startswith("1.csv: refused")
    assert left(folder) == [".4.csv", "3.csv", "5.pdf", "6.csv"]
    assert left(folder, "done") == ["2.csv", "2.csv.report.txt"]
    assert left(folder, "refused") == ["1.csv", "1.csv.report.txt"]
    (refused,) = (folder / "refused").glob("*report.txt")
    assert "1.csv, row 2, Agent: “E999” is nobody" in refused.read_text(encoding="utf-8")
    (done,) = (folder / "done").glob("*report.txt")
    assert done.read_text(encoding="utf-8").startswith("added: 2, changed: 0")
    assert len(stored(world)) == 2


def test_run_again_and_interrupted_before_the_move_nothing_changes(
    app: Flask, world: World, folder: Path
) -> None:
    with_source(world)
    saved(world)
    written(folder, "a.csv", GOOD)
    watch(app, folder)
    assert watch(app, folder) == ""
    written(folder, "a.csv", GOOD)  # as it lies there still where the move did not happen
    assert "a.csv: imported" in watch(app, folder)
    (second,) = (
        text
        for path in (folder / "done").glob("*report.txt")
        if "unchanged: 2" in (text := path.read_text(encoding="utf-8"))
    )
    assert "import " not in second
    world.session.rollback()
    assert len(world.session.scalars(sa.select(KpiImport)).all()) == 1
    assert left(folder) == []


def test_a_night_that_sets_bad_rows_aside_says_so_and_imports_the_rest(
    app: Flask, world: World, folder: Path
) -> None:
    with_source(world)
    saved(world, ASIDE)
    written(folder, "a.csv", GOOD + BAD.removeprefix(HEAD))
    found = json.loads(watch(app, folder, "--json"))
    assert [(one["file"], one["imported"]) for one in found] == [("a.csv", True)]
    report = Path(found[0]["report"]).read_text(encoding="utf-8")
    assert "set aside: 1" in report
    assert "set aside: a.csv, row 3, Agent" in report
    assert len(stored(world)) == 2
    world.session.rollback()
    (row,) = world.session.scalars(sa.select(SetAsideRow))
    assert (row.file, row.row, row.who) == ("a.csv", 3, "E999")


def test_only_who_may_import_watches(world: World, folder: Path) -> None:
    with_source(world)
    written(folder, "a.csv", GOOD)
    with pytest.raises(NotAllowed):
        watch_once(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            folder=folder,
            profile=read_profile(WIDE),
        )
    assert left(folder) == ["a.csv"]


def test_a_profile_is_saved_once_changed_in_its_place_and_used_from_page_and_file(
    app: Flask, world: World, tmp_path: Path
) -> None:
    with_source(world)
    first = saved(world).public_id
    assert saved(world).public_id == first
    assert saved(world, ASIDE, " Central  ").public_id == first
    world.session.rollback()
    assert [row.text for row in world.session.scalars(sa.select(SavedProfile))] == [ASIDE]
    with pytest.raises(InvalidFile, match="can't be used"):
        saved(world, WIDE.replace("shape: wide", "shape: round"))
    with pytest.raises(Invalid, match="name"):
        saved(world, name=" ")
    assert f'value="{first}"' in sign_in(app, "hilda").get("/kpis/imports/new").text
    path = tmp_path / "profile.yaml"
    path.write_text(WIDE, encoding="utf-8")
    file = written(tmp_path, "a.csv", GOOD)
    for profile in (path, "Central"):
        said = run(app, "kpis", "import", file, "--profile", profile, "--dry-run").output
        assert "would be added: 2" in said
    said = run(app, "kpis", "import", file, "--profile", "Norte", code=1).output
    assert "There is no profile “Norte”" in said


def test_a_profile_is_kept_from_the_page_where_it_is_made(app: Flask, world: World) -> None:
    with_source(world)
    with unit_of_work(world.session):
        draft = keep_files(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            files=[named(GOOD)],
            profile="source: telephony\n",
        ).public_id
    hilda = sign_in(app, "hilda")
    here = f"/kpis/imports/drafts/{draft}"
    refused = hilda.post(here, {"text": "format: 1\n", "name": "Central"})
    assert refused.status_code == 422
    assert world.session.scalars(sa.select(SavedProfile)).all() == []
    hilda.post(here, {"text": WIDE, "name": "Central"})
    world.session.rollback()
    assert world.session.scalars(sa.select(SavedProfile.name)).all() == ["Central"]


def test_erasing_somebody_forgets_what_sources_call_them_and_rows_that_name_them(
    world: World,
) -> None:
    with_source(world)
    source = world.session.scalars(sa.select(DataSource)).one()
    with unit_of_work(world.session):
        name_people(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            source=source,
            named={"a.ficticia": "E301", "b.inventado": "E302", "bot": None},
        )
    whose = ("e301", " E301 ", "a.ficticia", "a.ficticia ", "E302", "bot2", " ")
    bad = "".join(f"{who},2026-03-0{day},many,0:01:00\n" for day, who in enumerate(whose, 1))
    bring_in(world, named(GOOD + bad), profile=ASIDE)
    query = sa.select(SetAsideRow.who).order_by(SetAsideRow.row)
    assert world.session.scalars(query).all() == [who.strip() or None for who in whose]
    with unit_of_work(world.session):
        world.session.execute(sa.update(SetAsideRow).values(who=SetAsideRow.who + " "))
        exempt(world.session, "as a test wants it")
    erase(world)
    world.session.rollback()
    assert set(world.session.scalars(sa.select(SourceAlias.name))) == {"b.inventado", "bot"}
    assert world.session.scalars(query).all() == ["E302 ", "bot2 ", None]
    assert world.session.scalars(sa.select(Measurement.numerator)).all() != []
