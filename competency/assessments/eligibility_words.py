"""What an applicant lacks, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_date, gettext, ngettext

from competency.assessments.eligibility import Condition, Unmet
from competency.frameworks.schema import Framework


@dataclass(frozen=True)
class UnmetLine:
    """One condition in words, with the titles of the units that it is about."""

    text: str
    units: tuple[str, ...]
    is_binding: bool


def condition_label(condition: Condition) -> str:
    """Return what a condition asks for."""
    return {
        Condition.EMPLOYED: gettext("Employed today"),
        Condition.UNDER_WAY: gettext("Nothing against the same framework under way"),
        Condition.CERTIFICATION_OPEN: gettext(
            "No certification of the same units that is not closed"
        ),
        Condition.ATTESTED: gettext("No unit that is attested already"),
        Condition.MONTHS_EMPLOYED: gettext("Long enough employed"),
        Condition.DAYS_SINCE: gettext("Long enough since a certification that was not reached"),
    }[condition]


def unmet_line(framework: Framework, one: Unmet) -> UnmetLine:
    """Return a condition that is not met, in words."""
    titles = {unit.id: unit.title for unit in framework.all_units()}
    units = tuple(titles[unit] for unit in one.units if unit in titles)
    return UnmetLine(_text(one), units, one.is_binding)


def _text(one: Unmet) -> str:  # noqa: PLR0911 - one a condition
    """Return why a condition is not met."""
    match one.condition:
        case Condition.EMPLOYED:
            return gettext("Only who is employed today can be certified.")
        case Condition.UNDER_WAY:
            return gettext("An appraisal or certification against this framework is under way.")
        case Condition.CERTIFICATION_OPEN:
            return gettext("A certification of these units is not closed yet:")
        case Condition.ATTESTED if one.until is not None:
            return gettext("Attested already, until %(day)s:", day=format_date(one.until))
        case Condition.ATTESTED:
            return gettext("Attested already, without an end:")
        case Condition.MONTHS_EMPLOYED:
            since = "" if one.since is None else format_date(one.since)
            return ngettext(
                "At least %(num)d month of employment is asked for; it began on %(day)s.",
                "At least %(num)d months of employment are asked for; it began on %(day)s.",
                one.least,
                day=since,
            )
        case _:
            since = "" if one.since is None else format_date(one.since)
            until = "" if one.until is None else format_date(one.until)
            return gettext(
                "The last certification was not reached on %(since)s. After that it takes "
                "%(count)s days: until %(until)s.",
                since=since,
                count=one.least,
                until=until,
            )
