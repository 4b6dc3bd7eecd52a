"""A request that only reads leaves nothing behind, however it ends."""

from __future__ import annotations

import sqlalchemy as sa

from competency.database.transactions import end_reading
from competency.people.models import Employee
from tests.support.cast import World


def test_what_a_read_changed_in_memory_is_never_written(world: World) -> None:
    session = world.session
    session.rollback()
    number = world.employee("aurora").employee_number
    world.employee("aurora").given_name = "Somebody else"
    end_reading(session)
    query = sa.select(Employee.given_name).where(Employee.employee_number == number)
    assert session.scalars(query).one() == "Aurora"
