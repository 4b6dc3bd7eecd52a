"""The reference of all keys, the example files and the published schemas agree with the code."""

from __future__ import annotations

import json
import re
from typing import Annotated

import pytest
import yaml

from competency import formats
from competency.files import kinds
from competency.files.checking import check_document, check_file, check_together
from competency.files.faults import Severity
from competency.files.fields import Holds, in_words, keys, parts, shape_of
from competency.files.published_schema import json_schema
from competency.files.reader import read
from competency.frameworks.outcome_schema import UnitRule
from competency.frameworks.parts import Part
from competency.frameworks.schema import EvidenceRule
from competency.resources import FRAMEWORKS
from tools.field_reference import EXAMPLES, ORDER, PAGE, all_snippets, page

GUIDE = PAGE.parent / "framework-files.md"
KINDS = [kind for name in ORDER if (kind := kinds.kind_named(name))]
ALL_PARTS = list(dict.fromkeys(part for kind in KINDS for part in parts(kind.model)))
NOT_IN_EXAMPLES = {"official"}
"""A translation stands in one way; the guide names the other."""


def test_every_kind_has_its_place_in_the_reference() -> None:
    assert formats.MODULES
    assert set(ORDER) == set(kinds.known_kinds())


@pytest.mark.parametrize("part", ALL_PARTS)
def test_every_key_is_described_in_a_short_sentence(part: type[Part]) -> None:
    for key in keys(part):
        assert re.fullmatch(r"[A-Z][^\n]{5,110}\.", key.description), (key.name, key.description)


def test_every_key_occurs_in_the_examples() -> None:
    shown = all_snippets()
    declared = {
        (part, name)
        for part in ALL_PARTS
        for name in part.__annotations__
        if name != "model_config"
    }
    assert declared - set(shown) == set()


def test_every_word_of_a_choice_of_words_occurs_in_the_examples() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.yaml"))
    written = set(re.findall(r"[a-z_]+", text))
    choices = {
        value
        for kind in KINDS
        for part in json.loads(json_schema(kind))["$defs"].values()
        for value in part.get("enum", [])
    }
    assert choices - written == NOT_IN_EXAMPLES


def test_the_examples_are_sound_together_and_warn_of_what_they_show() -> None:
    files = check_together(check_file(path) for path in sorted(EXAMPLES.glob("*.yaml")))
    assert {file.kind for file in files} == set(ORDER)
    found = [fault for file in files for fault in file.faults]
    assert [str(fault) for fault in found if fault.severity is Severity.FAULT] == []
    assert sorted(fault.message.partition(" ")[2] for fault in found) == [
        *["has no text: undefined in the source, it can't be awarded"],
        *["is inferred, the source does not say it"] * 5,
    ]


def test_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make reference"


@pytest.mark.parametrize("name", ORDER)
def test_the_json_schema_beside_the_files_is_current(name: str) -> None:
    [kind] = [kind for kind in KINDS if kind.name == name]
    kept = (FRAMEWORKS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert kept == json_schema(kind), "run: make reference"


def test_what_a_key_holds_is_said_in_words() -> None:
    holds = {key.name: in_words(key.shape) for key in (*keys(EvidenceRule), *keys(UnitRule))}
    assert holds["minimum"] == "a whole number (from 1 to 1,000,000)"
    assert holds["kinds"].startswith("a list; each item is one of `direct_performance`, ")
    assert holds["rule"].startswith("one of `all`, `n_of`, `minimum`, `weighted`, ")
    assert holds["at_least"] == "a level code, as in G (at most 20 characters)"


def test_a_type_that_nothing_names_is_refused() -> None:
    with pytest.raises(TypeError, match="Holds"):
        shape_of(float)
    assert in_words(shape_of(Annotated[float, Holds("a number")] | None)) == "a number"


def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def headings() -> set[str]:
    """Return the anchors of the reference's parts."""
    found = (line[4:] for line in page().splitlines() if line.startswith("### "))
    return {name.casefold().replace(" ", "-") for name in found}


def linked() -> set[str]:
    """Return the anchors of the reference that the guide leads to."""
    return set(re.findall(r"fields\.md#([^)]+)\)", guide()))


def test_every_link_of_the_guide_to_a_key_leads_to_it() -> None:
    anchors = set(re.findall(r'<a id="([^"]+)">', page())) | headings()
    assert linked() - anchors == set()


def test_the_guide_leads_to_every_part() -> None:
    assert headings() - {link.split(".")[0] for link in linked()} == set()


def test_every_complete_example_of_the_guide_is_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", guide(), re.DOTALL)
    files = check_together(
        check_document(read(block.encode("utf-8"), f"block {number}"))
        for number, block in enumerate(blocks)
        if block.startswith("format: 1")
    )
    assert files
    faults = [f for file in files for f in file.faults if f.severity is Severity.FAULT]
    assert [str(fault) for fault in faults] == []


def test_every_fragment_of_the_guide_is_yaml_that_files_may_hold() -> None:
    known = {key.name for part in ALL_PARTS for key in keys(part)}
    for block in re.findall(r"```yaml\n(.*?)```", guide(), re.DOTALL):
        data = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - builds text only
        tops = data if isinstance(data, list) else [data]
        assert {key for top in tops for key in top} <= known, block
