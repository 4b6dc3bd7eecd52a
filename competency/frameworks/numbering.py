"""The numbers by which pages and documents name units and criteria; pure."""

from __future__ import annotations

from collections.abc import Mapping

from competency.frameworks.schema import Framework


def numbers(framework: Framework) -> Mapping[str, str]:
    """Return the place of every unit and criterion, as in ``2.4``, by id."""
    return framework.numbers
