"""The attestation: what somebody showed at work, in their employer's words or by statute."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from competency.documents.blocks import (
    draw_letterhead,
    draw_notice,
    draw_signatures,
    draw_verification,
    scope_words,
)
from competency.documents.drawing import BOTTOM, ENDLESS, WIDTH, Document
from competency.documents.fonts import SEMIBOLD, prepared
from competency.documents.pictures import QrCode, qr_code
from competency.documents.schema import AttestationFacts, CriterionResult, Holder, UnitResult
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import LEAD, MUTED, SMALL, SMALL_STRONG, Style, Text
from competency.errors import Invalid
from competency.wording import Words


class _Spaces(NamedTuple):
    """White space in points, above each part of the first page."""

    title: float = 26.0
    statement: float = 22.0
    framework: float = 14.0
    result: float = 14.0
    foot: float = 10.0
    signature: float = 14.0
    check: float = 10.0


STATUTORY_STEMS = (
    "certif",
    "diplom",
    "licen",
    "qualific",
    "cualific",
    "validation",
    "validacion",
    "validazion",
    "transparency",
    "trasparenza",
    "сертификат",
    "свидетельств",
    "удостоверени",
    "диплом",
    "аттестат",
    "лицензи",
)
"""Beginnings of the words that laws keep, without accents, in the languages of documents."""
_NAME_SIZES = (28.0, 24.0, 20.0, 17.0)
_LEAST_AIR = 0.2
_ROOM_TO_SIGN = 20.0
_SPACES = _Spaces()
_CRITERIA_IN_PLACE = 10
_RESULT = Style(15, 20, SEMIBOLD)
_FRAMEWORK = Style(13, 17.5, SEMIBOLD)


def attestation(facts: AttestationFacts) -> bytes:
    """Return the attestation as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return attestation_document(facts).to_bytes()


def attestation_document(facts: AttestationFacts) -> Document:
    """Return the attestation laid out.

    Everything on one page where it fits; else the criteria follow as an annex, so
    that the first page still says it all.
    """
    code = qr_code(facts.verification_url)
    criteria = sum(len(unit.criteria) for unit in facts.units)
    annex = criteria > _CRITERIA_IN_PLACE or _fitting_air(facts, code, annex=False) < _LEAST_AIR
    air = _fitting_air(facts, code, annex=annex)
    document = _first_part(facts, code, annex=annex, air=min(max(air, _LEAST_AIR), 1.0))
    if annex:
        document.new_page()
        document.heading(document.words.gettext("Annex: results by criterion"), 2)
        _draw_table(document, facts, with_criteria=True)
    return document


def _fitting_air(facts: AttestationFacts, code: QrCode, *, annex: bool) -> float:
    """Return the share of white space with which the first part fits one page."""
    trial = _first_part(facts, code, annex=annex, air=1.0, bottom=ENDLESS)
    return 1.0 - (trial.top - BOTTOM) / sum(_SPACES)


def _first_part(
    facts: AttestationFacts, code: QrCode, *, annex: bool, air: float, bottom: float = BOTTOM
) -> Document:
    """Return all but the annex, with ``air`` from 0 to 1 of the white space we like."""
    words = Words(facts.language)
    title = _title(facts, words)
    document = Document(
        title=f"{title} {facts.number} – {facts.holder.name}",
        author=facts.issuer.employer,
        subject=facts.framework_title,
        language=facts.language,
        made_on=facts.issued_on,
        accent=facts.issuer.accent_colour,
        running=f"{title} {facts.number} · {facts.holder.name}",
        bottom=bottom,
    )
    number = words.gettext("No. %(number)s", number=facts.number)
    dates = [words.gettext("Issued on %(date)s", date=words.date(facts.issued_on))]
    if facts.valid_until is not None:
        dates.append(words.gettext("Valid until %(date)s", date=words.date(facts.valid_until)))
    draw_letterhead(document, facts.issuer, number, *dates)
    document.gap(_SPACES.title * air)
    document.heading(title, 1)
    draw_notice(document, _standing_of(facts, words))
    if facts.replaces:
        document.gap(4)
        text = words.gettext("It takes the place of document %(number)s.", number=facts.replaces)
        document.paragraph(Text(text, MUTED))
    _draw_statement(document, facts, air)
    _draw_results(document, facts, air, with_criteria=not annex)
    _draw_commission(document, facts)
    if facts.demonstration_key:
        document.gap(8)
        draw_notice(
            document,
            words.gettext(
                "This document is signed with a demonstration key: its signature is worth nothing."
            ),
        )
    for notice in facts.notices:
        document.gap(8)
        draw_notice(document, notice)
    document.together(lambda target: _draw_foot(target, facts, code, air), at_foot=True)
    return document


