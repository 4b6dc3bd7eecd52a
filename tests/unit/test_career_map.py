"""The drawing of a career map: columns, lanes, and when there is none."""

from __future__ import annotations

import re

from competency.progression.career_map import BETWEEN, BOX_WIDTH, CareerMap, drawn
from competency.progression.paths_schema import Edge, EdgeStatus

STEP = BOX_WIDTH + BETWEEN


def edges(*pairs: str) -> tuple[Edge, ...]:
    """Return edges of pairs as in ``ab``: from a to b."""
    return tuple(
        Edge(id=pair, from_position=pair[0], to_position=pair[1], status=EdgeStatus.STATED)
        for pair in pairs
    )


def mapped(*pairs: str) -> CareerMap:
    """Return the map of such edges, each position named by its letter."""
    found = drawn({letter: letter for pair in pairs for letter in pair}, edges(*pairs))
    assert found is not None
    return found


def test_a_position_stands_to_the_right_of_all_that_lead_to_it() -> None:
    found = mapped("ab", "bc", "ac", "ad")
    across = {box.lines[0][2]: box.x for box in found.boxes}
    assert across == {"a": 0, "b": STEP, "c": 2 * STEP, "d": STEP}
    assert found.width == 3 * STEP - BETWEEN


def test_boxes_stand_apart_and_within_the_drawing() -> None:
    found = mapped("ab", "ac", "ad", "be", "ae", "ce")
    for box in found.boxes:
        assert box.y >= 0
        assert box.y + box.height <= found.height
        assert box.x + box.width <= found.width
        for other in found.boxes:
            apart = box.y + box.height <= other.y or other.y + other.height <= box.y
            assert box is other or box.x != other.x or apart


def test_no_line_past_a_column_runs_behind_a_box() -> None:
    found = mapped("ab", "ac", "ad", "be", "ae", "ce")
    (passing,) = [curve for curve in found.curves if "H" in curve.d]
    (lane,) = re.findall(r" (\d+) H", passing.d)
    beside = [box for box in found.boxes if box.x == STEP]
    assert len(beside) == 3
    assert all(not box.y <= int(lane) <= box.y + box.height for box in beside)


def test_every_line_begins_at_the_right_of_a_box_and_ends_at_the_left_of_another() -> None:
    found = mapped("ab", "bc", "ac")
    middles = {box.lines[0][2]: (box.x, box.y + box.height // 2) for box in found.boxes}
    for curve, pair in zip(found.curves, ("ab", "bc", "ac"), strict=True):
        (x, y), end = middles[pair[0]], middles[pair[1]]
        assert curve.d.startswith(f"M{x + BOX_WIDTH} {y} C")
        assert curve.d.endswith(f"{end[0]} {end[1]}")
        assert curve.head.startswith(f"{end[0]},{end[1]} ")


def test_a_long_title_is_broken_into_lines_that_make_its_box_taller() -> None:
    names = {"a": "Especialista en planificación de personal y turnos", "b": "B"}
    found = drawn(names, edges("ab"))
    assert found is not None
    long, short = found.boxes
    assert " ".join(text for _, _, text in long.lines) == names["a"]
    assert len(long.lines) > 1
    assert long.height > short.height


def test_no_word_is_broken_at_its_hyphen_and_wide_letters_fit_the_box() -> None:
    found = drawn({"a": "Администратор колл-центра", "b": "B"}, edges("ab"))
    assert found is not None
    assert [text for _, _, text in found.boxes[0].lines] == ["Администратор", "колл-центра"]


def test_steps_in_a_circle_have_no_drawing() -> None:
    assert drawn({"a": "A", "b": "B"}, edges("ab", "ba")) is None
    assert drawn({"a": "A"}, edges("aa")) is None
