"""What else a position is called: each name once, and none that is its title."""

from __future__ import annotations

from competency.frameworks.spoken import Wording
from competency.progression.position_presenters import other_names
from competency.progression.positions_schema import Position


def test_a_name_that_comes_out_like_the_title_or_like_another_is_left_out() -> None:
    position = Position(
        id="chief",
        title="Jefe de línea",
        also_called=("JEFE DE LINEA", "Encargado", "Coordinación", "coordinacion"),
    )
    names = [name.text for name in other_names(Wording("es"), position)]
    assert names == ["Encargado", "Coordinación"]