def _title(facts: AttestationFacts, words: Words) -> str:
    """Return the name of the document; an internal one never has one that a law keeps.

    Raises ``Invalid`` for an internal title with such a word.
    """
    if facts.statutory is not None:
        return facts.statutory.name
    return internal_title(words.gettext("Internal attestation"))


def internal_title(title: str) -> str:
    """Return the title of an internal document; raise ``Invalid`` for statutory wording."""
    if is_statutory_wording(title):
        raise Invalid("An internal document can't be called “%(title)s”.", title=title)
    return title


def is_statutory_wording(title: str) -> bool:
    """Return whether a title has a word that laws keep for documents of their own."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", title.casefold())
        if not unicodedata.combining(letter)
    )
    return any(stem in plain for stem in STATUTORY_STEMS)


def _standing_of(facts: AttestationFacts, words: Words) -> str:
    """Return what the document is worth: nothing by statute, or under which authorisation."""
    statutory = facts.statutory
    if statutory is None:
        return words.gettext(
            "This is an internal attestation by the employer. It has no statutory value: "
            "it is not a certificate of any official system and does not replace one."
        )
    given = words.gettext(
        "Issued under authorisation %(number)s of %(authority)s.",
        number=statutory.number,
        authority=statutory.authority,
    )
    scope = words.gettext("Its scope: %(frameworks)s.", frameworks="; ".join(statutory.covers))
    days = (
        words.gettext(
            "In force from %(start)s, without an end.", start=words.date(statutory.starts_on)
        )
        if statutory.valid_until is None
        else words.gettext(
            "In force from %(start)s to %(end)s.",
            start=words.date(statutory.starts_on),
            end=words.date(statutory.valid_until),
        )
    )
    law = [words.gettext("Legal basis: %(law)s.", law=statutory.law)] if statutory.law else []
    return " ".join([given, scope, days, *law])


def _draw_commission(document: Document, facts: AttestationFacts) -> None:
    """Draw who decided together, and in which seat."""
    if not facts.commission:
        return
    words, language = document.words, facts.framework_language
    document.heading(words.gettext("Decided by the commission"), 2)
    draw_table(
        document,
        (Column(words.gettext("Seat"), 0.45), Column(words.gettext("Member"), 0.55)),
        [
            Row(
                (
                    (Text(member.role, SMALL_STRONG, language),),
                    (Text(", ".join(filter(None, (member.name, member.job))), SMALL),),
                ),
            )
            for member in facts.commission
        ],
    )


def _draw_statement(document: Document, facts: AttestationFacts, air: float) -> None:
    """Draw who was assessed, against what, and when."""
    words = document.words
    document.gap(_SPACES.statement * air)
    first = (
        words.gettext("This certifies that")
        if facts.statutory
        else words.gettext("This attests that")
    )
    document.paragraph(Text(first, LEAD))
    document.gap(2)
    document.paragraph(Text(facts.holder.name, _name_style(facts.holder.name)))
    document.paragraph(Text(" · ".join(_details(facts.holder, words)), MUTED))
    document.gap(_SPACES.framework * air)
    document.paragraph(Text(words.gettext("was assessed against the competency framework"), LEAD))
    document.gap(2)
    document.paragraph(Text(facts.framework_title, _FRAMEWORK, facts.framework_language))
    version = words.gettext("Version %(version)s", version=facts.framework_version)
    if facts.framework_source:
        version = f"{version} · {facts.framework_source}"
    document.paragraph(Text(version, MUTED))
    if facts.scope is not None:
        scope = f"{words.gettext('Scope')}: {scope_words(facts.scope, words)}"
        document.paragraph(Text(scope, MUTED))
    document.paragraph(Text(_assessed(facts, words), MUTED))


def _assessed(facts: AttestationFacts, words: Words) -> str:
    """Return when it was assessed; a single day is said once."""
    if facts.assessed_from == facts.assessed_to:
        return words.gettext("Assessed on %(date)s", date=words.date(facts.assessed_to))
    return words.gettext(
        "Assessed from %(start)s to %(end)s",
        start=words.date(facts.assessed_from),
        end=words.date(facts.assessed_to),
    )


def _draw_results(
    document: Document, facts: AttestationFacts, air: float, *, with_criteria: bool
) -> None:
    """Draw the overall result, and that of each unit."""
    words = document.words
    if facts.overall_label:
        document.gap(_SPACES.result * air)
        document.paragraph(Text(words.gettext("with the result"), LEAD))
        document.paragraph(Text(facts.overall_label, _RESULT, facts.framework_language))
    if facts.units:
        document.heading(words.gettext("Results by unit"), 2)
        if facts.units_in_all is not None:
            document.paragraph(_how_many(facts, facts.units_in_all, words))
            document.gap(4)
        _draw_table(document, facts, with_criteria=with_criteria)
        if not with_criteria:
            document.gap(4)
            document.paragraph(
                Text(words.gettext("The result of each criterion is in the annex."), MUTED)
            )


def _how_many(facts: AttestationFacts, units_in_all: int, words: Words) -> str:
    """Return how many of the framework's units the document attests."""
    attested = sum(unit.competent for unit in facts.units)
    if attested == units_in_all:
        return words.ngettext(
            "The framework's one unit is attested.",
            "All %(num)d units of the framework are attested.",
            units_in_all,
        )
    return words.ngettext(
        "%(attested)s of the framework's %(num)d unit is attested.",
        "%(attested)s of the framework's %(num)d units are attested.",
        units_in_all,
        attested=attested,
    )


