"""What a new framework file begins with: one scale, one unit, one criterion."""

from __future__ import annotations

from collections.abc import Mapping

from competency.files.starting import TO_FILL, Asked

MET = {
    "en": ("Met", "Not yet met"),
    "es": ("Cumple", "Aún no cumple"),
    "it": ("Raggiunto", "Non ancora raggiunto"),
    "ru": ("Выполняет", "Пока не выполняет"),
}
"""What a criterion is judged as on a scale of one level, by language."""


def beginning(asked: Asked) -> Mapping[str, object]:
    """Return a framework to be filled in."""
    met, not_yet = MET.get(asked.language.split("-")[0], (TO_FILL, TO_FILL))
    criterion = {
        "id": "unit-1.criterion-1",
        "title": TO_FILL,
        "scale": "met",
        "evidence": {"minimum": 1},
    }
    return {
        "format": 1,
        "kind": "framework",
        "id": asked.id,
        "version": "1.0.0",
        "title": TO_FILL,
        "language": asked.language,
        "description": TO_FILL,
        "source": {"document": TO_FILL},
        "scales": {"met": {"levels": [{"code": "met", "label": met}], "below_label": not_yet}},
        "units": [{"id": "unit-1", "title": TO_FILL, "criteria": [criterion]}],
        "outcome": {"unit": {"rule": "all"}, "framework": {"rule": "all"}},
        "certification": {"by_unit": False},
    }
