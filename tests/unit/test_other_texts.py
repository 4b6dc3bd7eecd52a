"""What a translation has for an item beside its title, text and description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from competency.files.checking import check_document, check_file, check_together
from competency.files.content import compiled
from competency.files.faults import Fault, Severity
from competency.files.fields import Inside, Several, Shape, Value, keys, parts
from competency.files.reader import read
from competency.files.starting import Asked
from competency.files.tables.reading import check_table
from competency.files.tables.writing import as_csv_files
from competency.frameworks.other_texts import KEYS
from competency.frameworks.parts import Part
from competency.frameworks.schema import Framework
from competency.frameworks.translations import (
    Translation,
    beginning,
    completeness,
    texts_of,
    translated,
)
from competency.kpis.schema import Kpis
from competency.progression.paths_schema import Paths
from competency.progression.positions_schema import Positions
from competency.questions.schema import Option, Questions
from tools.field_reference import EXAMPLES

MODELS: tuple[type[Part], ...] = (Framework, Positions, Kpis, Paths, Questions)

HEAD = """\
kind: translation
of_kind: framework
of: back-office-agent
version: 1.0.0
language: es
standing: unofficial
others:
"""

ELSEWHERE = {"title", "text", "description", "expected_result"}
"""Keys of an item that a translation has mappings of their own for."""

NOT_WORDS = {
    "code",
    "scale",
    "line",
    "source_no",
    "jurisdiction",
    "certification.document_name",
    "certification.document_law",
}
"""Keys whose words are names, numbers and codes in every language, or a law's own."""


def example(name: str) -> BaseModel:
    value = check_file(EXAMPLES / name).value
    assert value is not None
    return value


def of(text: str, name: str = "sidecar.yaml") -> Translation:
    """Return the translation of a YAML text whose head is that of the example."""
    value = check_document(read((HEAD + text).encode(), name)).value
    assert isinstance(value, Translation)
    return value


def faults_of(text: str) -> list[Fault]:
    """Return what refuses a sidecar of the example framework."""
    checked = check_document(read((HEAD + text).encode(), "sidecar.yaml"))
    [answer] = check_together([checked], [example("framework.yaml")])
    return [fault for fault in answer.faults if fault.severity is Severity.FAULT]


def holds_text(shape: Shape) -> bool:
    """Return whether a key holds words, or a list of them."""
    inner = shape.item if isinstance(shape, Several) else shape
    return isinstance(inner, Value) and inner.words in {"text", "one line of text"}