def _draw_table(document: Document, facts: AttestationFacts, *, with_criteria: bool) -> None:
    """Draw units with their results, and under each its criteria."""
    words = document.words
    language = facts.framework_language
    rows = []
    for unit in facts.units:
        rows.append(_unit_row(unit, words, language, is_group=with_criteria))
        if with_criteria:
            rows += [_criterion_row(criterion, words, language) for criterion in unit.criteria]
    first = words.gettext("Unit and criteria") if with_criteria else words.gettext("Unit")
    draw_table(document, (Column(first, 0.7), Column(words.gettext("Result"), 0.3)), rows)


def _unit_row(unit: UnitResult, words: Words, language: str, *, is_group: bool) -> Row:
    """Return the row of a unit; a tick says competent to those who skim."""
    title = f"{unit.code}  {unit.title}" if unit.code else unit.title
    result = f"✓ {unit.result_label}" if unit.competent else unit.result_label
    named = [Text(title, SMALL_STRONG, language)]
    if unit.test_passed_on is not None:
        day = words.date(unit.test_passed_on)
        named.append(Text(words.gettext("Practical test passed on %(day)s", day=day), SMALL))
    return Row(
        (
            named,
            (Text(result, SMALL_STRONG, language),),
        ),
        is_group,
    )


def _criterion_row(criterion: CriterionResult, words: Words, language: str) -> Row:
    """Return the row of a criterion."""
    label = criterion.level_label
    if criterion.excused:
        label = words.gettext("%(result)s (excused, not counted)", result=label or "–")
    return Row(((Text(criterion.title, SMALL, language),), (Text(label, SMALL, language),)))


def _draw_foot(document: Document, facts: AttestationFacts, code: QrCode, air: float) -> None:
    """Draw who answers for the document, and how to check it."""
    words = document.words
    document.gap(_SPACES.foot * air)
    above = _ROOM_TO_SIGN + _SPACES.signature * air
    draw_signatures(document, facts.signatories, words.gettext("Signature"), above)
    document.gap(_SPACES.check * air)
    draw_verification(document, code, facts.number, facts.check_code, facts.framework_hash)


def _details(holder: Holder, words: Words) -> list[str]:
    """Return what tells this person from another of the same name."""
    details = [words.gettext("Employee number %(number)s", number=holder.employee_number)]
    if holder.national_id:
        scheme = holder.national_id_scheme or words.gettext("National identifier")
        details.append(f"{scheme} {holder.national_id}")
    return details + [one for one in (holder.position, holder.site) if one]


def _name_style(name: str) -> Style:
    """Return the largest style in which ``name`` takes one line, else the smallest."""
    shown = prepared(name)
    size = next(
        (one for one in _NAME_SIZES if SEMIBOLD.width(shown.replace("\n", " "), one) <= WIDTH),
        _NAME_SIZES[-1],
    )
    return Style(size, size * 1.25, SEMIBOLD)
