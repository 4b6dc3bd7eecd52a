"""The shipped positions, KPIs and paths in a test's catalogue."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from competency import clock, formats
from competency.database.transactions import unit_of_work
from competency.files.checking import Checked, check_file, check_together
from competency.frameworks.models import CatalogueFile
from competency.frameworks.publishing import in_order, publish_value
from competency.frameworks.shipped import yaml_files
from competency.resources import FRAMEWORKS
from tests.support.cast import World

READ = formats.MODULES
FOLDERS = ("positions", "kpis", "paths")


@cache
def shipped() -> tuple[Checked, ...]:
    """Return the checked files, each after those that it speaks of; read once a process."""
    paths = yaml_files([FRAMEWORKS / folder for folder in FOLDERS])
    return tuple(in_order(check_together([check_file(path) for path in paths])))


def publish_shipped(world: World) -> None:
    """Publish the shipped positions, KPIs and paths with their translations."""
    with unit_of_work(world.session):
        for file in shipped():
            assert file.value is not None, file.faults
            publish_value(
                world.session,
                actor=world.system(),
                now=clock.now(),
                value=file.value,
                source_text=file.document.text,
            )


def public_id_of(world: World, kind: str) -> str:
    """Return the public id of the newest published file of a kind that is no translation."""
    query = sa.select(CatalogueFile.public_id).where(CatalogueFile.kind == kind)
    return world.session.scalars(query.order_by(CatalogueFile.id.desc()).limit(1)).one()
