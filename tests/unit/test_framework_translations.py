"""The shipped frameworks in all four languages."""

from __future__ import annotations

from itertools import product

import pytest

from competency.files.checking import check_file
from competency.frameworks.loading import load_framework
from competency.frameworks.shipped import checked_with_shipped
from competency.frameworks.translations import Standing, Translation, completeness, texts_given
from competency.resources import FRAMEWORKS

LANGUAGES = ("en", "es", "it", "ru")
ORIGINALS = {
    "supervisor-oficina-comercial": "es",
    "customer-service-progression": "es",
    "addetto-gestione-operativa-assistenza-clienti": "it",
}
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
