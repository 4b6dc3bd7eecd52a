"""The shipped positions, KPIs and paths of a contact centre against their source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import BaseModel

from competency import formats
from competency.files.checking import Checked, check_file, check_together
from competency.files.faults import Severity
from competency.frameworks.translations import Translation, completeness
from competency.kpis.schema import Kpis
from competency.progression.paths_schema import Paths
from competency.progression.positions_schema import Duty, Item, Position, Positions
from competency.resources import FRAMEWORKS
from tests.support.sources import parts

READ = formats.MODULES
CODE = Path(formats.__file__).parent
FOLDERS = ("positions/contact-centre", "kpis/contact-centre-requests", "paths/contact-centre")
LANGUAGES = ("es", "it", "en")

Model = TypeVar("Model", bound=BaseModel)


@pytest.fixture(scope="module")
def checked() -> tuple[Checked, ...]:
    names = ("1.0.0", *(f"1.0.0.{language}" for language in LANGUAGES))
    files = [FRAMEWORKS / folder / f"{name}.yaml" for folder in FOLDERS for name in names]
    return check_together(check_file(file) for file in files)


def only(checked: tuple[Checked, ...], model: type[Model]) -> Model:
    (value,) = [file.value for file in checked if isinstance(file.value, model)]
    return value


@pytest.fixture(scope="module")
def positions(checked: tuple[Checked, ...]) -> Positions:
    return only(checked, Positions)


@pytest.fixture(scope="module")
def kpis(checked: tuple[Checked, ...]) -> Kpis:
    return only(checked, Kpis)


@pytest.fixture(scope="module")
def paths(checked: tuple[Checked, ...]) -> Paths:
    return only(checked, Paths)


def named(positions: Positions, position_id: str) -> Position:
    return next(position for position in positions.positions if position.id == position_id)


def items(value: BaseModel) -> list[Item]:
    return [part for part in parts(value) if isinstance(part, Item)]


def test_the_files_have_no_fault(checked: tuple[Checked, ...]) -> None:
    faults = [fault for file in checked for fault in file.faults]
    assert [str(fault) for fault in faults if fault.severity is Severity.FAULT] == []


def test_every_item_says_where_it_stands(positions: Positions) -> None:
    assert len(items(positions)) > 200
    assert [item.id for item in items(positions) if item.source is None] == []


def test_texts_are_restated_and_not_copied(positions: Positions) -> None:
    for item in items(positions):
        assert item.source is not None
        words = item.text.casefold().rstrip(".")
        copied = words in " ".join((item.source.raw_text or "").casefold().split())
        assert not copied or len(words.split()) <= 5, item.id


def test_every_role_of_the_source_is_a_position(positions: Positions) -> None:
    assert {position.id for position in positions.positions} == {
        "head",
        "director",
        "supervisor",
        "administrator",
        "operator",
        "order-operator",
        "project-operator",
        "in-out-operator",
        "senior-operator",
        "call-centre-specialist",
        "workforce-specialist",
        "quality-specialist",
        "trainer",
        "training-developer",
        "process-specialist",
        "hr-manager",
        "it-specialist",
    }


def test_a_supervisor_leads_three_to_twenty_operators(positions: Positions) -> None:
    span = named(positions, "supervisor").span
    assert span is not None
    assert (span.minimum, span.maximum, span.of) == (3, 20, "операторы")
    assert [p.id for p in positions.positions if p.span is not None] == ["supervisor"]


def test_the_senior_of_a_group_is_the_supervisor(positions: Positions) -> None:
    assert "Старший группы операторов" in named(positions, "supervisor").also_called


def test_the_senior_operator_is_given_nothing_that_the_source_lacks(positions: Positions) -> None:
    senior = named(positions, "senior-operator")
    assert items(senior) == []
    assert senior.purpose is None
    assert "positions[senior-operator]" in {reading.path for reading in positions.inferred}


def test_numbers_of_the_source_are_kept_with_their_gaps(positions: Positions) -> None:
    taker = named(positions, "order-operator")
    duties = [duty for duty in taker.duties if duty.kind != "goal"]
    goals = [duty for duty in taker.duties if duty.kind == "goal"]
    kept = [*duties, *(duty for duty in taker.obligations if duty.kind != "responsibility")]
    numbers = {int(item.source_no) for item in kept if item.source_no}
    assert numbers == {1, 2, 3, 4, *range(9, 29)}
    assert [goal.source_no for goal in goals] == ["1", "2", "3", "4", "5"]
    assert [right.source_no for right in taker.rights] == ["1", "2", "3", "4", "5"]
    head = [duty.source_no for duty in named(positions, "head").duties if duty.source_no]
    assert head == ["2.2", "2.3", "2.7", "2.8", "2.9", "2.10"]


def test_a_number_is_printed_with_its_duty_or_logged_as_torn_off(positions: Positions) -> None:
    known = dict[tuple[str, str], str]()
    for position in positions.positions:
        for item in items(position):
            if item.source_no and item.source:
                words = f"{item.source.raw_text} {item.source.correction or ''}"
                goal = isinstance(item, Duty) and item.kind == "goal"
                key = f"{position.id} {type(item).__name__} {goal}"
                known[key, item.source_no] = known.get((key, item.source_no), "") + words
    assert known
    lost = [key for key, words in known.items() if not re.search(rf"\b{key[1]}\b", words)]
    assert lost == []


def test_experience_is_counted_in_months(positions: Positions) -> None:
    months = {
        requirement.id: requirement.minimum_months
        for position in positions.positions
        for requirement in position.requirements
        if requirement.minimum_months is not None
    }
    assert months == {"head.q7": 6, "head.q8": 12}


def test_a_substitute_stands_in_for_a_month_at_most_and_is_paid_the_difference(
    positions: Positions,
) -> None:
    reporting = named(positions, "order-operator").reporting
    assert reporting is not None
    assert reporting.acting is not None
    assert reporting.acting.maximum_days == 31
    assert reporting.acting.pay_difference is True


def test_secrecy_and_collegiality_are_obligations(positions: Positions) -> None:
    obligations = {o.kind.value for o in named(positions, "order-operator").obligations}
    assert obligations == {"confidentiality", "collegiality", "responsibility"}


def test_sentences_that_break_off_are_marked(positions: Positions) -> None:
    broken = {item.id for item in items(positions) if item.incomplete}
    assert broken == {"project-operator.q3", "it-specialist.q1"}


def test_what_nobody_is_judged_by_is_a_note(positions: Positions) -> None:
    kinds = {
        kind: [n.id for position in positions.positions for n in position.notes if n.kind == kind]
        for kind in ("occupational_health", "development_action", "business_rule")
    }
    assert kinds["occupational_health"] == ["operator.n2"]
    assert kinds["development_action"] == ["head.n2"]
    assert kinds["business_rule"] == [f"order-operator.n{number}" for number in range(1, 9)]


def test_law_is_recorded_as_doubtful_and_nothing_acts_on_it(positions: Positions) -> None:
    law = [(p.id, ref) for p in positions.positions for ref in p.legal_references]
    assert [(owner, ref.jurisdiction) for owner, ref in law] == [
        *[("head", "RU")] * 4,
        ("order-operator", "UA"),
    ]
    assert all(ref.obsolete_suspected for _, ref in law)
    deciding = [*CODE.rglob("*rules.py"), *CODE.rglob("operations.py"), *CODE.rglob("loading.py")]
    assert deciding
    reading = [p.name for p in deciding if "legal_references" in p.read_text(encoding="utf-8")]
    assert reading == []


def test_steps_are_stated_only_where_the_source_states_them(paths: Paths) -> None:
    stated = [edge for edge in paths.edges if edge.status == "stated"]
    assert [(edge.from_position, edge.to_position) for edge in stated] == [
        ("operator", "administrator")
    ]
    assert stated[0].source is not None
    assert "«вырасти» из оператора" in (stated[0].source.raw_text or "")
    read_into = {reading.path for reading in paths.inferred}
    assert read_into == {f"edges[{edge.id}]" for edge in paths.edges if edge.status == "inferred"}
    assert all(edge.source is not None and edge.source.raw_text for edge in paths.edges)


def test_the_specialists_indicators_are_kpis_without_targets(
    positions: Positions, kpis: Kpis
) -> None:
    indicators = named(positions, "call-centre-specialist").indicators
    assert [indicator.kpi for indicator in indicators] == [kpi.id for kpi in kpis.kpis]
    assert [i.id for p in positions.positions for i in p.indicators] == [i.id for i in indicators]
    assert {(kpi.direction.value, kpi.individual_use) for kpi in kpis.kpis} == {("unstated", None)}
    assert all(position.targets == () for position in positions.positions)


def test_requests_are_counted_and_shared_and_a_share_is_a_ratio_of_sums(kpis: Kpis) -> None:
    assert {kpi.id: (kpi.unit.value, kpi.aggregation.value, kpi.by) for kpi in kpis.kpis} == {
        "requests-registered": ("count", "sum", ("channel",)),
        "requests-registered-share": ("share", "ratio_of_sums", ("channel",)),
        "requests-resolved": ("count", "sum", ("complexity",)),
        "changes-registered": ("count", "sum", ("channel",)),
    }


def test_garbled_numbers_are_mended_and_logged(kpis: Kpis) -> None:
    assert kpis.source is not None
    logged = {(found.raw, found.mended) for found in kpis.source.corrections}
    assert logged == {("323", "3"), ("3.123.1", "3.1"), ("3.223. 2", "3.2"), ("3.323. 3", "3.3")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated_and_said_to_be_unofficial(
    checked: tuple[Checked, ...], language: str
) -> None:
    originals = {f.kind: f.value for f in checked if not isinstance(f.value, Translation)}
    found = [f.value for f in checked if isinstance(f.value, Translation)]
    sidecars = {s.of_kind: s for s in found if s.language == language}
    assert set(sidecars) == {"positions", "kpis", "paths"}
    for kind, sidecar in sidecars.items():
        original = originals[kind]
        assert original is not None
        assert completeness(original, sidecar) == 1
        assert sidecar.standing == "unofficial"
