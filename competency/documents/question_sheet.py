"""A knowledge test on paper: the candidate's sheet to write on, and the examiner's key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from string import ascii_lowercase

from competency.documents.blocks import draw_letterhead, draw_notice, draw_signing
from competency.documents.drawing import LEFT, WIDTH, Document
from competency.documents.question_schema import (
    AskedQuestion,
    KeyQuestion,
    PaperHead,
    QuestionKeyFacts,
    QuestionSheetFacts,
)
from competency.documents.schema import Signatory
from competency.documents.text import BODY, MUTED, SMALL, STRONG, TINY, Line, Text, lines_of
from competency.documents.writing import LINE, draw_box, draw_fields, draw_lines
from competency.wording import Words

_INDENT = 20.0
_LETTER = 38.0
_FEWEST_LINES = 3
_MOST_LINES = 9
_BEGINNING = 60.0
_WHOLE = 320.0
"""The highest question that is kept on one page."""


def question_sheet(facts: QuestionSheetFacts) -> bytes:
    """Return the candidate's sheet as a PDF; the same facts give the same bytes.

    Raises ``MissingGlyph`` or ``HiddenCharacter`` for text that can't be drawn as it
    is, and ``Invalid`` for a logo or a colour that can't be used.
    """
    return sheet_document(facts).to_bytes()


def question_key(facts: QuestionKeyFacts) -> bytes:
    """Return the examiner's key as a PDF; as ``question_sheet`` does."""
    return key_document(facts).to_bytes()


def sheet_document(facts: QuestionSheetFacts) -> Document:
    """Return the candidate's sheet laid out."""
    document = _begun(facts.head, is_key=False)
    words = document.words
    draw_notice(
        document,
        words.gettext(
            "Tick every answer that is right; there may be more than one. Where there are lines, "
            "answer in your own words."
        ),
    )
    for item in facts.items:
        document.heading(item.text, 2, facts.head.framework_language)
        for question in item.questions:
            _draw_asked(document, question)
    names = facts.head.examiners or ("",)
    signatories = [Signatory(words.gettext("Candidate"), facts.head.holder.name)]
    signatories += [Signatory(words.gettext("Examiner"), name) for name in names]
    draw_signing(document, words.gettext("Signatures"), signatories)
    return document


def key_document(facts: QuestionKeyFacts) -> Document:
    """Return the examiner's key laid out."""
    document = _begun(facts.head, is_key=True)
    words = document.words
    draw_notice(
        document,
        words.gettext(
            "For examiners only. Don't leave this paper where a candidate can see it: the "
            "questions may be asked again."
        ),
    )
    document.gap(6)
    document.paragraph(
        words.gettext(
            "A choice gives its points where exactly the right options are ticked, and else none. "
            "An item is met from %(share)s of its points up.",
            share=facts.pass_share,
        )
    )
    for item in facts.items:
        document.heading(item.text, 2, facts.head.framework_language)
        enough = words.gettext(
            "Met from %(enough)s of %(points)s points up",
            enough=item.enough,
            points=item.points,
        )
        document.paragraph(Text(enough, MUTED))
        for question in item.questions:
            _draw_key(document, question)
    document.gap(14)
    bank = words.gettext("Content hash of the question bank: %(hash)s", hash=facts.bank_hash)
    document.paragraph(Text(bank, TINY))
    return document


def _begun(head: PaperHead, *, is_key: bool) -> Document:
    """Return a paper as it begins: whose test it is, when and where."""
    document = _empty(head, is_key=is_key)
    words = document.words
    kind = words.gettext("Key") if is_key else words.gettext("Questions")
    draw_letterhead(document, head.issuer, words.gettext("Knowledge test"), kind)
    document.gap(20)
    document.heading(_title(words, is_key=is_key), 1)
    framework = words.gettext(
        "%(title)s, version %(version)s",
        title=head.framework_title,
        version=head.framework_version,
    )
    document.paragraph(Text(framework, MUTED, head.framework_language))
    questions = words.gettext(
        "%(title)s, version %(version)s",
        title=head.questions_title,
        version=head.questions_version,
    )
    document.paragraph(Text(questions, MUTED))
    document.gap(10)
    fields: list[tuple[str, str | None]] = [
        (words.gettext("Candidate"), head.holder.name),
        (words.gettext("Employee number"), head.holder.employee_number),
        (words.gettext("Date"), words.date(head.happened_on)),
        (words.gettext("Place"), head.place),
        (words.gettext("Attempt no."), str(head.attempt)),
        (words.gettext("Examiners"), ", ".join(head.examiners) or None),
    ]
    draw_fields(document, fields, columns=2)
    document.gap(4)
    return document