def said_by(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Yield the keys with words of an item, also those of parts in it that have no id."""
    for key in keys(model):
        if key.name == "source":
            continue
        if holds_text(key.shape):
            yield before + key.name
            continue
        inner = key.shape.item if isinstance(key.shape, Several) else key.shape
        if not isinstance(inner, Inside) or "id" in inner.model.model_fields:
            continue
        if inner is key.shape or inner.model is Option:
            yield from said_by(inner.model, f"{before}{key.name}.")


def test_every_word_of_an_item_has_a_place_in_a_translation() -> None:
    items = {
        part
        for model in MODELS
        for part in parts(model)
        if "id" in part.model_fields and part.__name__ != "Slot"
    }
    said = {key for item in items for key in said_by(item)}
    with_place = {key for key in said if not key.startswith("terms.")} - ELSEWHERE - NOT_WORDS
    assert with_place == set(KEYS)


def test_each_text_counts_and_a_list_as_many_times_as_it_has_entries() -> None:
    original = example("framework.yaml")
    others = {path: text for path, text in texts_of(original).items() if path[0] == "others"}
    assert others["others", "requests.log", "context"] == "back office"
    assert others["others", "requests", "context", 1] == "evening shift"
    assert others["others", "first-weeks", "reason"] == "They answer from prepared texts."
    members = ("others", "back-office-agent", "certification.commission.members")
    assert others[*members, 0] == "head of the back office"
    assert others["others", "back-office-agent", "context"] == "back office"
    one = of("  first-weeks: {reason: Con textos.}\n")
    two = of("  requests: {context: [oficina, tarde]}\n")
    shares = [completeness(original, sidecar) * len(texts_of(original)) for sidecar in (one, two)]
    assert [round(share) for share in shares] == [1, 2]


def test_the_example_is_translated_as_a_whole() -> None:
    sidecar = example("translation.yaml")
    assert isinstance(sidecar, Translation)
    assert completeness(example("framework.yaml"), sidecar) == 1


def test_what_the_file_has_not_is_a_fault_at_its_line_with_the_nearest_known() -> None:
    item, key, left = faults_of(
        "  first-week: {reason: r}\n  requests:\n    contexts: [a, b]\n  products: {reason: r}\n"
    )
    message = "back-office-agent has nothing to translate here"
    assert (item.line, item.path) == (8, "others.first-week")
    assert (item.message, item.remedy) == (message, "did you mean first-weeks?")
    assert (key.line, key.path) == (10, "others.requests.contexts")
    assert (key.message, key.remedy) == (message, "did you mean context?")
    assert (left.line, left.path) == (11, "others.products")


@pytest.mark.parametrize(
    ("given", "count"), [("tarde", 1), ("[tarde]", 1), ("[a, b, c]", 3), ("[a, b]", None)]
)
def test_a_list_is_translated_as_a_whole(given: str, count: int | None) -> None:
    found = [(f.line, f.path, f.message) for f in faults_of(f"  requests:\n    context: {given}\n")]
    message = f"it has {count} where back-office-agent has 2"
    assert found == ([(9, "others.requests.context", message)] if count else [])


def test_one_text_is_the_same_as_a_list_of_one() -> None:
    one, several = (of(f"  first-weeks: {{reason: {said}}}\n") for said in ("Sí", "[Sí]"))
    assert compiled(one) == compiled(several)
    assert not faults_of("  first-weeks: {reason: [Sí]}\n")


@pytest.mark.parametrize(("given", "message"), [("", "it is empty"), ("[]", "it is empty")])
def test_a_place_without_words_is_refused(given: str, message: str) -> None:
    [fault] = faults_of(f"  first-weeks:\n    reason: {given}\n")
    assert (fault.line, fault.message) == (9, message)


def test_a_framework_is_read_in_them_and_keeps_its_own_where_there_are_none() -> None:
    original, sidecar = example("framework.yaml"), example("translation.yaml")
    assert isinstance(original, Framework)
    assert isinstance(sidecar, Translation)
    shown = translated(original, sidecar)
    assert shown.context == ("área de back office",)
    assert shown.units[0].context == ("área de back office", "turno de tarde")
    assert shown.criterion("requests.log").governing_references == ("procedimiento de solicitudes",)
    assert shown.scopes[0].reason == "Responden con textos preparados."
    assert shown.certification is not None
    assert shown.certification.commission is not None
    assert shown.certification.commission.members == ("jefatura de back office", "instructor")
    kept = translated(original, of("  requests: {context: [oficina, ‹fill in›]}\n"))
    assert kept.units[0].context == ("oficina", "evening shift")
    assert kept.scopes == original.scopes


def test_what_a_script_s_slots_mean_stays_in_the_original() -> None:
    original, sidecar = example("framework.yaml"), example("translation.yaml")
    assert isinstance(original, Framework)
    assert isinstance(sidecar, Translation)
    assert translated(original, sidecar).scripts[0].slots == original.scripts[0].slots


def test_a_table_has_a_column_for_each_key_and_says_what_is_wrong_at_its_cell(
    tmp_path: Path,
) -> None:
    sidecar = of(
        "  requests:\n    span.of: operadores\n    context: ['Dos\n\n\n      renglones']\n"
        "  requests.log: {context: oficina}\n"
    )
    for name, content in as_csv_files(sidecar).items():
        (tmp_path / name).write_bytes(content)
    heading = (tmp_path / "texts.csv").read_text("utf-8-sig").splitlines()[0]
    assert heading == "id;texts;descriptions;expected_results;others.span.of;others.context"
    read_back = check_table(tmp_path)
    assert read_back.value is not None
    assert compiled(read_back.value) == compiled(sidecar)
    [answer] = check_together([read_back], [example("framework.yaml")])
    refused = [str(f) for f in answer.faults if f.severity is Severity.FAULT]
    assert [text.split(": ")[1] for text in refused] == ["texts!E2", "texts!F2"]


BANK_HEAD = HEAD.replace("framework", "questions").replace(
    "back-office-agent", "back-office-questions"
)
OPTIONS = "El número de cliente., La fecha de nacimiento., El nombre del empleador."


def bank_faults(text: str) -> list[Fault]:
    """Return what refuses a sidecar of the example bank."""
    checked = check_document(read((BANK_HEAD + text).encode(), "sidecar.yaml"))
    [answer] = check_together([checked], [example("questions.yaml")])
    return [fault for fault in answer.faults if fault.severity is Severity.FAULT]


def test_a_question_is_translated_with_each_of_its_options_in_their_order() -> None:
    bank = example("questions.yaml")
    texts = texts_of(bank)
    assert texts["texts", "data.birthday"].startswith("A customer asks")
    assert texts["others", "data.birthday", "options.text", 1] == "The date of birth."
    assert texts["others", "data.kept", "look_for", 0] == "that some of it has to be kept, and why"
    assert not bank_faults(f"  data.birthday: {{options.text: [{OPTIONS}]}}\n")
    [short] = bank_faults("  data.birthday: {options.text: [Sí, No]}\n")
    assert short.message == "it has 2 where back-office-questions has 3"
    [strange] = bank_faults("  data.kept: {options.text: [Sí, No]}\n")
    assert strange.message == "back-office-questions has nothing to translate here"


def test_a_sidecar_of_a_bank_is_begun_and_comes_back_from_a_table(tmp_path: Path) -> None:
    begun = beginning(Asked("back-office-questions", "es", example("questions.yaml")))
    assert begun is not None
    others = begun["others"]
    assert isinstance(others, dict)
    assert len(others["data.birthday"]["options.text"]) == len(OPTIONS.split(", "))
    value = check_document(
        read(
            f"{BANK_HEAD}  data.birthday: {{options.text: [{OPTIONS}]}}\n".encode(), "sidecar.yaml"
        )
    ).value
    assert value is not None
    for name, content in as_csv_files(value).items():
        (tmp_path / name).write_bytes(content)
    back = check_table(tmp_path).value
    assert back is not None
    assert compiled(back) == compiled(value)
