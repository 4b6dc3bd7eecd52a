"""The appraisal report: what was decided on every criterion, by whom, on what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from competency.documents.blocks import (
    Item,
    begin_about,
    draw_list,
    draw_notice,
    draw_pairs,
    draw_signing,
    framework_pair,
    holder_pairs,
    scope_words,
)
from competency.documents.drawing import Document
from competency.documents.fonts import SEMIBOLD
from competency.documents.report_findings import draw_findings, finding_line
from competency.documents.report_schema import (
    EvidenceLine,
    Given,
    ReportCriterion,
    ReportFacts,
    ReportUnit,
)
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import SMALL, SMALL_STRONG, TINY, Style, Text
from competency.errors import Invalid
from competency.wording import Words

HASH_SHOWN = 12
"""Hex digits of a content hash that are printed: enough to tell one from another."""
CRITERIA_MAXIMUM = 1000
"""Criteria of one report: up to 140 pages, laid out in some 0.6 seconds on one core."""
_RESULT = Style(15, 20, SEMIBOLD)
_ANSWER = 0.18


def appraisal_report(facts: ReportFacts) -> bytes:
    """Return the report as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used and for more than
    ``CRITERIA_MAXIMUM`` criteria.
    """
    return report_document(facts).to_bytes()


def report_document(facts: ReportFacts) -> Document:
    """Return the report laid out."""
    count = sum(len(unit.criteria) for unit in facts.units)
    if count > CRITERIA_MAXIMUM:
        raise Invalid(
            "A report of %(count)s criteria is too long to print: at most %(maximum)s fit one.",
            count=count,
            maximum=CRITERIA_MAXIMUM,
        )
    words = Words(facts.language)
    document = begin_about(facts, words.gettext("Appraisal report"))
    draw_pairs(document, _particulars(facts, words), columns=3)
    _draw_result(document, facts)
    _draw_criteria(document, facts)
    draw_findings(document, facts)
    _draw_left_out(document, facts)
    _draw_answers(document, facts)
    seen = words.gettext("Signing says that the report was seen, not that one agrees.")
    draw_signing(document, words.gettext("Signatures"), facts.signatories, seen)
    return document


def _particulars(facts: ReportFacts, words: Words) -> list[tuple[str, str | Text]]:
    """Return who was appraised, against what, by whom and when, as name and value."""
    pairs = holder_pairs(facts.holder, words)
    title, version = facts.framework_title, facts.framework_version
    pairs.append(framework_pair(title, version, facts.framework_language, words))
    if facts.scope is not None:
        pairs.append((words.gettext("Scope"), scope_words(facts.scope, words)))
    pairs.append((words.gettext("Cycle"), facts.cycle_title))
    pairs.append((words.gettext("Assessor"), facts.assessor))
    if facts.reviewer:
        pairs.append((words.gettext("Reviewer"), facts.reviewer))
    return pairs + [(name, words.date(day)) for name, day in facts.days]


def _draw_result(document: Document, facts: ReportFacts) -> None:
    """Draw the outcome of the whole, and the rule that formed it in words."""
    words = document.words
    document.heading(words.gettext("Result"), 2)
    if facts.result_label:
        document.paragraph(Text(facts.result_label, _RESULT, facts.framework_language))
    else:
        document.paragraph(Text(words.gettext("Not decided"), _RESULT))
    for line in facts.why:
        document.paragraph(Text(line, SMALL))
    for notice in facts.notices:
        document.gap(6)
        draw_notice(document, notice)


def _draw_criteria(document: Document, facts: ReportFacts) -> None:
    """Draw each unit with its criteria, and what decided them."""
    words = document.words
    answers = [one.own for unit in facts.units for one in unit.criteria]
    with_own = any(answers)
    shares = 2 if with_own else 1
    columns = [
        Column(words.gettext("Unit and criteria"), 1 - shares * _ANSWER),
        Column(words.gettext("Result"), _ANSWER),
    ]
    if with_own:
        columns.append(Column(words.gettext("Self-assessment"), _ANSWER))
    rows = []
    for unit in facts.units:
        rows.append(_unit_row(unit, words, facts.framework_language, with_own=with_own))
        rows += [
            _criterion_row(one, words, facts.framework_language, with_own=with_own)
            for one in unit.criteria
        ]
    document.heading(words.gettext("What was decided, and why"), 2)
    draw_table(document, columns, rows)


def _unit_row(unit: ReportUnit, words: Words, language: str, *, with_own: bool) -> Row:
    """Return the row of a unit: its result, and why it is that."""
    title = [Text(unit.title, SMALL_STRONG, language), *(Text(line, TINY) for line in unit.why)]
    label = Text(words.gettext("Not decided"), SMALL_STRONG)
    if unit.result_label:
        label = Text(unit.result_label, SMALL_STRONG, language)
    cells: tuple[Sequence[Text], ...] = (title, (label,))
    return Row((*cells, ()) if with_own else cells, is_group=True)


def _criterion_row(
    criterion: ReportCriterion, words: Words, language: str, *, with_own: bool
) -> Row:
    """Return the row of a criterion; what it rests on stands under its title."""
    said = [Text(criterion.title, SMALL, language), *(Text(line, TINY) for line in criterion.why)]
    said += _reasons(criterion, words)
    said += [Text(_evidence(one, words), TINY) for one in criterion.evidence]
    said += [Text(finding_line(one, words), TINY) for one in criterion.findings]
    if criterion.falls_short:
        asked = "; ".join(criterion.falls_short)
        said.append(Text(words.gettext("Evidence falls short: %(asked)s", asked=asked), TINY))
    cells = [said, [_label(criterion.decided, words, language, SMALL_STRONG)]]
    if with_own:
        own = criterion.own
        cells.append([Text("–", SMALL) if own is None else _label(own, words, language, SMALL)])
    return Row(tuple(cells))


def _label(given: Given | None, words: Words, language: str, style: Style) -> Text:
    """Return the level of an answer; nothing judged is said, not shown as zero."""
    if given is None or not given.label:
        return Text(words.gettext("Not judged"), style)
    return Text(given.label, style, language)


def _reasons(criterion: ReportCriterion, words: Words) -> Iterator[Text]:
    """Yield why it was decided so, what review changed, and what the employee wrote."""
    decided, before, own = criterion.decided, criterion.before_review, criterion.own
    if before is None:
        if decided and decided.note:
            yield Text(words.gettext("Reason: %(reason)s", reason=decided.note), SMALL)
    else:
        yield Text(_reviewed(decided, before, words), SMALL_STRONG)
        if decided and decided.note:
            reason = decided.note
            yield Text(words.gettext("Reason of the reviewer: %(reason)s", reason=reason), SMALL)
        if before.note:
            reason = before.note
            yield Text(words.gettext("Reason of the assessor: %(reason)s", reason=reason), SMALL)
    if own and own.note:
        yield Text(words.gettext("Self-assessment: %(note)s", note=own.note), SMALL)


def _reviewed(decided: Given | None, before: Given, words: Words) -> str:
    """Return what review did to a level."""
    if decided and decided.label == before.label:
        return words.gettext("Confirmed in review.")
    level = before.label or words.gettext("Not judged")
    return words.gettext("Changed in review. Before: %(level)s", level=level)


def _evidence(line: EvidenceLine, words: Words) -> str:
    """Return one piece of evidence on one line: what, when, from whom, and its hash."""
    parts = [line.kind_label]
    if line.title and line.title != line.kind_label:
        parts.append(f"“{line.title}”")
    parts.append(words.date(line.happened_on, "medium"))
    if line.source:
        parts.append(words.gettext("recorded by %(name)s", name=line.source))
    parts.append(words.gettext("hash %(hash)s", hash=line.content_hash[:HASH_SHOWN]))
    return words.gettext("Evidence: %(parts)s", parts=", ".join(parts))


def _draw_left_out(document: Document, facts: ReportFacts) -> None:
    """Draw what the scope leaves out of the framework."""
    if facts.left_out:
        document.heading(document.words.gettext("Left out by the scope"), 2)
        language = facts.framework_language
        draw_list(document, [Item(Text(one, SMALL, language)) for one in facts.left_out])


def _draw_answers(document: Document, facts: ReportFacts) -> None:
    """Draw what the employee answered, and what came of it."""
    if not facts.answers:
        return
    words = document.words
    document.heading(words.gettext("After delivery"), 2)
    for answer in facts.answers:
        parts = (answer.label, answer.who, words.date(answer.taken_on))
        document.paragraph(Text(", ".join(part for part in parts if part), SMALL_STRONG))
        if answer.comment:
            document.paragraph(Text(answer.comment, SMALL))
        document.gap(4)
