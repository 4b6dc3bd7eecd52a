"""What codes of positions and paths are called on pages, in the page's language."""

from __future__ import annotations

from flask_babel import gettext, ngettext, pgettext

from competency.progression.positions_schema import (
    ContactDirection,
    DutyKind,
    NoteKind,
    ObligationKind,
    RequirementKind,
    Span,
)

MONTHS_OF_A_YEAR = 12

Kind = DutyKind | RequirementKind | ObligationKind | NoteKind


def kind_heading(kind: Kind) -> str:
    """Return the heading over the duties, requirements, obligations or notes of a kind."""
    return {
        DutyKind.OPERATIONAL: pgettext("duties", "Operational"),
        DutyKind.STRATEGIC: pgettext("duties", "Strategic"),
        DutyKind.GOAL: pgettext("duties", "Goals"),
        DutyKind.MANAGEMENT: pgettext("duties", "Management"),
        DutyKind.TECHNICAL: pgettext("duties", "Technical"),
        DutyKind.SERVICE: pgettext("duties", "Service"),
        DutyKind.SALES: pgettext("duties", "Sales"),
        DutyKind.ADMINISTRATIVE: pgettext("duties", "Administrative"),
        DutyKind.QUALITY: pgettext("duties", "Quality"),
        DutyKind.TRAINING: pgettext("duties", "Training"),
        DutyKind.PLANNING: pgettext("duties", "Planning"),
        DutyKind.DEVELOPMENT: pgettext("duties", "Development"),
        RequirementKind.MUST_KNOW: gettext("Must know"),
        RequirementKind.SKILL: gettext("Skills"),
        RequirementKind.PERSONAL: gettext("Personal qualities"),
        RequirementKind.EDUCATION: gettext("Education"),
        RequirementKind.EXPERIENCE: gettext("Experience"),
        ObligationKind.RESPONSIBILITY: gettext("Answers for"),
        ObligationKind.CONFIDENTIALITY: gettext("Confidentiality"),
        ObligationKind.COLLEGIALITY: gettext("Relations with colleagues"),
        ObligationKind.RULES: gettext("Rules to keep"),
        NoteKind.OCCUPATIONAL_HEALTH: gettext("Health at work"),
        NoteKind.DEVELOPMENT_ACTION: gettext("How the holder is developed"),
        NoteKind.BUSINESS_RULE: gettext("Rules of the business"),
        NoteKind.CONTEXT: gettext("Context"),
    }[kind]


def direction_label(direction: ContactDirection) -> str:
    """Return who begins a contact, in words."""
    return {
        ContactDirection.INBOUND: gettext("Inbound"),
        ContactDirection.OUTBOUND: gettext("Outbound"),
    }[direction]


def months_label(months: int) -> str:
    """Return the least experience in words: in years where these come out even."""
    if months % MONTHS_OF_A_YEAR == 0:
        years = months // MONTHS_OF_A_YEAR
        return ngettext("at least %(num)d year", "at least %(num)d years", years)
    return ngettext("at least %(num)d month", "at least %(num)d months", months)


def span_label(span: Span) -> str:
    """Return how many are led, in words: empty where the file gives no number."""
    if span.minimum and span.maximum:
        if span.minimum == span.maximum:
            return str(span.minimum)
        return f"{span.minimum}–{span.maximum}"
    if span.minimum:
        return gettext("at least %(number)s", number=span.minimum)
    return gettext("at most %(number)s", number=span.maximum) if span.maximum else ""
