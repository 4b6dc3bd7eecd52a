"""Publishing by two people at once, and a translation that goes back to its earlier words."""

from __future__ import annotations

import sqlalchemy as sa

from competency import clock
from competency.database.transactions import unit_of_work
from competency.frameworks.models import CatalogueFile
from competency.frameworks.publishing import publish_value
from competency.frameworks.queries import translation_of, translations_of
from competency.frameworks.translations import Standing, Translation
from tests.support.cast import SLUG, World


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


def publish(world: World, value: Translation) -> None:
    """Publish a translation as human resources."""
    with unit_of_work(world.session):
        publish_value(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            value=value,
            source_text=value.title or "",
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
