"""The sheet of a practical test: blank before it, or with what was seen in it."""

from __future__ import annotations

from competency.documents.blocks import (
    Item,
    draw_letterhead,
    draw_list,
    draw_notice,
    draw_signing,
)
from competency.documents.drawing import Document
from competency.documents.form_schema import Indicator, PracticalTestFacts, SheetKind
from competency.documents.schema import Signatory
from competency.documents.tables import Column, Row, cell_width, draw_table
from competency.documents.text import BODY, MUTED, SMALL, Text
from competency.documents.writing import (
    box,
    choices,
    draw_fields,
    draw_figure,
    draw_lines,
    lines,
)
from competency.wording import Words

_SITUATION_LINES = 4
_NOTE_LINES = 2
_REASON_LINES = 3
_EXAMINERS = 2
_NOTES = 0.34
_TICK = 0.09


def practical_test_sheet(facts: PracticalTestFacts) -> bytes:
    """Return the sheet as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return sheet_document(facts).to_bytes()


def sheet_document(facts: PracticalTestFacts) -> Document:
    """Return the sheet laid out."""
    words = Words(facts.language)
    title, short = _titles(facts.kind, words)
    whose = [facts.holder.name] if facts.holder else []
    document = Document(
        title=" – ".join([title, *whose]),
        author=facts.issuer.employer,
        subject=facts.unit_title,
        language=facts.language,
        made_on=facts.made_on,
        accent=facts.issuer.accent_colour,
        running=" · ".join([title, *whose, facts.unit_title]),
    )
    framework = words.gettext(
        "%(title)s, version %(version)s",
        title=facts.framework_title,
        version=facts.framework_version,
    )
    draw_letterhead(document, facts.issuer, short)
    document.gap(20)
    document.heading(title, 1)
    document.heading(facts.unit_title, 2, facts.framework_language)
    document.paragraph(Text(framework, MUTED, facts.framework_language))
    if facts.framework_source:
        document.paragraph(Text(facts.framework_source, MUTED, facts.framework_language))
    for notice in facts.notices:
        document.gap(6)
        draw_notice(document, notice)
    document.gap(10)
    draw_fields(document, _fields(facts, words), columns=2)
    if facts.kind is not SheetKind.INTERVIEW:
        _draw_situation(document, facts)
    _draw_seen(document, facts)
    _draw_expected(document, facts)
    if facts.kind is SheetKind.INTERVIEW:
        _draw_note(document, facts)
    else:
        _draw_outcome(document, facts)
    _draw_signatures(document, facts)
    return document


def _titles(kind: SheetKind, words: Words) -> tuple[str, str]:
    """Return what a sheet is called, and what its head calls it."""
    match kind:
        case SheetKind.PRACTICAL_TEST:
            long = words.gettext("Practical test in a work situation")
            return long, words.gettext("Practical test")
        case SheetKind.SIMULATION:
            return words.gettext("Simulation"), words.gettext("Simulation")
        case SheetKind.INTERVIEW:
            return words.gettext("Interview"), words.gettext("Interview")


def _fields(facts: PracticalTestFacts, words: Words) -> list[tuple[str, str | None]]:
    """Return who is tested, when, where and by whom; what isn't known is to be written."""
    holder = facts.holder
    return [
        (words.gettext("Candidate"), holder.name if holder else None),
        (words.gettext("Employee number"), holder.employee_number if holder else None),
        (words.gettext("Date"), words.date(facts.happened_on) if facts.happened_on else None),
        (words.gettext("Place"), facts.place),
        (words.gettext("Attempt no."), str(facts.attempt) if facts.attempt else None),
        (words.gettext("Examiners"), ", ".join(facts.examiners) or None),
    ]


def _draw_situation(document: Document, facts: PracticalTestFacts) -> None:
    """Draw the work situation in which the test is held, or room to describe it."""
    words = document.words
    document.heading(words.gettext("Situation"), 2)
    if facts.situation:
        document.paragraph(Text(facts.situation, BODY))
    elif facts.is_competent is not None:
        document.paragraph(Text("–", BODY))
    else:
        asked = words.gettext("What the candidate has to do, with what, and in which time")
        draw_lines(document, asked, _SITUATION_LINES)


