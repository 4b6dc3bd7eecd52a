"""The shipped frameworks in all four languages."""

from __future__ import annotations

from itertools import product

import pytest

from competency.files.checking import check_file
from competency.files.faults import Severity
from competency.files.kinds import Corpus
from competency.frameworks.schema import Scope, Script
from competency.frameworks.shipped import checked_with_shipped
from competency.frameworks.translations import (
    Standing,
    Translation,
    across,
    completeness,
    texts_given,
    texts_of,
    translated,
)
from competency.frameworks.values import WORDS_MAXIMUM
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

LANGUAGES = ("en", "es", "it", "ru")
ORIGINALS = {
    "supervisor-oficina-comercial": "es",
    "customer-service-progression": "es",
    "addetto-gestione-operativa-assistenza-clienti": "it",
}
WITH_PARTS = load_framework(FRAMEWORKS / "supervisor-oficina-comercial" / "1.0.0.yaml")
SIDECARS = [pair for pair in product(ORIGINALS, LANGUAGES) if ORIGINALS[pair[0]] != pair[1]]


def sidecar(framework_id: str, language: str) -> Translation:
    value = check_file(FRAMEWORKS / framework_id / f"1.0.0.{language}.yaml").value
    assert isinstance(value, Translation)
    return value


@pytest.mark.parametrize(("framework_id", "language"), SIDECARS)
def test_every_word_is_translated(framework_id: str, language: str) -> None:
    original = load_framework(FRAMEWORKS / framework_id / "1.0.0.yaml")
    assert original.language == ORIGINALS[framework_id]
    found = sidecar(framework_id, language)
    assert (found.of, found.version, found.language) == (framework_id, "1.0.0", language)
    assert completeness(original, found) == 1
    assert found.standing is Standing.UNOFFICIAL
    assert found.note


@pytest.mark.parametrize(("framework_id", "language"), SIDECARS)
def test_nothing_is_translated_that_the_framework_has_not(framework_id: str, language: str) -> None:
    (checked,) = checked_with_shipped([FRAMEWORKS / framework_id / f"1.0.0.{language}.yaml"])
    assert [str(fault) for fault in checked.faults] == []


@pytest.mark.parametrize("framework_id", ORIGINALS)
def test_the_languages_say_it_in_words_of_their_own(framework_id: str) -> None:
    """A statement copied from one sidecar into another would be equal in both."""
    languages = [language for language in LANGUAGES if language != ORIGINALS[framework_id]]
    statements = [
        {text for text in texts_given(sidecar(framework_id, language)).values() if " " in text}
        for language in languages
    ]
    for number, one in enumerate(statements):
        for other in statements[number + 1 :]:
            assert one & other == set()


@pytest.mark.parametrize("framework_id", ORIGINALS)
def test_russian_is_written_in_cyrillic(framework_id: str) -> None:
    for path, text in texts_given(sidecar(framework_id, "ru")).items():
        assert any("а" <= letter.casefold() <= "я" for letter in text), path


@pytest.mark.parametrize("framework_id", [i for i, was in ORIGINALS.items() if was != "es"])
def test_spanish_says_it_in_the_words_used_in_chile(framework_id: str) -> None:
    for scale in sidecar(framework_id, "es").scales.values():
        assert (*scale.levels.values(), scale.below_label) == ("Cumple", "Aún no cumple")


@pytest.mark.parametrize(
    ("framework_id", "language"),
    [*SIDECARS, *(("service-protocol", language) for language in ("en", "it", "ru"))],
)
def test_a_framework_in_a_complete_translation_has_its_words_and_keeps_its_scripts(
    framework_id: str, language: str
) -> None:
    original = load_framework(FRAMEWORKS / framework_id / "1.0.0.yaml")
    found = sidecar(framework_id, language)
    shown = translated(original, found)
    assert texts_of(shown) == texts_given(found)
    assert [script.slots for script in shown.scripts] == [s.slots for s in original.scripts]


@pytest.mark.parametrize("part", ["hello", "narrow"])
def test_a_title_that_is_too_long_for_its_line_is_refused(part: str) -> None:
    script = Script(id="hello", title="Hello", text="Hello")
    left_out = WITH_PARTS.criteria()[0].id
    scope = Scope(id="narrow", title="Narrow", leaves_out=(left_out,), reason="Elsewhere")
    original = WITH_PARTS.model_copy(update={"scripts": (script,), "scopes": (scope,)})
    for length, refused in ((WORDS_MAXIMUM, False), (WORDS_MAXIMUM + 1, True)):
        value = Translation(
            kind="translation",
            of=original.id,
            version=original.version,
            language="en",
            standing=Standing.UNOFFICIAL,
            texts={part: "x" * length},
        )
        faults = [f for f in across(value, Corpus([original])) if f.severity is Severity.FAULT]
        assert [fault.path for fault in faults] == [("texts", part)] * refused
        if not refused:
            assert texts_of(translated(original, value))["texts", part] == "x" * length
