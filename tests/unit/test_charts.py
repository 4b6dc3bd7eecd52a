"""Charts: what is drawn where, and that they are read without colour."""

from __future__ import annotations

import itertools
import math

import pytest

from competency.documents import pages
from competency.documents.charts import (
    Area,
    Drawing,
    Funnel,
    FunnelPoint,
    Label,
    Line,
    Mark,
    Style,
    TrendPoint,
    funnel,
    sparkline,
    ticks,
    trend,
)
from competency.documents.charts_pdf import LINES, chart_figure
from competency.documents.writing import draw_figure
from competency.web.charts_svg import svg
from tests.unit.test_documents_layout import blank

WEEKS = [
    TrendPoint("1 Jan", 0.8, 0.7, 0.9),
    TrendPoint("8 Jan", 0.82, 0.7, 0.9),
    TrendPoint("15 Jan", None),
    TrendPoint("22 Jan", 0.9, 0.8, 0.95),
    TrendPoint("29 <Jan>", 0.85, 0.8, 0.95),
]


def percent(value: float) -> str:
    return f"{value:.0%}"


def drawn() -> Drawing:
    return trend(WEEKS, say=percent, description="How it moved", target=(0.6, "Target 60%"))


def of(drawing: Drawing, style: Style) -> list[Line | Area]:
    shapes = [one for one in drawing.shapes if isinstance(one, Line | Area)]
    return [one for one in shapes if one.style is style]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.7, 0.95, (0.7, 0.8, 0.9, 1.0)),
        (0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0)),
        (212, 418, (200, 300, 400, 500)),
        (5, 5, (4.0, 6.0, 8.0, 10.0)),
    ],
)
def test_axes_have_round_numbers_around_what_is_drawn(
    low: float, high: float, expected: tuple[float, ...]
) -> None:
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    steps = {round(b - a, 9) for a, b in itertools.pairwise(found)}
    assert len(steps) == 1
    if low != high:
        assert found == pytest.approx(expected)


def test_a_step_without_a_measurement_leaves_a_gap_and_the_target_is_on_the_sheet() -> None:
    drawing = drawn()
    assert [len(line.points) for line in of(drawing, Style.VALUE)] == [2, 2]
    assert len(of(drawing, Style.BAND)) == 2
    [target] = of(drawing, Style.TARGET)
    heights = [y for line in of(drawing, Style.VALUE) for _, y in line.points]
    assert target.points[0][1] > max(heights)
    assert any(isinstance(one, Label) and one.text == "Target 60%" for one in drawing.shapes)
    for shape in drawing.shapes:
        points = shape.points if isinstance(shape, Line | Area) else (shape.at,)
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points)


def test_a_team_stands_out_only_beyond_the_wider_limits_and_then_has_its_name() -> None:
    teams = (
        FunnelPoint("Norte", 1000, 0.80),
        FunnelPoint("Sur", 50, 0.70),
        FunnelPoint("Este", 1000, 0.70),
    )
    facts = Funnel(teams, 0.8, lambda size: math.sqrt(0.8 * 0.2 / size))
    assert [facts.is_outside(team) for team in teams] == [False, False, True]
    assert facts.limits(100, 0.95) == pytest.approx((0.8 - 1.959964 * 0.04, 0.8 + 1.959964 * 0.04))
    drawing = funnel(facts, say=percent, count=str, description="Teams", middle_label="All")
    texts = {one.text for one in drawing.shapes if isinstance(one, Label)}
    assert "Este" in texts
    assert not {"Norte", "Sur"} & texts
    assert [one.stands_out for one in drawing.shapes if isinstance(one, Mark)] == [
        False,
        False,
        True,
    ]


def test_the_lines_that_mean_something_differ_by_their_dashes() -> None:
    meaning = (Style.VALUE, Style.TARGET, Style.INNER, Style.OUTER)
    assert len({LINES[style][1] for style in meaning}) == len(meaning)


def test_pages_and_papers_draw_the_same_shapes_and_escape_words() -> None:
    drawing = drawn()
    markup = svg(drawing)
    assert markup.count("<circle") == sum(isinstance(one, Mark) for one in drawing.shapes)
    assert 'role="img" aria-label="How it moved"' in markup
    assert "29 &lt;Jan&gt;" in markup
    assert "style=" not in markup
    figure = chart_figure(drawing, 400)
    assert figure.height == pytest.approx(400 * drawing.height / drawing.width)
    assert figure.alternative == "How it moved"
    document = blank()
    draw_figure(document, figure)
    [picture] = [one for one in document.page.shapes if isinstance(one, pages.Drawing)]
    kinds = [type(one) for one in picture.shapes]
    lines = [one for one in drawing.shapes if isinstance(one, Line)]
    assert kinds.count(pages.Path) == len(lines)
    assert kinds.count(pages.Shape) == markup.count("<circle") + len(of(drawing, Style.BAND))
    assert all(kind is pages.Shape for kind in kinds[:2]), "bands lie under what is drawn on them"
    dashes = {one.dashes for one in picture.shapes if isinstance(one, pages.Path)}
    assert len(dashes) == 2, "the target alone is dashed"
    written = {run.text: run for run in document.page.runs}
    assert written.keys() == {one.text for one in drawing.shapes if isinstance(one, Label)}
    for run in written.values():
        right = run.left + run.style.font.width(run.text, run.style.size)
        assert 62 <= run.left < right <= 62 + 401


def test_small_lines_hold_one_value_and_none_at_all() -> None:
    assert sparkline([], "nothing").shapes == ()
    assert len(sparkline([None, 3.0, None], "one").shapes) == 2
    assert len(of(sparkline([1.0, None, 2.0, 3.0], "two"), Style.VALUE)) == 1
