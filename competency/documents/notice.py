"""The notice to staff and their representatives: what is measured, for what, on which basis."""

from __future__ import annotations

from competency.documents.blocks import draw_letterhead, draw_notice, draw_pairs
from competency.documents.drawing import Document
from competency.documents.job_schema import Worded
from competency.documents.notice_schema import NoticeFacts, NoticeIndicator
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import LEAD, SMALL, SMALL_STRONG, TINY, Style, Text
from competency.wording import Words


def staff_notice(facts: NoticeFacts) -> bytes:
    """Return the notice as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return notice_document(facts).to_bytes()


def notice_document(facts: NoticeFacts) -> Document:
    """Return the notice laid out."""
    words = Words(facts.language)
    title = words.gettext("Notice to staff and their representatives")
    document = Document(
        title=f"{title} – {facts.source}",
        author=facts.issuer.employer,
        subject=facts.source,
        language=facts.language,
        made_on=facts.made_on,
        accent=facts.issuer.accent_colour,
        running=f"{title} · {facts.source}",
    )
    made = words.gettext("Made on %(date)s", date=words.date(facts.made_on))
    draw_letterhead(document, facts.issuer, facts.source, made)
    document.gap(20)
    document.heading(title, 1)
    lead = words.gettext(
        "%(employer)s uses figures from this source about individual people: %(source)s.",
        employer=facts.issuer.employer,
        source=facts.source,
    )
    document.paragraph(Text(lead, LEAD))
    document.gap(6)
    _draw_standing(document, facts, words)
    _draw_recorded(document, facts, words)
    _draw_indicators(document, facts, words)
    _draw_use(document, facts, words)
    return document


def _draw_standing(document: Document, facts: NoticeFacts, words: Words) -> None:
    """Draw which version this is, or that it is a draft."""
    basis = facts.basis
    if basis is None:
        draft = words.gettext(
            "Draft: no legal basis is recorded yet, so no figure is used about anybody."
        )
        draw_notice(document, draft)
        return
    draw_pairs(
        document,
        [
            (words.gettext("Version of the notice"), basis.version),
            (words.gettext("People were told on"), words.date(basis.told_on)),
            (words.gettext("Used about people from"), words.date(basis.since)),
        ],
        columns=3,
    )


def _draw_recorded(document: Document, facts: NoticeFacts, words: Words) -> None:
    """Draw what the source records, in the words of who set it up."""
    document.heading(words.gettext("What the source records"), 2)
    document.paragraph(facts.parameters or words.gettext("Not said yet."))


def _draw_indicators(document: Document, facts: NoticeFacts, words: Words) -> None:
    """Draw the indicators with what is counted and divided, and how each misleads."""
    document.heading(words.gettext("What is measured"), 2)
    if not facts.indicators:
        document.paragraph(words.gettext("Not said yet."))
        return
    columns = (
        Column(words.gettext("Indicator"), 0.4),
        Column(words.gettext("Numerator"), 0.3),
        Column(words.gettext("Denominator"), 0.3),
    )
    draw_table(document, columns, [_row(one) for one in facts.indicators])


def _row(one: NoticeIndicator) -> Row:
    """Return one indicator as a row."""
    about = [_said(one.title, SMALL_STRONG), *(_said(each, TINY) for each in one.pitfalls)]
    divisor = [_said(one.denominator, SMALL)] if one.denominator else [Text("–", SMALL)]
    return Row((about, [_said(one.numerator, SMALL)], divisor))


def _said(words: Worded, style: Style) -> Text:
    """Return words in a style, with their language."""
    return Text(words.text, style, words.language)


def _draw_use(document: Document, facts: NoticeFacts, words: Words) -> None:
    """Draw for what figures are used, on which basis, how long they stay, and whom to ask."""
    basis, unsaid = facts.basis, words.gettext("Not said yet.")
    never = words.gettext(
        "No figure gives anybody a level. It proposes; a named person judges and says why, another "
        "one reviews where the cycle says so, and the employee can contest the result."
    )
    condition = words.gettext(
        "Where a framework makes an indicator a condition, a level is held back while its figures "
        "do not meet the threshold, also where too few were measured. The result says so."
    )
    same = words.gettext(
        "Everybody reads the figures about themselves, the same that their supervisor reads, and "
        "can ask for an explanation, a correction, or that a figure be looked at by a person."
    )
    ask = words.gettext(
        "Human resources of %(employer)s answer questions about this notice, also those of the "
        "representatives of the staff.",
        employer=facts.issuer.employer,
    )
    kept = unsaid
    if basis is not None:
        kept = words.ngettext("%(num)s month", "%(num)s months", basis.months, num=basis.months)
    frozen = words.gettext(
        "What an appraisal has kept of them stays with its numbers for as long as the appraisal."
    )
    on_basis = [basis.legal_basis if basis else unsaid]
    if basis and basis.agreement:
        agreed = words.gettext("Agreement or authorisation: %(words)s", words=basis.agreement)
        on_basis.append(agreed)
    purposes = basis.purposes if basis else unsaid
    for title, paragraphs in (
        (words.gettext("For which decisions"), [purposes, never, condition]),
        (words.gettext("On which basis"), on_basis),
        (words.gettext("How long the figures are kept"), [kept, frozen]),
        (words.gettext("What you can ask for"), [same]),
        (words.gettext("Whom to ask"), [ask]),
    ):
        document.heading(title, 2)
        for paragraph in paragraphs:
            document.paragraph(paragraph)
            document.gap(3)
