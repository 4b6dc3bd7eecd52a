"""The rules of a framework, told in words of the page around words of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.rule_words import evidence_asked, result_words
from competency.frameworks.schema import (
    Criterion,
    Descriptor,
    EvidenceKind,
    EvidenceRule,
    Framework,
    Level,
    Scale,
    Terms,
    Unit,
)

STEPS = Scale(
    levels=(Level(code="G", label="Base"), Level(code="F", label="Medio <b>")), below_label="Nada"
)
MET = Scale(levels=(Level(code="met", label="Cumple"),), below_label="Aún no")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.app_context():
        yield


def criterion(name: str, scale: str = "steps", **more: object) -> Criterion:
    return Criterion.model_validate({"id": name, "title": name, "scale": scale, **more})


def made(unit: UnitRule, whole: str = "all", *units: Unit, terms: Terms | None = None) -> Framework:
    return Framework(
        id="made",
        version="1.0.0",
        title="Made",
        language="es",
        terms=terms or Terms(),
        scales={"steps": STEPS, "met": MET},
        units=units or (Unit(id="u", title="U", criteria=(criterion("a"),)),),
        outcome=OutcomeRules(unit=unit, framework=FrameworkRule.model_validate({"rule": whole})),
    )


def unit_words(rule: UnitRule, *criteria: Criterion) -> str:
    found = made(rule, "all", Unit(id="u", title="U", criteria=criteria))
    return str(result_words(found, "es").unit)


def test_a_level_that_is_asked_for_is_named_in_the_words_of_its_scale() -> None:
    assert unit_words(UnitRule(rule="all", at_least="G"), criterion("a")) == (
        'All are required: <strong lang="es">Competente</strong> when every criterion is at '
        '<strong lang="es">Base</strong> or above.'
    )
    highest = unit_words(UnitRule(rule="all", at_least="F"), criterion("a"))
    assert 'is judged <strong lang="es">Medio &lt;b&gt;</strong>.' in highest


def test_without_a_level_the_lowest_of_each_scale_is_asked_for() -> None:
    assert "the lowest level that it has" in unit_words(UnitRule(rule="all"), criterion("a"))
    mixed = (criterion("a"), criterion("b", "met"))
    assert "On a scale without that level" in unit_words(UnitRule(rule="all", at_least="G"), *mixed)


def test_enough_is_told_as_a_number_or_a_share_with_the_level_that_none_may_be_under() -> None:
    counted = UnitRule(rule="n_of", count=2, at_least="F", none_below="G")
    words = unit_words(counted, criterion("a"), criterion("b"))
    assert "when at least 2 of the criteria are judged" in words
    assert words.endswith('No criterion may be under <strong lang="es">Base</strong>.')
    share = {"rule": "n_of", "share": "0.8"}
    assert "at least 80% of the criteria" in unit_words(
        UnitRule.model_validate(share), criterion("a")
    )
    whole = made(UnitRule(rule="all")).model_copy(
        update={
            "outcome": OutcomeRules(
                unit=UnitRule(rule="all"), framework=FrameworkRule.model_validate(share)
            )
        }
    )
    assert "at least 80% of the units are." in result_words(whole, "es").whole


def test_the_lowest_decides_under_the_rule_minimum() -> None:
    words = result_words(made(UnitRule(rule="minimum"), "minimum"), "es")
    assert "level of its lowest criterion" in words.unit
    assert "level of its lowest unit" in words.whole


def test_a_whole_without_a_result_says_so_and_one_with_a_result_names_it() -> None:
    rule = UnitRule(rule="all")
    assert "forms no result" in result_words(made(rule, "none"), "es").whole
    own = result_words(made(rule, terms=Terms(competent="Qualified")), "en").whole
    assert own == 'All are required: <strong lang="en">Qualified</strong> when every unit is.'
    left = result_words(made(rule), "en").whole
    assert '<strong lang="es">Competente</strong>' in left, "no translation has a word for it"


def test_a_unit_with_a_rule_of_its_own_is_told_apart() -> None:
    inner = Unit(id="inner", title="I", criteria=(criterion("b"),))
    own = Unit(
        id="own",
        title="O",
        criteria=(criterion("a"),),
        units=(inner,),
        outcome=UnitRule(rule="all", at_least="G"),
    )
    words = result_words(made(UnitRule(rule="minimum"), "none", own), "es")
    assert set(words.own) == {"own"}
    assert "The units inside it are required too." in words.own["own"]


def test_levels_that_the_source_leaves_undefined_are_told() -> None:
    whole = criterion("a", levels={c: Descriptor(text=c) for c in ("G", "F")})
    half = criterion("b", levels={"F": Descriptor(text="F")})
    for criteria, expected in (((whole,), False), ((whole, half), True)):
        found = made(UnitRule(rule="minimum"), "none", Unit(id="u", title="U", criteria=criteria))
        assert result_words(found, "es").leaves_levels_undefined is expected


def test_what_evidence_is_asked_for_is_counted_and_told_point_by_point() -> None:
    rule = EvidenceRule(minimum=2, kinds=(EvidenceKind.KPI,), max_age_days=365, distinct_sources=2)
    assert evidence_asked(rule) == (
        "2 pieces are asked for",
        "of these kinds: Indicator",
        "at most 365 days old",
        "from 2 different people",
    )
    asking = (criterion("a", evidence=rule), criterion("b"))
    found = made(UnitRule(rule="all"), "all", Unit(id="u", title="U", criteria=asking))
    assert result_words(found, "es").evidence.startswith("1 of 2 criteria ask")
    assert result_words(made(UnitRule(rule="all")), "es").evidence.startswith("No criterion asks")
