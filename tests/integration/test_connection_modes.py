"""Reading and writing on one SQLite connection: each in its mode, which is set when it changes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.models import Site
from tests.support.cast import World

RENAMED = sa.update(Site).values(name="Otra")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_connection_that_wrote_cannot_write_when_it_reads_again(world: World) -> None:
    for _ in range(2):
        with unit_of_work(world.session):
            exempt(world.session, "a test writes on the connection")
            world.session.execute(RENAMED)
        with pytest.raises(OperationalError, match="readonly"):
            world.session.execute(RENAMED)
        world.session.rollback()


def test_the_mode_of_a_connection_is_set_only_where_it_changes(world: World) -> None:
    session = world.session
    said: list[str] = []
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(said.append)
    for _ in range(3):
        session.rollback()
        session.execute(sa.select(Site.id)).all()
    assert [line for line in said if line.startswith("PRAGMA")] == []
    with unit_of_work(session):
        session.execute(sa.select(Site.id)).all()
    session.execute(sa.select(Site.id)).all()
    assert [line for line in said if line.startswith("PRAGMA")] == [
        "PRAGMA query_only=OFF",
        "PRAGMA query_only=ON",
    ]
