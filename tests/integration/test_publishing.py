"""Publishing by two people at once, and a translation that goes back to its earlier words."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import BaseModel

from competency import clock
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import Conflict
from competency.extensions import db
from competency.files.checking import check_file
from competency.frameworks import operations, publishing
from competency.frameworks.models import CatalogueFile, FrameworkVersion
from competency.frameworks.publishing import publish_value
from competency.frameworks.queries import translation_of, translations_of
from competency.frameworks.translations import Standing, Translation
from competency.resources import FRAMEWORKS
from tests.support.cast import SLUG, World
from tests.support.races import together


def in_english(title: str) -> Translation:
    """Return a translation that only has a title."""
    return Translation(
        kind="translation",
        of=SLUG,
        version="1.0.0",
        language="en",
        standing=Standing.UNOFFICIAL,
        title=title,
    )


def publish(world: World, value: BaseModel) -> None:
    """Publish a file as human resources."""
    with unit_of_work(world.session):
        publish_value(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            value=value,
            source_text="as it was written",
        )


def test_a_translation_can_go_back_to_the_words_that_it_had(world: World) -> None:
    for title in ("Supervisor", "Suprevisor", "Supervisor", "Supervisor"):
        publish(world, in_english(title))
        newest = translations_of(world.session, "framework", SLUG, "1.0.0")["en"]
        found = translation_of(newest)
        assert found is not None
        assert found.title == title
    rows = sa.select(sa.func.count()).select_from(CatalogueFile)
    assert world.session.scalar(rows) == 3


PATIENCE = 60.0
ROUNDS = 5
LOOK_UPS = {"framework": (operations, "version"), "kpis": (publishing, "catalogue_file")}
FILES = {
    "framework": FRAMEWORKS / SLUG / "1.0.0.yaml",
    "kpis": FRAMEWORKS / "kpis" / "contact-centre-requests" / "1.0.0.yaml",
}


def version_of(kind: str, number: int) -> BaseModel:
    """Return a file of a kind under a version of its own."""
    value = check_file(FILES[kind]).value
    assert value is not None
    return value.model_copy(update={"version": f"2.0.{number}"})


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("other_words", [False, True], ids=["the same", "other words"])
def test_of_two_who_publish_a_version_at_once_one_does_and_the_other_hears_what_stands(
    app: Flask, world: World, kind: str, *, other_words: bool
) -> None:
    world.session.rollback()
    meeting = threading.Barrier(2, timeout=PATIENCE)
    conflicts: list[int] = []

    def publish_all(*, is_other: bool) -> None:
        hilda = World(db.session).actor("hilda")
        for number in range(ROUNDS):
            value = version_of(kind, number)
            if is_other and other_words:
                value = value.model_copy(update={"title": "Said otherwise"})
            db.session.rollback()
            meeting.wait()
            try:
                with unit_of_work(db.session):
                    publish_value(
                        db.session, actor=hilda, now=clock.now(), value=value, source_text="x"
                    )
            except Conflict:
                conflicts.append(number)

    together(app, [lambda: publish_all(is_other=False), lambda: publish_all(is_other=True)])
    assert sorted(conflicts) == (list(range(ROUNDS)) if other_words else [])
    table = FrameworkVersion if kind == "framework" else CatalogueFile
    versions = world.session.scalars(sa.select(table.version).where(table.version.like("2.0.%")))
    assert sorted(versions) == [f"2.0.{number}" for number in range(ROUNDS)]
    action = "framework.published" if kind == "framework" else "catalogue.published"
    events = world.session.scalars(sa.select(AuditEvent.data).where(AuditEvent.action == action))
    assert sum(event["version"].startswith("2.0.") for event in events) == ROUNDS


@pytest.mark.parametrize("kind", FILES)
def test_what_was_published_after_the_look_up_counts(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = version_of(kind, 0)
    publish(world, value)
    module, name = LOOK_UPS[kind]
    look_up = getattr(module, name)
    for changed in (value, value.model_copy(update={"title": "Said otherwise"})):
        before = iter([True])
        monkeypatch.setattr(
            module, name, lambda *of, b=before: None if next(b, False) else look_up(*of)
        )
        if changed is value:
            publish(world, changed)
        else:
            with pytest.raises(Conflict):
                publish(world, changed)
