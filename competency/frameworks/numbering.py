"""The numbers by which pages and documents name units and criteria; pure."""

from __future__ import annotations

from competency.frameworks.schema import Framework, Unit


def numbers(framework: Framework) -> dict[str, str]:
    """Return the place of every unit and criterion, as in ``2.4``, by id."""
    found: dict[str, str] = {}

    def walk(units: tuple[Unit, ...], before: str) -> None:
        for place, unit in enumerate(units, start=1):
            here = found[unit.id] = f"{before}{place}"
            for inner, criterion in enumerate(unit.criteria, start=1):
                found[criterion.id] = f"{here}.{inner}"
            walk(unit.units, f"{here}.")

    walk(framework.units, "")
    return found