def _empty(head: PaperHead, *, is_key: bool) -> Document:
    """Return a document that says what it is, with nothing drawn."""
    title = _title(Words(head.language), is_key=is_key)
    return Document(
        title=f"{title} – {head.holder.name}",
        author=head.issuer.employer,
        subject=head.framework_title,
        language=head.language,
        made_on=head.made_on,
        accent=head.issuer.accent_colour,
        running=f"{title} · {head.holder.name} · {head.framework_title}",
    )


def _title(words: Words, *, is_key: bool) -> str:
    """Return what a paper is called."""
    if is_key:
        return words.gettext("Key to the knowledge test")
    return words.gettext("Knowledge test")


def _draw_question(document: Document, number: int, text: str, points: int, below: float) -> None:
    """Draw what is asked, after its number, and what it gives; ``below`` points fit below it."""
    document.gap(8)
    lines = lines_of(Text(text, STRONG), WIDTH - _INDENT)
    document.reserve(min(len(lines) * STRONG.leading + TINY.leading + 3 + below, _WHOLE))
    marked = Line(f"{number}.", STRONG)
    document.line(marked, LEFT, document.top, _INDENT, document.node("P", marked.text))
    document.paragraph(Text(text, STRONG), left=LEFT + _INDENT, width=WIDTH - _INDENT)
    words = document.words
    gives = words.ngettext("%(num)s point", "%(num)s points", points)
    document.paragraph(Text(gives, TINY), left=LEFT + _INDENT, width=WIDTH - _INDENT)
    document.gap(3)


def _draw_asked(document: Document, question: AskedQuestion) -> None:
    """Draw one question as the candidate answers it."""
    options = [Text(text, BODY) for text in question.options]
    number = min(max(_FEWEST_LINES, 2 * question.points + 1), _MOST_LINES)
    below = _options_height(options) or number * LINE + TINY.leading
    _draw_question(document, question.number, question.text, question.points, below)
    if options:
        _draw_options(document, options, frozenset())
    else:
        draw_lines(document, document.words.gettext("Answer"), number)


def _draw_key(document: Document, question: KeyQuestion) -> None:
    """Draw one question with what a right answer is."""
    words = document.words
    right = frozenset(n for n, option in enumerate(question.options) if option.is_right)
    options = [
        Text(words.gettext("%(option)s (right)", option=option.text), STRONG)
        if option.is_right
        else Text(option.text, BODY)
        for option in question.options
    ]
    below = _options_height(options) or _BEGINNING
    _draw_question(document, question.number, question.text, question.points, below)
    _draw_options(document, options, right)
    if question.model_answer:
        said = words.gettext("Model answer: %(text)s", text=question.model_answer)
        document.paragraph(Text(said, BODY), left=LEFT + _INDENT, width=WIDTH - _INDENT)
    if question.look_for:
        said = words.gettext("To look for: %(points)s", points="; ".join(question.look_for))
        document.paragraph(Text(said, SMALL), left=LEFT + _INDENT, width=WIDTH - _INDENT)


def _option_height(option: Text) -> float:
    """Return how many points of height an option takes, with the space below it."""
    return len(lines_of(option, WIDTH - _LETTER)) * option.style.leading + 4


def _options_height(options: Sequence[Text]) -> float:
    """Return how many points of height options take."""
    return sum(_option_height(option) for option in options)


def _draw_options(document: Document, options: Sequence[Text], right: Collection[int]) -> None:
    """Draw a box and a letter before each option; the box of what is right has a tick."""
    whole: int | None = None
    for place, (letter, option) in enumerate(zip(ascii_lowercase, options, strict=False)):
        document.reserve(_option_height(option))
        whole = document.node("L") if whole is None else whole
        item = document.node("LI", parent=whole)
        draw_box(document, LEFT + 2, document.top + 1, is_ticked=place in right)
        label = Line(f"{letter})", option.style)
        mark = document.node("Lbl", label.text, item)
        document.line(label, LEFT + _INDENT, document.top, _LETTER - _INDENT, mark)
        body = document.node("LBody", parent=item)
        document.paragraph(option, left=LEFT + _LETTER, width=WIDTH - _LETTER, parent=body)
        document.gap(4)
