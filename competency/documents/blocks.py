"""Blocks that documents share: letterhead, lists, pairs, notices, signatures, QR."""

from __future__ import annotations

from collections.abc import Sequence

from competency.documents.drawing import HAIR, LEFT, RIGHT, WIDTH, Document
from competency.documents.fonts import SEMIBOLD, prepared
from competency.documents.pages import Box, Picture, Rule
from competency.documents.pictures import QrCode, logo
from competency.documents.schema import Issuer, Narrowing, Signatory
from competency.documents.text import BODY, LEAD, MUTED, SMALL, STRONG, TINY, Style, Text, lines_of
from competency.wording import Words

_LOGO_WIDTH = 120.0
_LOGO_HEIGHT = 44.0
_EMPLOYER = Style(12, 15, SEMIBOLD)
_RIGHT_MUTED = Style(9, 12.5, colour=MUTED.colour, align="right")
_RIGHT_STRONG = Style(10, 13.5, SEMIBOLD, align="right")


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


def draw_list(document: Document, items: Sequence[str]) -> None:
    """Draw ``items`` with a bullet each."""
    if not items:
        return
    document.reserve(BODY.leading)
    (bullet,) = lines_of(Text("•", BODY), 10)
    whole = document.node("L")
    for item in items:
        document.reserve(BODY.leading)
        own = document.node("LI", parent=whole)
        label = document.node("Lbl", bullet.text, own)
        marked = False

        def mark(top: float, _bottom: float) -> None:
            nonlocal marked
            if not marked:
                document.line(bullet, LEFT + 2, top, 10, label)  # noqa: B023 - called in this turn
            marked = True

        document.paragraph(
            Text(item, BODY),
            role="LBody",
            left=LEFT + 14,
            width=WIDTH - 14,
            beside=mark,
            parent=own,
        )


def draw_pairs(document: Document, pairs: Sequence[tuple[str, str]], columns: int = 2) -> None:
    """Draw names and values side by side, ``columns`` pairs in a row."""
    width = (WIDTH - 20 * (columns - 1)) / columns
    for start in range(0, len(pairs), columns):
        row = pairs[start : start + columns]

        def block(target: Document, row: Sequence[tuple[str, str]] = row) -> None:
            ends = [
                draw_texts(
                    target,
                    (Text(name, TINY), Text(value, BODY)),
                    LEFT + number * (width + 20),
                    target.top,
                    width,
                )
                for number, (name, value) in enumerate(row)
            ]
            target.top = max(ends) + 5

        document.together(block)


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
    width = (WIDTH - 2 * 22) / 3
    for start in range(0, len(signatories), 3):
        row = signatories[start : start + 3]

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
