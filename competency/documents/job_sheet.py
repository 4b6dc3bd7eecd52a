"""The job sheet of a position: why it exists, what it does, what it asks and may do."""

from __future__ import annotations

from collections.abc import Sequence

from competency.documents.blocks import Item, draw_letterhead, draw_list, draw_notice
from competency.documents.drawing import HAIR, LEFT, RIGHT, WIDTH, Document
from competency.documents.job_schema import JobFacts, JobGroup, JobItem, JobSection, Worded
from competency.documents.pages import Rule
from competency.documents.text import BODY, LEAD, MUTED, SMALL, TINY, Style, Text, lines_of
from competency.wording import Words

_REMARK_WHOLE = 120.0
_ITEM_WHOLE = 90.0
_INDENT = 70.0


def job_sheet(facts: JobFacts) -> bytes:
    """Return the sheet as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return job_document(facts).to_bytes()


def job_document(facts: JobFacts) -> Document:
    """Return the sheet laid out."""
    words = Words(facts.language)
    title = words.gettext("Job sheet")
    document = Document(
        title=f"{title} – {facts.title.text}",
        author=facts.issuer.employer,
        subject=facts.title.text,
        language=facts.language,
        made_on=facts.made_on,
        accent=facts.issuer.accent_colour,
        running=f"{title} · {facts.title.text}",
    )
    version = words.gettext("Version %(version)s", version=facts.version)
    draw_letterhead(document, facts.issuer, title, version)
    document.gap(20)
    document.heading(facts.title.text, 1, facts.title.language)
    if facts.also_called:
        names = "; ".join(name.text for name in facts.also_called)
        also = words.gettext("Also called: %(names)s", names=names)
        document.paragraph(Text(also, MUTED))
    if facts.purpose is not None:
        document.gap(6)
        document.paragraph(_said(facts.purpose.words, LEAD))
        for remark in facts.purpose.remarks:
            document.paragraph(Text(remark, TINY))
    for notice in facts.notices:
        document.gap(6)
        draw_notice(document, notice)
    if facts.about:
        document.heading(words.gettext("Place in the organisation"), 2)
    for section in facts.about:
        _draw_section(document, section, 3)
    for section in facts.sections:
        _draw_section(document, section, 2)
    _draw_readings(document, facts)
    _draw_source(document, facts)
    return document


def _said(words: Worded, style: Style) -> Text:
    """Return words in a style, with their language."""
    return Text(words.text, style, words.language)


def _draw_section(document: Document, section: JobSection, level: int) -> None:
    """Draw one part of the sheet under its title."""
    document.heading(section.title, level)
    if section.remark:
        _draw_remark(document, Text(section.remark, MUTED), section.groups[0].items)
    for group in section.groups:
        _draw_group(document, group, level + 1)


def _draw_group(document: Document, group: JobGroup, level: int) -> None:
    """Draw the items of one kind; one that stands alone needs no mark."""
    if group.title is not None:
        document.heading(group.title.text, level, group.title.language)
    if group.remark is not None:
        _draw_remark(document, _said(group.remark, MUTED), group.items)
    alone = group.title is None and len(group.items) == 1 and not group.items[0].number
    if not alone:
        draw_list(document, [_item(one) for one in group.items])
        return
    item = _item(group.items[0])
    for text in (item.text, *item.remarks):
        document.paragraph(text)


def _height(*texts: Text) -> float:
    """Return the points that texts take below one another."""
    return sum(line.style.leading for text in texts for line in lines_of(text, WIDTH - _INDENT))


def _draw_remark(document: Document, remark: Text, items: Sequence[JobItem]) -> None:
    """Draw what is said of the list that follows, on the page of its first item."""
    height = _height(remark)
    if height <= _REMARK_WHOLE:
        first = [text for one in items[:1] for text in (_item(one).text, *_item(one).remarks)]
        document.reserve(height + min(_height(*first), _ITEM_WHOLE) + 3)
    document.paragraph(remark)
    document.gap(3)


def _item(item: JobItem) -> Item:
    """Return an item of a list, marked with its number where the source prints one."""
    remarks = (Text(" · ".join(item.remarks), TINY),) if item.remarks else ()
    return Item(_said(item.words, BODY), item.number or "•", remarks)


def _draw_readings(document: Document, facts: JobFacts) -> None:
    """Draw what was read into the source: whoever relies on it must know."""
    if not facts.readings:
        return
    words = document.words
    document.heading(words.gettext("Read into the source"), 2)
    told = words.gettext("The source does not say this. It was inferred, for the reason given.")
    items = [JobItem(one.reading, remarks=(one.note.text,)) for one in facts.readings]
    _draw_remark(document, Text(told, MUTED), items)
    draw_list(
        document,
        [
            Item(_said(one.reading, SMALL), remarks=(_said(one.note, TINY),))
            for one in facts.readings
        ],
    )


def _draw_source(document: Document, facts: JobFacts) -> None:
    """Draw which file the sheet was made from."""
    words = document.words

    def block(target: Document) -> None:
        target.gap(14)
        target.draw(Rule(LEFT, target.top, RIGHT, target.top, HAIR))
        target.top += 6
        file = words.gettext(
            "%(title)s, version %(version)s", title=facts.file_title.text, version=facts.version
        )
        target.paragraph(Text(file, TINY, facts.file_title.language))
        if facts.source:
            source = words.gettext("Source: %(source)s", source=facts.source)
            target.paragraph(Text(source, TINY, facts.file_language))

    document.together(block)
