"""What a framework file may say, what is wrong with it and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from competency.errors import InvalidFile
from competency.files import kinds
from competency.files.checking import Checked, check_document, check_file
from competency.files.faults import Severity
from competency.files.kinds import Kind
from competency.files.limits import LIMITS
from competency.files.reader import read
from competency.frameworks.compiled import (
    KEPT,
    compile_framework,
    content_hash,
    load_by_hash,
    load_compiled,
)
from competency.frameworks.loading import framework_in
from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.parts import Part
from competency.frameworks.schema import (
    BELOW,
    Criterion,
    EvidenceKind,
    Framework,
    Level,
    Scale,
    Terms,
    Unit,
)
from tests.support.loading import load_framework

SOUND = """\
format: 1
kind: framework
id: customer-service
version: 1.2.0
title: Customer Service
language: es-CL
terms: {unit: Dimensión, competent: Logrado}
source:
  document: source.txt
  verified_on: 2021-12-02
  corrections:
    - {line: 9, raw: incio, mended: inicio, reason: errata}
references:
  - {scheme: ADA, version: QNQR, code: 25.224.728}
scales:
  progression:
    levels:
      - {code: G, label: Básico}
      - {code: F, label: Avanzado}
      - {code: E, label: Experto}
    below_label: Aún no
units:
  - id: organisation
    title: Organización
    criteria:
      - id: products
        title: Conocimiento de productos
        scale: progression
        levels:
          G: {text: Básicos, source_label: G}
          F: {text: Avanzado, source_label: C}
          E: {text: Profundo, source_label: B}
        evidence: {minimum: 2, kinds: [kpi, interview], max_age_days: 365, distinct_sources: 2}
        source: {line: 9, raw_text: al incio, correction: incio -> inicio}
    units:
      - id: people
        title: Personas
        criteria:
          - id: leads
            title: Lidera e influye
            scale: progression
            levels:
              G: {text: Lidera}
              F: {text: Influye}
              E: {text: Transforma}
            evidence: {minimum: 1}
        indicators:
          - {id: leads-one, text: Reuniones}
        assessment_methods: [practical_test]
knowledge:
  - {id: law, text: Normativa}
outcome:
  unit: {rule: all, at_least: F}
  framework: {rule: all}
