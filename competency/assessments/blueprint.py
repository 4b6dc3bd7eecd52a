"""The blueprint of the pages of appraisals; the ``*_views`` modules add their routes."""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app
from flask_babel import format_time

from competency.assessments.evidence import PAGE_GROUPS
from competency.assessments.words import group_label
from competency.frameworks.rule_words import evidence_kind_label
from competency.web.filters import KEPT, address, day, page_language, time_zone

blueprint = Blueprint("assessments", __name__)


def url_if_known(endpoint: str, **values: object) -> str | None:
    """Return the address of another room's page, or ``None`` where there is no such page."""
    if endpoint not in current_app.view_functions:
        return None
    return address(endpoint, **values)


def clock_time(instant: datetime) -> str:
    """Return the time of day of an instant at the reader's place of work, as in 14:32."""
    return _clock_time(instant, time_zone(), page_language())


@lru_cache(maxsize=KEPT)
def _clock_time(instant: datetime, zone: str, language: str) -> str:
    """Return the time of day of an instant in a zone and a language."""
    local = instant.astimezone(ZoneInfo(zone))
    return _in_words(time(local.hour, local.minute), language)


def at_place(instant: datetime, zone: str) -> str:
    """Return day and time of an instant in the ``zone`` of the place where it is."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {_in_words(time(local.hour, local.minute), page_language())}"


@lru_cache(maxsize=KEPT)
def _in_words(local: time, _language: str) -> str:
    """Return a time of day in the page's language, which ``_language`` names."""
    return str(format_time(local, format="short", rebase=False))


def evidence_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of evidence in their four groups, worded."""
    return _groups(page_language())


@lru_cache
def _groups(_language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups in the page's language, which ``_language`` names."""
    return [
        (group_label(group), [(kind.value, evidence_kind_label(kind)) for kind in kinds])
        for group, kinds in PAGE_GROUPS.items()
    ]


def evidence_group_names() -> list[tuple[str, str]]:
    """Return the four groups of evidence, worded."""
    return [(group, group_label(group)) for group in PAGE_GROUPS]


blueprint.add_app_template_global(evidence_group_names, "evidence_group_names")
blueprint.add_app_template_global(url_if_known, "url_if_known")
blueprint.add_app_template_global(evidence_kind_label, "kind_words")
blueprint.add_app_template_global(evidence_groups, "evidence_groups")
blueprint.add_app_template_filter(clock_time, "clock_time")
blueprint.add_app_template_filter(at_place, "at_place")
