"""Which words of a file are shown, and in which language they are marked."""

from __future__ import annotations

import pytest

from competency.files.starting import FILL_IN
from competency.frameworks.parts import InferredReading
from competency.frameworks.spoken import Spoken, Wording, readings_of, same_language
from competency.frameworks.translations import Standing, Translation


def translation(standing: Standing = Standing.UNOFFICIAL) -> Translation:
    """Return an Italian translation of one title and one text."""
    return Translation(
        kind="translation",
        of_kind="positions",
        of="small",
        version="1.0.0",
        language="it",
        standing=standing,
        title="Posizioni",
        texts={"a": "Uno"},
        descriptions={"a": "Di uno"},
        others={"a": {"purpose": ("Servire",), "span.of": ("operatori",), "notes": ("x", FILL_IN)}},
    )


def test_words_that_a_translation_lacks_stay_in_the_file_s_own_language() -> None:
    wording = Wording("es", translation())
    assert wording.title("Cargos") == Spoken("Posizioni", "it")
    assert wording.of("a", "Una") == Spoken("Uno", "it")
    assert wording.of("b", "Dos") == Spoken("Dos", "es")
    assert wording.about("a", "De una") == Spoken("Di uno", "it")
    assert wording.description("Todo") == Spoken("Todo", "es")
    assert wording.as_written("Una") == Spoken("Una", "es")


def test_other_words_are_found_by_their_key_and_lists_entry_by_entry() -> None:
    wording = Wording("es", translation())
    assert wording.other("a", "span.of", "personas") == Spoken("operatori", "it")
    assert wording.other("b", "span.of", "personas") == Spoken("personas", "es")
    assert wording.others("a", "purpose", ["Servir"]) == (Spoken("Servire", "it"),)
    assert wording.others("a", "notes", ["y", "z"]) == (Spoken("x", "it"), Spoken("z", "es"))
    assert wording.others("a", "names", ["y", "z"]) == (Spoken("y", "es"), Spoken("z", "es"))
    assert wording.others("a", "names", []) == ()


def test_what_a_file_does_not_describe_is_not_described_by_a_translation() -> None:
    wording = Wording("es", translation())
    assert wording.about("a", None) is None
    assert wording.description(None) is None


def test_only_an_unofficial_translation_is_called_so() -> None:
    assert Wording("es", translation()).is_unofficial
    assert not Wording("es", translation(Standing.OFFICIAL)).is_unofficial
    assert not Wording("es").is_unofficial


@pytest.mark.parametrize(
    ("available", "language", "found"),
    [
        (("es", "it"), "it", "it"),
        (("es-CL", "it"), "es", "es-CL"),
        (("es-CL", "es-ES"), "es-ES", "es-ES"),
        (("es",), "es-CL", "es"),
        (("es",), "en", None),
        ((), "en", None),
    ],
)
def test_a_language_is_found_whatever_its_country(
    available: tuple[str, ...], language: str, found: str | None
) -> None:
    assert same_language(available, language) == found


def test_readings_are_those_of_one_thing_and_of_nothing_named_alike() -> None:
    paths = ("kpis[a]", "kpis[a].scope", "kpis[ab].scope", "kpis[b]", "title")
    inferred = [InferredReading(path=path, reading="r", note="n") for path in paths]
    found = [reading.path for reading in readings_of(inferred, "kpis[a]")]
    assert found == ["kpis[a]", "kpis[a].scope"]
