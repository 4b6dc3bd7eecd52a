"""The blank form of a framework: every criterion with its levels, to be filled in by hand."""

from __future__ import annotations

from itertools import groupby

from competency.documents.blocks import draw_letterhead, draw_notice, draw_signing, scope_words
from competency.documents.drawing import Document
from competency.documents.form_schema import FormCriterion, FormFacts, FormUnit
from competency.documents.schema import Signatory
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import MUTED, SMALL, SMALL_STRONG, TINY, Text
from competency.documents.writing import box, choices, draw_fields, lines
from competency.errors import Invalid
from competency.wording import Words

CRITERIA_MAXIMUM = 1000
"""Criteria of one form: up to 500 pages, made in some five seconds on one core."""
_DEEPEST = 3
_REASON_LINES = 2
_EVIDENCE_LINES = 1


def blank_form(facts: FormFacts) -> bytes:
    """Return the form as a PDF; the same facts give the same bytes.

    Raises ``Invalid`` for more than ``CRITERIA_MAXIMUM`` criteria and for a logo or a
    colour that can't be used, ``MissingGlyph`` or ``HiddenCharacter`` for text that
    can't be drawn as it is.
    """
    return form_document(facts).to_bytes()


def form_document(facts: FormFacts) -> Document:
    """Return the form laid out."""
    count = sum(len(unit.criteria) for unit in facts.units)
    if count > CRITERIA_MAXIMUM:
        raise Invalid(
            "A form of %(count)s criteria is too long to print: at most %(maximum)s fit one. "
            "Choose a scope of the framework.",
            count=count,
            maximum=CRITERIA_MAXIMUM,
        )
    words = Words(facts.language)
    title = words.gettext("Assessment form")
    named = words.gettext(
        "%(title)s, version %(version)s",
        title=facts.framework_title,
        version=facts.framework_version,
    )
    document = Document(
        title=f"{title} – {named}",
        author=facts.issuer.employer,
        subject=facts.framework_title,
        language=facts.language,
        made_on=facts.made_on,
        accent=facts.issuer.accent_colour,
        running=f"{title} · {named}",
    )
    version = words.gettext("Version %(version)s", version=facts.framework_version)
    draw_letterhead(document, facts.issuer, title, version)
    document.gap(20)
    document.heading(facts.framework_title, 1, facts.framework_language)
    about = [facts.framework_source] if facts.framework_source else []
    if facts.scope is not None:
        about.append(f"{words.gettext('Scope')}: {scope_words(facts.scope, words)}")
    for line in about:
        document.paragraph(Text(line, MUTED))
    for notice in facts.notices:
        document.gap(6)
        draw_notice(document, notice)
    document.gap(10)
    draw_fields(document, [(name, None) for name in _fields(words)], columns=2)
    for unit in facts.units:
        _draw_unit(document, unit, facts.framework_language)
    draw_signing(document, words.gettext("Signatures"), _signatories(words))
    return document


def _fields(words: Words) -> tuple[str, ...]:
    """Return what is written at the head of the form."""
    return (
        words.gettext("Name"),
        words.gettext("Employee number"),
        words.gettext("Position"),
        words.gettext("Site"),
        words.gettext("Assessor"),
        words.gettext("Assessed from … to …"),
    )


def _signatories(words: Words) -> tuple[Signatory, ...]:
    """Return who signs."""
    roles = (words.gettext("Employee"), words.gettext("Assessor"), words.gettext("Reviewer"))
    return tuple(Signatory(role, "") for role in roles)


def _draw_unit(document: Document, unit: FormUnit, language: str) -> None:
    """Draw one unit: criteria with described levels as rows, others as boxes in a row."""
    words = document.words
    document.heading(unit.title, min(unit.depth + 1, _DEEPEST), language)
    for is_described, found in groupby(unit.criteria, key=_is_described):
        criteria = tuple(found)
        if is_described:
            columns: tuple[Column, ...] = (
                Column("", 0.05),
                Column(words.gettext("Level"), 0.2),
                Column(words.gettext("What it looks like"), 0.75),
            )
            rows = [row for one in criteria for row in _described(one, words, language)]
        else:
            columns = (Column(words.gettext("Criterion"), 1.0),)
            rows = [row for one in criteria for row in _plain(one, words, language)]
        draw_table(document, columns, rows)
        document.gap(8)


def _is_described(criterion: FormCriterion) -> bool:
    """Return whether any level of a criterion has words of its own."""
    return any(choice.text for choice in criterion.choices)


def _head(criterion: FormCriterion, language: str) -> Row:
    """Return the row that heads a criterion."""
    texts = [Text(criterion.title, SMALL_STRONG, language)]
    if criterion.basis:
        texts.append(Text(criterion.basis, TINY, language))
    return Row((texts,), is_group=True, keeps_next=True)


def _described(criterion: FormCriterion, words: Words, language: str) -> list[Row]:
    """Return the rows of a criterion whose levels have words, one a level."""
    rows = [_head(criterion, language)]
    for choice in criterion.choices:
        text = (Text(choice.text, SMALL, language),) if choice.text else ()
        label = (Text(choice.label, SMALL_STRONG, language),)
        rows.append(Row((box(choice.label), label, text), keeps_next=True))
    not_judged = words.gettext("Not judged")
    rows.append(Row((box(not_judged), (Text(not_judged, SMALL),), ()), keeps_next=True))
    return [*rows, *_to_write(words)]


def _plain(criterion: FormCriterion, words: Words, language: str) -> list[Row]:
    """Return the rows of a criterion whose levels have labels only."""
    options = [*(choice.label for choice in criterion.choices), words.gettext("Not judged")]
    judged = choices(words.gettext("Level"), options)
    return [_head(criterion, language), Row((judged,), keeps_next=True), *_to_write(words)]


def _to_write(words: Words) -> list[Row]:
    """Return the lines for reason and evidence."""
    return [
        Row((lines(words.gettext("Reason"), _REASON_LINES),), keeps_next=True),
        Row((lines(words.gettext("Evidence"), _EVIDENCE_LINES),)),
    ]
