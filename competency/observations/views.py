"""Pages of observations: the modules that add their routes, and the blueprint they share."""

from __future__ import annotations

from competency.observations import (
    answer_views,
    calibration_views,
    draw_views,
    form_views,
    home,
    list_views,
    mapping_views,
    plan_views,
    sheet_views,
)
from competency.observations.blueprint import blueprint

MODULES = (
    answer_views,
    calibration_views,
    draw_views,
    form_views,
    home,
    list_views,
    mapping_views,
    plan_views,
    sheet_views,
)
"""Imported for their routes."""

blueprints = (blueprint,)
