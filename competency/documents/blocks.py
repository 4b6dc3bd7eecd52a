"""Blocks that documents share: letterhead, lists, pairs, notices, signatures, QR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from competency.documents.drawing import HAIR, LEFT, RIGHT, WIDTH, Document
from competency.documents.fonts import SEMIBOLD, prepared
from competency.documents.pages import Box, Picture, Rule
from competency.documents.pictures import QrCode, logo
from competency.documents.report_schema import ReportFacts
from competency.documents.schema import Holder, Issuer, Narrowing, PlanFacts, Signatory
from competency.documents.text import (
    BODY,
    LEAD,
    MUTED,
    SMALL,
    STRONG,
    TINY,
    Line,
    Style,
    Text,
    lines_of,
    shortened,
)
from competency.wording import Words

_LOGO_WIDTH = 120.0
_LOGO_HEIGHT = 44.0
_EMPLOYER = Style(12, 15, SEMIBOLD)
_RIGHT_MUTED = Style(9, 12.5, colour=MUTED.colour, align="right")
_RIGHT_STRONG = Style(10, 13.5, SEMIBOLD, align="right")
_IN_A_ROW = 3
_MARK_LEAST = 14.0
_MARK_WIDEST = 60.0
_ITEM_WHOLE = 90.0


def begin_about(facts: PlanFacts | ReportFacts, title: str) -> Document:
    """Return a document about a person as it begins: its letterhead and its heading."""
    words = Words(facts.language)
    document = Document(
        title=f"{title} – {facts.holder.name}",
        author=facts.issuer.employer,
        subject=facts.framework_title,
        language=facts.language,
        made_on=facts.made_on,
        accent=facts.issuer.accent_colour,
        running=f"{title} · {facts.holder.name} · {facts.reference}",
    )
    made = words.gettext("Made on %(date)s", date=words.date(facts.made_on))
    draw_letterhead(document, facts.issuer, facts.holder.name, made)
    document.gap(20)
    document.heading(title, 1)
    return document


def draw_texts(
    document: Document,
    texts: Sequence[Text],
    left: float,
    top: float,
    width: float,
    role: str = "P",
    parent: int | None = None,
) -> float:
    """Draw ``texts`` below one another at a place and return where they end."""
    for text in texts:
        lines = lines_of(text, width)
        if not lines:
            continue
        node = document.node(role, prepared(text.words), parent, text.language)
        for line in lines:
            document.line(line, left, top, width, node)
            top += line.style.leading
    return top


def draw_letterhead(document: Document, issuer: Issuer, reference: str, *dates: str) -> None:
    """Draw who speaks (logo, employer, tax number), which document this is, and its dates."""
    top = document.top
    left = LEFT
    end = top
    if issuer.logo:
        image = logo(issuer.logo)
        scale = min(_LOGO_WIDTH / image.width, _LOGO_HEIGHT / image.height)
        width, height = image.width * scale, image.height * scale
        with document.figure(issuer.employer, left, top, width, height):
            document.draw(Picture(left, top, width, height, image))
        left += width + 14
        end = top + height
    side = 150.0
    words = document.words
    texts = [Text(issuer.employer, _EMPLOYER)]
    if issuer.organisation != issuer.employer:
        texts.append(Text(issuer.organisation, MUTED))
    if issuer.tax_number:
        texts.append(Text(words.gettext("Tax number: %(number)s", number=issuer.tax_number), MUTED))
    texts.append(Text(issuer.country, MUTED))
    end = max(end, draw_texts(document, texts, left, top, RIGHT - side - 16 - left))
    shown = [Text(reference, _RIGHT_STRONG), *(Text(one, _RIGHT_MUTED) for one in dates)]
    end = max(end, draw_texts(document, shown, RIGHT - side, top, side))
    document.draw(Rule(LEFT, end + 9, RIGHT, end + 9, document.accent, 1.6))
    document.top = end + 10


def scope_words(scope: Narrowing, words: Words) -> str:
    """Return to which scope of the framework a document is narrowed."""
    return words.gettext(
        "%(title)s, %(kept)s of %(total)s criteria",
        title=scope.title,
        kept=scope.kept,
        total=scope.total,
    )


@dataclass(frozen=True)
class Item:
    """One item of a list: what marks it, and remarks that stand below it."""

    text: Text
    mark: str = "•"
    remarks: tuple[Text, ...] = ()


def draw_list(document: Document, items: Sequence[Item]) -> None:
    """Draw ``items``, each beside its mark; a short one stays on one page with its remarks."""
    marks = [_mark(item) for item in items]
    wide = [mark.style.font.width(mark.text, mark.style.size) + 7 for mark in marks]
    indent = max([_MARK_LEAST, *wide])
    width = WIDTH - indent
    whole: int | None = None
    for item, mark in zip(items, marks, strict=True):
        texts = (item.text, *item.remarks)
        height = sum(line.style.leading for text in texts for line in lines_of(text, width))
        document.reserve(height if height <= _ITEM_WHOLE else 2 * mark.style.leading)
        whole = document.node("L") if whole is None else whole
        own = document.node("LI", parent=whole)
        label = document.node("Lbl", mark.text, own)
        document.line(mark, LEFT + 2, document.top, indent, label)
        body = document.node("LBody", parent=own)
        for text in texts:
            document.paragraph(text, left=LEFT + indent, width=width, parent=body)
        document.gap(2)


def _mark(item: Item) -> Line:
    """Return the mark of an item on one line, in the style of its text."""
    style = item.text.style
    return Line(shortened(prepared(item.mark), style.font, style.size, _MARK_WIDEST), style)


def draw_pairs(
    document: Document, pairs: Sequence[tuple[str, str | Text]], columns: int = 2
) -> None:
    """Draw names and values side by side, ``columns`` pairs in a row."""
    width = (WIDTH - 20 * (columns - 1)) / columns
    for start in range(0, len(pairs), columns):
        row = pairs[start : start + columns]

        def block(target: Document, row: Sequence[tuple[str, str | Text]] = row) -> None:
            ends = [
                draw_texts(
                    target,
                    (Text(name, TINY), Text(value, BODY) if isinstance(value, str) else value),
                    LEFT + number * (width + 20),
                    target.top,
                    width,
                )
                for number, (name, value) in enumerate(row)
            ]
            target.top = max(ends) + 5

        document.together(block)


def holder_pairs(holder: Holder, words: Words) -> list[tuple[str, str | Text]]:
    """Return what is known of a person, as names and values."""
    national = " ".join(one for one in (holder.national_id_scheme, holder.national_id) if one)
    pairs = [
        (words.gettext("Name"), holder.name),
        (words.gettext("Employee number"), holder.employee_number),
        (words.gettext("National identifier"), national if holder.national_id else None),
        (words.gettext("Position"), holder.position),
        (words.gettext("Site"), holder.site),
    ]
    return [(name, value) for name, value in pairs if value]


def framework_pair(
    title: str, version: str, language: str, words: Words, style: Style = BODY
) -> tuple[str, Text]:
    """Return a framework with its version, as name and value."""
    shown = words.gettext("%(title)s, version %(version)s", title=title, version=version)
    return words.gettext("Framework"), Text(shown, style, language)


def draw_notice(document: Document, words: str) -> None:
    """Draw a statement that must not be overlooked, with a bar beside it."""

    def bar(top: float, bottom: float) -> None:
        document.draw(Box(LEFT, top, 2.5, bottom - top, fill=document.accent))

    document.paragraph(Text(words, SMALL), left=LEFT + 11, width=WIDTH - 11, beside=bar)


def draw_signatures(
    document: Document, signatories: Sequence[Signatory], under: str, above: float = 34
) -> None:
    """Draw a line for each signatory, three in a row, ``above`` points of room to sign.

    ``under`` says what goes on the line.
    """
    width = (WIDTH - 2 * 22) / _IN_A_ROW
    for start in range(0, len(signatories), _IN_A_ROW):
        row = signatories[start : start + _IN_A_ROW]

        def block(target: Document, row: Sequence[Signatory] = row) -> None:
            target.top += above
            ends = []
            for number, signatory in enumerate(row):
                left = LEFT + number * (width + 22)
                target.draw(Rule(left, target.top, left + width, target.top, "#444444", 0.7))
                texts = [Text(under, TINY), Text(signatory.name, STRONG)]
                texts += [Text(signatory.role, SMALL)]
                texts += [Text(signatory.job, MUTED)] if signatory.job else []
                ends.append(draw_texts(target, texts, left, target.top + 2, width))
            target.top = max(ends) + 6

        document.together(block)


def draw_signing(
    document: Document, title: str, signatories: Sequence[Signatory], sentence: str = ""
) -> None:
    """Draw where to sign under a heading; ``sentence`` says what signing means."""
    under = document.words.gettext("Signature and date")

    def begin(target: Document) -> None:
        target.heading(title, 2)
        target.paragraph(Text(sentence, MUTED))
        draw_signatures(target, signatories[:_IN_A_ROW], under)

    document.together(begin)
    draw_signatures(document, signatories[_IN_A_ROW:], under)


def draw_verification(
    document: Document, code: QrCode, number: str, check_code: str, content_hash: str
) -> None:
    """Draw the QR code and what somebody types who can't scan it."""
    words = document.words
    address = code.address
    side = 96.0
    document.draw(Rule(LEFT, document.top, RIGHT, document.top, HAIR))
    top = document.top + 8
    alternative = words.gettext("QR code of the address %(address)s", address=address)
    with document.figure(alternative, LEFT - 8, top - 4, side, side):
        document.draw(code.placed(LEFT - 8, top - 4, side))
    left = LEFT + side + 4
    width = RIGHT - left
    end = draw_texts(
        document,
        [Text(words.gettext("Check that this document is genuine"), STRONG)],
        left,
        top,
        width,
    )
    start = end
    paragraph = document.node("P")
    end = draw_texts(
        document, [Text(address, SMALL)], left, end + 1, width, role="Link", parent=paragraph
    )
    document.link(left, start, width, end - start, address)
    half = width / 2 - 6
    ends = [
        draw_texts(document, (Text(name, TINY), Text(value, LEAD)), place, end + 5, half)
        for name, value, place in (
            (words.gettext("Number"), number, left),
            (words.gettext("Check code"), check_code, left + half + 12),
        )
    ]
    texts = (Text(words.gettext("Framework content (SHA-256): %(hash)s", hash=content_hash), TINY),)
    end = draw_texts(document, texts, left, max(ends) + 4, width)
    document.top = max(end, top + side - 8)
