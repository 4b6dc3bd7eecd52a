"""Charts on pages: the neutral shapes as SVG in the page, with words for who can't see it."""

from __future__ import annotations

from markupsafe import Markup, escape

from competency.documents.charts import Area, Drawing, Label, Line, Mark, Point, Shape


def svg(drawing: Drawing) -> Markup:
    """Return a drawing as an image whose name is its description."""
    inside = Markup("").join(_drawn(shape) for shape in drawing.shapes)
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" focusable="false">'
        "{}</svg>"
    ).format(drawing.description, _short(drawing.width), _short(drawing.height), inside)


def _drawn(shape: Shape) -> Markup:
    """Return one shape; its class says how the page's style draws it."""
    match shape:
        case Line():
            return Markup('<polyline class="chart-{}" points="{}"/>').format(
                shape.style.value, _points(shape.points)
            )
        case Area():
            return Markup('<polygon class="chart-{}" points="{}"/>').format(
                shape.style.value, _points(shape.points)
            )
        case Mark():
            x, y = shape.at
            if shape.stands_out:
                around = ((x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6))
                return Markup('<polygon class="chart-mark" points="{}"/>').format(_points(around))
            return Markup('<circle class="chart-mark" cx="{}" cy="{}" r="3"/>').format(
                _short(x), _short(y)
            )
        case Label():
            return Markup(
                '<text class="chart-text" x="{}" y="{}" text-anchor="{}">{}</text>'
            ).format(_short(shape.at[0]), _short(shape.at[1]), shape.anchor, escape(shape.text))


def _points(points: tuple[Point, ...]) -> str:
    """Return points as SVG writes them."""
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(number: float) -> str:
    """Return a number with at most one place."""
    return f"{number:.1f}".removesuffix(".0")