def _draw_seen(document: Document, facts: PracticalTestFacts) -> None:
    """Draw what the examiners look at; without indicators, the capabilities themselves."""
    words, language = document.words, facts.framework_language
    capabilities = words.gettext("Capabilities shown in the test")
    if facts.capabilities and (facts.indicators or not facts.marks_capabilities):
        document.heading(capabilities, 2)
        shown = [Item(Text(title, SMALL, language), place) for place, title in facts.capabilities]
        draw_list(document, shown)
    if facts.indicators:
        title = words.gettext("Indicators")
        if facts.kind is SheetKind.INTERVIEW:
            title = words.gettext("Criteria")
        _draw_marks(document, title, facts.indicators, language)
    elif facts.marks_capabilities:
        marks = tuple(Indicator(f"{place} {title}") for place, title in facts.capabilities)
        _draw_marks(document, capabilities, marks, language)


def _draw_marks(
    document: Document, title: str, found: tuple[Indicator, ...], language: str
) -> None:
    """Draw a table with yes, no and notes beside each of ``found``."""
    words = document.words
    yes, no, notes = words.gettext("Yes"), words.gettext("No"), words.gettext("Notes")
    columns = (
        Column(words.gettext("What was seen"), 1 - _NOTES - 2 * _TICK),
        Column(yes, _TICK),
        Column(no, _TICK),
        Column(notes, _NOTES),
    )
    room = lines("", _NOTE_LINES, cell_width(_NOTES), notes)
    rows = [
        Row(
            (
                (Text(one.text, SMALL, language),),
                box(yes, is_ticked=one.is_met is True),
                box(no, is_ticked=one.is_met is False),
                room if one.is_met is None else (Text(one.note or "–", SMALL),),
            ),
            keeps_next=number < len(found),
        )
        for number, one in enumerate(found, start=1)
    ]
    document.heading(title, 2)
    draw_table(document, columns, rows)


def _draw_expected(document: Document, facts: PracticalTestFacts) -> None:
    """Draw what the work leads to, and whether it did."""
    if facts.expected_result is None:
        return
    words = document.words
    document.heading(words.gettext("Expected result"), 2)
    if facts.expected_result:
        document.paragraph(Text(facts.expected_result, BODY, facts.framework_language))
        document.gap(6)
    options = (words.gettext("Achieved"), words.gettext("Not achieved"))
    label = words.gettext("Expected result")
    draw_figure(document, choices(label, options, _chosen(is_first=facts.is_achieved)))
    if facts.result_note:
        document.gap(8)
        document.paragraph(Text(facts.result_note, BODY))


def _draw_outcome(document: Document, facts: PracticalTestFacts) -> None:
    """Draw what the examiners concluded, and why."""
    words = document.words
    result = words.gettext("Result")
    document.heading(result, 2)
    decided = choices(result, facts.result_labels, _chosen(is_first=facts.is_competent))
    draw_figure(document, decided)
    document.gap(8)
    if facts.reason:
        document.paragraph(
            Text(words.gettext("Reason: %(reason)s", reason=facts.reason), BODY),
        )
    elif facts.is_competent is None:
        draw_lines(document, words.gettext("Reason"), _REASON_LINES)


def _draw_note(document: Document, facts: PracticalTestFacts) -> None:
    """Draw what was noted for the record of an interview, or room for it."""
    words = document.words
    if facts.reason:
        document.heading(words.gettext("Note for the record"), 2)
        document.paragraph(Text(facts.reason, BODY))
    elif facts.is_competent is None:
        document.gap(8)
        draw_lines(document, words.gettext("Note for the record"), _REASON_LINES)


def _draw_signatures(document: Document, facts: PracticalTestFacts) -> None:
    """Draw a line for each examiner, at least two, and one for the candidate."""
    words = document.words
    names = facts.examiners or ("",) * _EXAMINERS
    signatories = [Signatory(words.gettext("Examiner"), name) for name in names]
    holder = facts.holder.name if facts.holder else ""
    signatories.append(Signatory(words.gettext("Candidate"), holder))
    draw_signing(document, words.gettext("Signatures"), signatories)


def _chosen(*, is_first: bool | None) -> int | None:
    """Return the place of the box to tick among two; none while nothing is known."""
    return None if is_first is None else int(not is_first)
