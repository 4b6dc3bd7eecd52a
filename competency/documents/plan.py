"""The development plan: where somebody stands, what is missing, who does what by when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from competency.documents.blocks import (
    begin_about,
    draw_pairs,
    draw_signing,
    framework_pair,
    holder_pairs,
    scope_words,
)
from competency.documents.drawing import Document
from competency.documents.levels import level_figure
from competency.documents.schema import ActionRow, GapRow, LevelBar, PlanFacts
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import MUTED, SMALL, SMALL_STRONG, TINY, Text
from competency.wording import Words

_Item = TypeVar("_Item", LevelBar, GapRow)


def development_plan(facts: PlanFacts) -> bytes:
    """Return the plan as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return plan_document(facts).to_bytes()


def plan_document(facts: PlanFacts) -> Document:
    """Return the plan laid out."""
    words = Words(facts.language)
    document = begin_about(facts, words.gettext("Development plan"))
    draw_pairs(document, _particulars(facts, words), columns=3)
    _draw_gaps(document, facts)
    _draw_actions(document, facts)
    if facts.signatories:
        draw_signing(document, words.gettext("Agreed by"), facts.signatories)
    document.together(lambda target: _draw_levels(target, facts))
    return document


def _particulars(facts: PlanFacts, words: Words) -> list[tuple[str, str | Text]]:
    """Return the facts about person, framework and appraisal, as name and value."""
    scope = scope_words(facts.scope, words) if facts.scope else None
    title, version = facts.framework_title, facts.framework_version
    pairs: list[tuple[str, str | Text | None]] = [
        *holder_pairs(facts.holder, words),
        (words.gettext("Supervisor"), facts.supervisor),
        framework_pair(title, version, facts.framework_language, words),
        (words.gettext("Scope"), scope),
        (words.gettext("Appraised on"), words.date(facts.appraised_on)),
        (words.gettext("Outcome"), facts.outcome_label),
    ]
    return [(name, value) for name, value in pairs if value]


def _draw_levels(document: Document, facts: PlanFacts) -> None:
    """Draw the picture of levels now and required."""
    if not facts.bars:
        return
    words = document.words
    document.heading(words.gettext("Levels now and required"), 2)
    if any(bar.top > 1 for bar in facts.bars):
        document.paragraph(
            Text(
                words.gettext(
                    "Each step is a level. Filled: reached now. Triangle and thick outline: "
                    "required. Dashed: not judged."
                ),
                MUTED,
            )
        )
    if any(bar.top <= 1 for bar in facts.bars):
        document.paragraph(
            Text(words.gettext("Tick: met. Empty box: not yet met. Dashed box: not judged."), MUTED)
        )
    document.gap(4)
    steps = 0.26 if any(bar.top > 1 for bar in facts.bars) else 0.1
    columns = (
        Column(words.gettext("Criterion"), 0.7 - steps),
        Column(words.gettext("Levels"), steps),
        Column(words.gettext("Now"), 0.15),
        Column(words.gettext("Required"), 0.15),
    )
    language = facts.framework_language
    draw_table(
        document,
        columns,
        _grouped(facts.bars, language, lambda bar: _level_row(bar, words, language)),
    )


def _level_row(bar: LevelBar, words: Words, language: str) -> Row:
    """Return one criterion with its picture and the same in words."""
    now = _judged(bar.judged_label, words)
    required = bar.required_label or words.gettext("nothing more")
    alternative = words.gettext(
        "%(criterion)s: now %(now)s, required %(required)s",
        criterion=bar.title,
        now=now,
        required=required,
    )
    return Row(
        (
            (Text(bar.title, SMALL, language),),
            level_figure(bar, alternative),
            (Text(now, SMALL, language),),
            (Text(required, SMALL, language),),
        )
    )


def _draw_gaps(document: Document, facts: PlanFacts) -> None:
    """Draw each gap with the words of the level that is required."""
    words = document.words
    document.heading(words.gettext("Gaps to close"), 2)
    if not facts.gaps:
        document.paragraph(_no_gaps(facts, words))
        return
    asks = any(gap.next_text for gap in facts.gaps)
    columns = [
        Column(words.gettext("Criterion"), 0.32 if asks else 0.7),
        Column(words.gettext("Now"), 0.15),
        Column(words.gettext("Required"), 0.15),
    ]
    if asks:
        columns.append(Column(words.gettext("What the required level asks"), 0.38))
    language = facts.framework_language
    draw_table(
        document,
        columns,
        _grouped(facts.gaps, language, lambda gap: _gap_row(gap, words, language, asks=asks)),
    )


def _no_gaps(facts: PlanFacts, words: Words) -> str:
    """Return what no gaps means: what was not judged may still be one."""
    if any(bar.judged is None for bar in facts.bars):
        return words.gettext("There are no gaps in what was judged. Some criteria were not judged.")
    return words.gettext("There are no gaps: every required level is reached.")


def _gap_row(gap: GapRow, words: Words, language: str, *, asks: bool) -> Row:
    """Return one gap; its reason stands under the criterion.

    ``asks`` is whether any gap has words for the level that is required.
    """
    criterion = [Text(gap.criterion_title, SMALL, language)]
    if gap.reason:
        criterion.append(Text(words.gettext("Reason: %(reason)s", reason=gap.reason), TINY))
    cells = [
        criterion,
        [Text(_judged(gap.judged_label, words), SMALL, language)],
        [Text(gap.required_label, SMALL_STRONG, language)],
    ]
    if asks and gap.next_text:
        cells.append([Text(gap.next_text, SMALL, language)])
    elif asks:
        cells.append([Text(words.gettext("The framework has no text for this level."), TINY)])
    return Row(tuple(cells))


def _draw_actions(document: Document, facts: PlanFacts) -> None:
    """Draw what is done about the gaps."""
    words = document.words
    document.heading(words.gettext("Actions"), 2)
    if not facts.actions:
        document.paragraph(words.gettext("No actions are agreed yet."))
        return
    columns = (
        Column(words.gettext("Action"), 0.37),
        Column(words.gettext("Owner"), 0.15),
        Column(words.gettext("Due"), 0.13),
        Column(words.gettext("How it will show"), 0.21),
        Column(words.gettext("State"), 0.14),
    )
    language = facts.framework_language
    draw_table(document, columns, [_action_row(one, words, language) for one in facts.actions])


def _action_row(action: ActionRow, words: Words, language: str) -> Row:
    """Return one action; under it the criteria that it is for."""
    what = [Text(action.kind_label, TINY), Text(action.text, SMALL)]
    what += [Text(f"– {criterion}", TINY, language) for criterion in action.criteria]
    due = words.date(action.due_on, "medium") if action.due_on else words.gettext("No date")
    return Row(
        (
            what,
            (Text(action.owner, SMALL),),
            (Text(due, SMALL),),
            (Text(action.measure or "–", SMALL),),
            (Text(action.state_label, SMALL),),
        )
    )


def _grouped(items: Sequence[_Item], language: str, row: Callable[[_Item], Row]) -> list[Row]:
    """Return the rows of ``items`` under a row for each unit."""
    rows = []
    for unit, members in groupby(items, key=lambda item: item.unit_title):
        if unit:
            rows.append(Row(((Text(unit, SMALL_STRONG, language),),), is_group=True))
        rows += [row(one) for one in members]
    return rows


def _judged(label: str | None, words: Words) -> str:
    """Return the label of a judgement; nothing judged is said, not shown as zero."""
    return label or words.gettext("Not judged")
