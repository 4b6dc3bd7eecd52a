"""What a new file of positions begins with, and one of the paths between them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from competency.files.starting import TO_FILL, Asked
from competency.progression.positions_schema import Positions


def positions(asked: Asked) -> Mapping[str, object]:
    """Return two positions to be filled in, so that a path can join them."""
    first = {
        "id": "position-1",
        "title": TO_FILL,
        "purpose": TO_FILL,
        "duties": [{"id": "position-1.duty-1", "text": TO_FILL, "kind": "operational"}],
        "requirements": [{"id": "position-1.skill-1", "text": TO_FILL, "kind": "skill"}],
    }
    return {
        **_head("positions", asked),
        "positions": [first, {"id": "position-2", "title": TO_FILL}],
    }


def paths(asked: Asked) -> Mapping[str, object] | None:
    """Return a step from each position of the asked file to the one after it.

    ``None`` where there is no such file, or one position alone.
    """
    ends = asked.about.positions if isinstance(asked.about, Positions) else ()
    if not isinstance(asked.about, Positions) or len(ends) < 2:  # noqa: PLR2004 - a path has two ends
        return None
    edges = [
        {
            "id": f"edge-{number}",
            "from_position": here.id,
            "to_position": there.id,
            "status": "stated",
            "text": TO_FILL,
        }
        for number, (here, there) in enumerate(pairwise(ends), start=1)
    ]
    return {**_head("paths", asked), "positions": asked.about.id, "edges": edges}


def _head(kind: str, asked: Asked) -> dict[str, object]:
    """Return what every file begins with."""
    return {
        "format": 1,
        "kind": kind,
        "id": asked.id,
        "version": "1.0.0",
        "title": TO_FILL,
        "language": asked.language,
        "source": {"document": TO_FILL},
    }