certification: {by_unit: true, valid_months: 24, commission: {members: [presidente]}}
"""


def checked(text: str) -> Checked:
    return check_document(read(text.encode("utf-8"), "a.yaml"))


def sound() -> Framework:
    framework = framework_in(checked(SOUND))
    assert framework is not None
    return framework


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_sound_file_has_neither_faults_nor_warnings() -> None:
    assert [str(fault) for fault in checked(SOUND).faults] == []


def test_values_become_what_the_schema_says() -> None:
    framework = sound()
    assert framework.references[0].code == "25.224.728"
    assert framework.source is not None
    assert str(framework.source.verified_on) == "2021-12-02"
    rule = framework.criterion("products").evidence
    assert rule is not None
    assert (rule.minimum, rule.max_age_days, rule.distinct_sources) == (2, 365, 2)
    assert rule.kinds == (EvidenceKind.KPI, EvidenceKind.INTERVIEW)
    assert framework.certification is not None
    assert framework.certification.by_unit is True
    assert framework.format == 1


def test_every_fault_is_reported_in_one_run_in_the_order_of_lines() -> None:
    text = (
        SOUND.replace("version: 1.2.0", "version: x")
        .replace("terms:", "tems:")
        .replace("scale: progression", "scale: other", 1)
        .replace("id: people", "id: &p products")
    )
    faults = [fault for fault in checked(text).faults if fault.severity is Severity.FAULT]
    messages = [fault.message for fault in faults]
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert any("not a version" in message for message in messages)
    assert any("'tems' is not known" in message for message in messages)
    assert any("no scale 'other'" in message for message in messages)
    assert any("anchor" in message for message in messages)


def test_a_fault_names_its_path() -> None:
    faults = checked(SOUND.replace("id: leads\n", "id: Leads\n")).faults
    assert [fault.path for fault in faults] == ["units[0].units[0].criteria[0].id"]


def test_an_empty_list_is_a_fault_and_a_list_with_a_faulty_item_is_not() -> None:
    start, end = SOUND.index("units:\n"), SOUND.index("knowledge:")
    empty = checked(SOUND[:start] + "units: []\n" + SOUND[end:]).faults
    assert ("units", "it is empty") in [(fault.path, fault.message) for fault in empty]
    faulty = checked(SOUND.replace("- id: organisation", "- id: Organisation")).faults
    assert [fault.path for fault in faulty] == ["units[0].id"]


def test_a_unit_without_anything_to_judge_is_a_fault() -> None:
    text = SOUND.replace("knowledge:", "  - id: empty\n    title: Nada\nknowledge:")
    found = [fault for fault in checked(text).faults if "no criteria" in fault.message]
    assert [fault.line for fault in found] == [line_of(text, "id: empty")]


def test_a_units_own_rule_is_held_to_its_own_scales() -> None:
    text = SOUND.replace(
        "        indicators:", "        outcome: {rule: all, at_least: X}\n        indicators:"
    )
    found = [fault for fault in checked(text).faults if "no level 'X'" in fault.message]
    assert [fault.path for fault in found] == ["units[0].units[0].outcome.at_least"]


def test_a_reading_must_lead_somewhere() -> None:
    reading = "inferred:\n  - {path: %s, reading: r, note: n}\n"
    for path in ("title", "outcome.unit", "units[organisation].units[people].title", "scales"):
        faults = checked(SOUND + reading % f"'{path}'").faults
        assert [fault.severity for fault in faults] == [Severity.WARNING], path
    for path in ("titel", "units[nobody].title", "title title", "units[0]", "outcome..unit"):
        faults = checked(SOUND + reading % f"'{path}'").faults
        assert any("leads to nothing" in fault.message for fault in faults), path


def test_a_placed_part_must_be_in_the_file() -> None:
    def with_placed(path: str) -> Checked:
        placed = f"  placed: [{{path: '{path}', line: 1, raw_text: Customer Service}}]\n"
        return checked(SOUND.replace("  verified_on:", placed + "  verified_on:"))

    assert with_placed("terms.unit").faults == checked(SOUND).faults
    assert [fault.path for fault in with_placed("terms.whole").faults] == ["source.placed[0].path"]


WARNED = [
    ("no evidence rule", "            evidence: {minimum: 1}\n", "", "has no evidence rule"),
    ("level without text", "E: {text: Transforma}", "E: {source_label: D}", "E has no text"),
    ("no source", SOUND[SOUND.index("source:") : SOUND.index("references:")], "", "not named"),
    ("not verified", "  verified_on: 2021-12-02\n", "", "compared"),
    ("no knowledge", "knowledge:\n  - {id: law, text: Normativa}\n", "", "no list of knowledge"),
    (
        "unused scale",
        "units:\n  - id: org",
        "  other:\n    levels: [{code: a, label: A}]\n    below_label: b\nunits:\n  - id: org",
        "no criterion uses this scale",
    ),
]


@pytest.mark.parametrize(
    ("right", "broken", "words"), [case[1:] for case in WARNED], ids=[case[0] for case in WARNED]
)
def test_what_is_incomplete_warns_and_does_not_refuse(right: str, broken: str, words: str) -> None:
    assert right in SOUND
    text = SOUND.replace(right, broken, 1)
    if words == "not named":
        text = text.replace(", correction: incio -> inicio", "")
    result = checked(text)
    assert result.value is not None
    assert [fault.severity for fault in result.faults] == [Severity.WARNING]
    assert words in result.faults[0].message


def test_levels_without_any_text_warn_once_for_the_criterion() -> None:
    start, end = SOUND.index("            levels:\n"), SOUND.index("            evidence: {min")
    faults = checked(SOUND[:start] + SOUND[end:]).faults
    assert [fault.message.split(":")[0] for fault in faults] == ["no level is described"]


def test_a_binary_scale_needs_no_text_at_its_level() -> None:
    assert "has no text" not in str(checked(binary()).faults)
    assert framework_in(checked(binary())) is not None


def binary() -> str:
    start, end = SOUND.index("scales:"), SOUND.index("knowledge:")
    return (
        SOUND[:start]
        + "scales: {met: {levels: [{code: met, label: Cumple}], below_label: Aún no}}\n"
        + "units: [{id: u, title: U, criteria: [{id: c, title: C, scale: met}]}]\n"
        + SOUND[end:].replace("at_least: F", "at_least: met")
    )


def test_a_scale_counts_from_below_to_the_highest_level() -> None:
    scale = sound().scales["progression"]
    assert scale.codes() == ("G", "F", "E")
    assert [scale.position(code) for code in (BELOW, "G", "F", "E")] == [0, 1, 2, 3]
    assert [scale.label(code) for code in (BELOW, "E")] == ["Aún no", "Experto"]
    for call in (scale.position, scale.label):
        with pytest.raises(KeyError):
            call("X")


def test_a_framework_finds_its_parts() -> None:
    framework = sound()
    assert [unit.id for unit in framework.all_units()] == ["organisation", "people"]
    assert [criterion.id for criterion in framework.criteria()] == ["products", "leads"]
    assert framework.criterion("leads").title == "Lidera e influye"
    assert framework.unit_of("leads").id == "people"
    assert framework.unit_of("products").id == "organisation"
    assert framework.scale_of("leads") is framework.scales["progression"]
    for call in (framework.criterion, framework.unit_of, framework.scale_of):
        with pytest.raises(KeyError):
            call("nobody")


def test_units_are_walked_depth_first_in_the_order_of_the_file() -> None:
    def unit(name: str, *inner: Unit) -> Unit:
        criterion = Criterion(id=f"{name}.c", title="T", scale="progression")
        return Unit(id=name, title="T", units=inner, criteria=(criterion,))

    units = (unit("a", unit("b", unit("c")), unit("d")), unit("e"))
    rules = OutcomeRules(unit=UnitRule(rule="all"), framework=FrameworkRule(rule="all"))
    framework = sound().model_copy(update={"units": units, "outcome": rules})
    assert [found.id for found in framework.all_units()] == list("abcde")
    assert [found.id for found in framework.criteria()] == [f"{name}.c" for name in "abcde"]


def test_a_unit_has_its_own_rule_or_the_frameworks() -> None:
    framework = sound()
    unit = framework.all_units()[1]
    own = UnitRule(rule="all", at_least="E")
    assert framework.unit_rule(unit) == UnitRule(rule="all", at_least="F")
    assert framework.unit_rule(unit.model_copy(update={"outcome": own})) == own


def test_results_speak_the_frameworks_words_or_its_language() -> None:
    framework = sound()
    assert framework.result_label("competent") == "Logrado"
    assert framework.result_label("not_yet_competent") == "Aún no competente"
    other = framework.model_copy(update={"terms": Terms(), "language": "fr"})
    assert other.result_label("not_yet_competent") == "Not yet competent"


def test_nothing_in_a_framework_can_be_changed() -> None:
    framework = sound()
    with pytest.raises(ValidationError):
        framework.title = "Other"
    with pytest.raises(ValidationError):
        framework.units[0].criteria[0].scale = "other"


def test_the_compiled_form_is_canonical_and_comes_back_whole() -> None:
    framework = sound()
    content = compile_framework(framework)
    assert load_compiled(content) == framework
    assert compile_framework(load_compiled(content)) == content
    again = json.loads(content)
    shuffled = {key: again[key] for key in reversed(again)}
    assert json.dumps(shuffled, ensure_ascii=False) != content.decode()
    assert compile_framework(Framework.model_validate(shuffled)) == content
    assert len(content_hash(content)) == 64


def test_what_is_empty_leaves_no_trace_in_the_hash() -> None:
    with_nulls = SOUND.replace(
        "    title: Organización\n", "    title: Organización\n    code: ~\n"
    )
    assert compile_of(with_nulls) == compile_of(SOUND)
    assert not any(empty in compile_of(SOUND) for empty in (b"null", b"[]", b"{}"))
    other_order = SOUND.replace("G: {text: Lidera}", "E: {text: Transforma}").replace(
        "E: {text: Transforma}\n            evidence", "G: {text: Lidera}\n            evidence"
    )
    assert other_order != SOUND
    assert compile_of(other_order) == compile_of(SOUND)
    assert compile_of(SOUND.replace("Personas", "Gente")) != compile_of(SOUND)


def compile_of(text: str) -> bytes:
    framework = framework_in(checked(text))
    assert framework is not None
    return compile_framework(framework)


def test_a_framework_that_breaks_a_rule_is_not_compiled() -> None:
    framework = sound()
    twice = framework.model_copy(update={"units": (*framework.units, *framework.units)})
    with pytest.raises(InvalidFile) as caught:
        compile_framework(twice)
    assert any("used twice" in fault for fault in caught.value.faults)


def test_frameworks_are_kept_by_hash_and_damage_is_noticed() -> None:
    content = compile_framework(sound())
    digest = content_hash(content)
    asked: list[str] = []

    def loader(wanted: str) -> bytes:
        asked.append(wanted)
        return content

    first = load_by_hash(digest, loader)
    assert load_by_hash(digest, loader) is first
    assert asked == [digest]
    with pytest.raises(InvalidFile, match="changed"):
        load_by_hash("0" * 64, loader)


def test_only_the_last_used_frameworks_are_kept() -> None:
    contents = [compile_of(SOUND.replace("1.2.0", f"9.{n}.0")) for n in range(KEPT + 1)]
    loads: list[str] = []

    def load(content: bytes) -> Framework:
        def loader(digest: str) -> bytes:
            loads.append(digest)
            return content

        return load_by_hash(content_hash(content), loader)

    for content in contents[:KEPT]:
        load(content)
    load(contents[0])
    load(contents[KEPT])
    load(contents[0])
    assert len(loads) == KEPT + 1
    load(contents[1])
    assert len(loads) == KEPT + 2


def test_damaged_bytes_are_no_framework() -> None:
    with pytest.raises(InvalidFile):
        load_compiled(b"{}")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_any_words_survive_the_compiled_form(labels: list[str], below: str) -> None:
    levels = tuple(Level(code=f"L{n}", label=label) for n, label in enumerate(labels))
    scales = {"progression": Scale(levels=levels, below_label=below)}
    criterion = Criterion(id="c", title=below, scale="progression")
    framework = Framework(
        id="f",
        version="1.0.0",
        title=below,
        language="ru",
        scales=scales,
        units=(Unit(id="u", title=below, criteria=(criterion,)),),
        outcome=OutcomeRules(unit=UnitRule(rule="all"), framework=FrameworkRule(rule="all")),
    )
    assert load_compiled(compile_framework(framework)) == framework


def test_a_file_of_5000_criteria_is_within_the_limits() -> None:
    framework = framework_in(checked(many_criteria(5_000)))
    assert framework is not None
    assert len(framework.criteria()) == 5_001
    assert framework.criteria()[4_999] is framework.criterion("c4999")


def many_criteria(number: int) -> str:
    start, end = SOUND.index("      - id: products"), SOUND.index("    units:\n")
    one = SOUND[start:end].replace(", correction: incio -> inicio", "")
    criteria = "".join(one.replace("products", f"c{n}") for n in range(number))
    return SOUND[:start] + criteria + SOUND[end:]


def test_a_flood_of_faults_is_not_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    validate_all = Framework.model_validate

    def counted(data: object, *, context: object) -> Framework:
        try:
            return validate_all(data, context=context)
        except ValidationError as error:
            found.append(error.error_count())
            raise

    monkeypatch.setattr(Framework, "model_validate", counted)
    early = checked("units:\n" + "- {x: 1}\n" * 50_000).faults
    late = checked(SOUND + "scripts:\n" + "- {line: L}\n" * 50_000).faults
    assert (len(early), len(late)) == (LIMITS.faults, LIMITS.faults)
    assert len(found) == 2
    assert max(found) < 2 * LIMITS.faults


def test_a_fault_far_down_in_a_large_file_is_found() -> None:
    text = many_criteria(3_000).replace("id: leads\n", "id: Leads\n")
    found = [fault for fault in checked(text).faults if fault.severity is Severity.FAULT]
    assert [fault.line for fault in found] == [line_of(text, "id: Leads")]


def test_lookups_are_made_once() -> None:
    framework = sound()
    assert framework.all_units() is framework.all_units()


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_kept_where_its_id_and_version_say(tmp_path: Path) -> None:
    assert (
        framework_in(check_file(write(tmp_path, "customer-service/1.2.0.yaml", SOUND))) is not None
    )
    wrong = check_file(write(tmp_path, "elsewhere/1.0.0.yaml", SOUND))
    assert wrong.value is None
    assert [(fault.path, fault.line) for fault in wrong.faults] == [("id", 3), ("version", 4)]
    assert framework_in(check_file(write(tmp_path, "draft.yaml", SOUND))) is not None


def test_loading_a_broken_file_says_every_fault_and_no_warning(tmp_path: Path) -> None:
    text = SOUND.replace("version: 1.2.0", "version: x").replace("es-CL", "x")
    path = write(tmp_path, "draft.yaml", text.replace("verified_on: 2021-12-02", "note: n"))
    with pytest.raises(InvalidFile) as caught:
        load_framework(path)
    assert len(caught.value.faults) == 2
    assert "draft.yaml" in str(caught.value)


class Recipe(Part):
    """A kind that no feature has."""

    kind: str
    id: str


def test_a_file_of_another_kind_goes_to_whoever_registered_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a.yaml", "kind: recipe\nid: soup\n")
    unknown = check_file(path).faults
    assert [(found.line, found.path) for found in unknown] == [(1, "kind")]
    assert "framework" in unknown[0].remedy
    monkeypatch.setattr(kinds, "kind_named", lambda name: Kind(name, Recipe))
    assert check_file(path).value == Recipe(kind="recipe", id="soup")
    assert check_file(path).faults == ()
