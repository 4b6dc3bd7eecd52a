"""Pages of appraisals: the modules that add their routes, and the blueprint they share."""

from __future__ import annotations

from competency.assessments import (
    appraisal_views,
    bulk_review_views,
    cycle_views,
    evidence_views,
    export_views,
    handover_views,
    home,
    leaving,
    paper_views,
    request_views,
    result_views,
    review_views,
    scoring_views,
    session_change_views,
    session_views,
    team_views,
)
from competency.assessments.blueprint import blueprint

MODULES = (
    appraisal_views,
    bulk_review_views,
    cycle_views,
    evidence_views,
    export_views,
    handover_views,
    home,
    leaving,
    paper_views,
    request_views,
    result_views,
    review_views,
    scoring_views,
    session_change_views,
    session_views,
    team_views,
)
"""Imported for their routes, and for what ends when somebody leaves."""

blueprints = (blueprint,)
