"""The papers of a knowledge test: everything they were given, inside the margins, in one piece."""

from __future__ import annotations

from datetime import date

import pytest

from competency.documents.finishing import embedded_facts, finished
from competency.documents.question_schema import (
    AskedItem,
    AskedQuestion,
    KeyItem,
    KeyOption,
    KeyQuestion,
    PaperHead,
    QuestionKeyFacts,
    QuestionSheetFacts,
)
from competency.documents.question_sheet import (
    key_document,
    question_key,
    question_sheet,
    sheet_document,
)
from tests.unit.documents_facts import SENTENCE, holder, issuer
from tests.unit.test_documents_layout import stays_inside
from tests.unit.test_papers_layout import lonely_headings

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def head(language: str = "it") -> PaperHead:
    return PaperHead(
        language=language,
        issuer=issuer(),
        made_on=date(2026, 3, 2),
        framework_title="Profilo di prova",
        framework_version="1.0.0",
        framework_language="it",
        questions_title="Domande di prova",
        questions_version="2.0.0",
        holder=holder(),
        happened_on=date(2026, 3, 3),
        place=None,
        attempt=2,
        examiners=("Luz Muestra", "Beto Muestra"),
    )


def sheet_facts(count: int, language: str = "it") -> QuestionSheetFacts:
    questions = tuple(
        AskedQuestion(
            number,
            f"Q{number} {SENTENCE}?",
            number % 5 + 1,
            tuple(f"O{number}.{one} {SENTENCE}" for one in range(4)) if number % 3 else (),
        )
        for number in range(1, count + 1)
    )
    return QuestionSheetFacts(head(language), (AskedItem(SENTENCE, questions),))


def key_facts(count: int, language: str = "it") -> QuestionKeyFacts:
    questions = tuple(
        KeyQuestion(
            one.number,
            f"q{one.number}",
            one.text,
            one.points,
            tuple(KeyOption(text, place == 1) for place, text in enumerate(one.options)),
            None if one.options else f"M{one.number} {SENTENCE}",
            () if one.options else (f"L{one.number}",),
        )
        for one in sheet_facts(count).items[0].questions
    )
    return QuestionKeyFacts(head(language), (KeyItem(SENTENCE, questions, 9, 6),), HASH, "60 %")


@pytest.mark.parametrize("count", [1, 7, 40])
@pytest.mark.parametrize("language", ["en", "es", "it", "ru"])
def test_papers_stay_inside_and_part_no_question_from_its_answer(count: int, language: str) -> None:
    documents = (sheet_document(sheet_facts(count, language)), key_document(key_facts(count)))
    for document in documents:
        document.reserve(0)
        assert stays_inside(document)
        assert lonely_headings(document) == []
        pages: dict[str, set[int]] = {}
        number = ""
        for node in document.nodes:
            name = node.text.partition(" ")[0]
            if name[:1] in {"Q", "O"} and name[1:2].isdigit():
                number = name[1:].partition(".")[0]
                pages.setdefault(number, set()).add(node.page)
            elif node.role == "Figure" and number:
                pages[number].add(node.page)
        assert len(pages) == count
        assert all(len(found) == 1 for found in pages.values())


def test_everything_that_was_given_is_said_once_and_the_same_again() -> None:
    facts = key_facts(9)
    words = [node.text for node in key_document(facts).nodes]
    for number in range(1, 10):
        assert sum(text.startswith(f"Q{number} ") for text in words) == 1
    right = [text for text in words if text.endswith("(giusta)")]
    assert len(right) == 6
    assert all(".1 " in text for text in right)
    assert sum(HASH in text for text in words) == 1
    assert question_key(facts) == question_key(facts)


def test_both_are_archived_with_their_own_facts() -> None:
    sheet = finished(question_sheet(sheet_facts(3)), sheet_facts(3), "it")
    key = finished(question_key(key_facts(3)), key_facts(3), "it")
    kept = embedded_facts(sheet)
    assert kept is not None
    assert "bank_hash" not in kept
    assert (embedded_facts(key) or {})["bank_hash"] == HASH
