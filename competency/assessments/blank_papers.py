"""From a framework to the facts of papers to write on: its form, a unit's practical test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.papers import (
    issuer_for,
    narrowing,
    numbered,
    paper_language,
    reading_notices,
    source_of,
)
from competency.assessments.presenters import choices, ranges_of
from competency.assessments.rules import in_scope, scope_named
from competency.clock import local_date
from competency.documents.form_schema import (
    FormChoice,
    FormCriterion,
    FormFacts,
    FormUnit,
    Indicator,
    PracticalTestFacts,
)
from competency.documents.schema import Issuer
from competency.errors import NotFound
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import (
    framework_of,
    translation_of,
    translations_of,
    version_by_public_id,
)
from competency.frameworks.schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    AssessmentMethod,
    Criterion,
    Framework,
    Unit,
)
from competency.frameworks.translations import (
    Standing,
    Translation,
    completeness,
    translated,
)
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Spoken:
    """A published framework in the words that its papers are made in."""

    framework: Framework
    language: str
    published_on: date
    issuer: Issuer
    notices: tuple[str, ...]


def spoken(
    session: AnySession, *, actor: Actor, public_id: str, chosen: str, otherwise: str
) -> Spoken:
    """Return a framework in the ``chosen`` language, if a translation has all its words.

    Else it speaks its own; where that is none of ours, the paper around it speaks
    ``otherwise``. ``NotFound`` for an unknown version.
    """
    row = version_by_public_id(session, public_id)
    framework = framework_of(session, row.id)
    available = translations_of(session, "framework", row.slug, row.version)
    translation = translation_of(available.get(chosen))
    if translation is not None and completeness(framework, translation) < 1:
        translation = None
    shown_in = translation.language if translation else framework.language
    language = paper_language(shown_in, otherwise)
    words = Words(language)
    notices = list(reading_notices(framework, words))
    if translation is not None and translation.standing is Standing.UNOFFICIAL:
        notices.append(words.gettext("Unofficial translation"))
    return Spoken(
        framework if translation is None else _in_translation(framework, translation),
        language,
        local_date(row.published_at, "UTC"),
        issuer_for(session, actor, language),
        tuple(notices),
    )


def _in_translation(framework: Framework, translation: Translation) -> Framework:
    """Return a framework in the words of a translation, those that we add ourselves as well."""
    shown = translated(framework, translation)
    return shown.model_copy(update={"language": translation.language})


def form_facts(found: Spoken, scope_id: str) -> FormFacts:
    """Return the facts of the blank form; ``Invalid`` for a scope that isn't there."""
    framework = found.framework
    scope = scope_named(framework, scope_id)
    kept = None if scope is None else framework.criteria_of_scope(scope)
    place, wanted = numbers(framework), set(in_scope(framework, kept))
    return FormFacts(
        language=found.language,
        issuer=found.issuer,
        made_on=found.published_on,
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        framework_source=source_of(framework),
        units=tuple(
            FormUnit(
                numbered(unit, place),
                place[unit.id].count(".") + 1,
                tuple(_criterion(framework, c, place) for c in unit.criteria if c.id in wanted),
            )
            for unit in framework.all_units()
            if not wanted.isdisjoint(c.id for c in framework.criteria_in(unit))
        ),
        notices=found.notices,
        scope=None if scope is None else narrowing(framework, scope, kept),
    )


def _criterion(
    framework: Framework, criterion: Criterion, place: Mapping[str, str]
) -> FormCriterion:
    """Return a criterion with everything that it can be judged at."""
    basis = (*criterion.governing_references, *ranges_of(criterion))
    return FormCriterion(
        numbered(criterion, place),
        tuple(FormChoice(one.label, one.text or None) for one in choices(framework, criterion)),
        " · ".join(basis) or None,
    )


def has_practical_test(unit: Unit) -> bool:
    """Return whether the standard wants a unit to be assessed by a practical test."""
    return AssessmentMethod.PRACTICAL_TEST in unit.assessment_methods


def practical_test_facts(found: Spoken, unit_id: str) -> PracticalTestFacts:
    """Return the facts of a unit's blank sheet.

    ``NotFound`` for an unknown unit, or one that the standard has no practical test for.
    """
    framework = found.framework
    unit = next((u for u in framework.all_units() if u.id == unit_id), None)
    if unit is None or not has_practical_test(unit):
        raise NotFound
    return unit_sheet_facts(found, unit)


def unit_sheet_facts(found: Spoken, unit: Unit) -> PracticalTestFacts:
    """Return the facts of a unit's blank sheet, whatever the standard asks for."""
    framework, place = found.framework, numbers(found.framework)
    return PracticalTestFacts(
        language=found.language,
        issuer=found.issuer,
        made_on=found.published_on,
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        framework_source=source_of(framework),
        unit_title=numbered(unit, place),
        indicators=tuple(Indicator(one.text) for one in unit.indicators),
        capabilities=tuple((place[c.id], c.title) for c in framework.criteria_in(unit)),
        expected_result=unit.expected_result,
        result_labels=(
            framework.result_label(COMPETENT, unit),
            framework.result_label(NOT_YET_COMPETENT, unit),
        ),
        notices=found.notices,
    )
