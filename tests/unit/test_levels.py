"""The rule ``minimum``, levels that a source leaves undefined, readings not yet confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.gaps import (
    Step,
    gaps,
    levels_wanted,
    next_step,
)
from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged
from competency.frameworks.outcome_schema import (
    FrameworkRule,
    OutcomeRules,
    UnitRule,
)
from competency.frameworks.schema import (
    BELOW,
    COMPETENT,
    NOT_YET_COMPETENT,
    Criterion,
    Descriptor,
    Framework,
    Level,
    Scale,
    Unit,
)
from competency.resources import FRAMEWORKS
from tests.support.loading import load_framework

CODES = ("n1", "n2", "n3")
STEPS = Scale(levels=tuple(Level(code=code, label=code) for code in CODES), below_label="under n1")


def criterion(criterion_id: str, *defined: str) -> Criterion:
    levels = {c: Descriptor(text=f"{c} of it" if c in defined else None) for c in CODES}
    return Criterion(id=criterion_id, title=criterion_id, scale="steps", levels=levels)


def progression(
    *units: Unit, unit: str = "minimum", whole: str = "minimum", status: str | None = None
) -> Framework:
    return Framework.model_validate(
        Framework(
            id="made",
            version="1.0.0",
            title="Made",
            language="en",
            scales={"steps": STEPS},
            units=units,
            outcome=OutcomeRules.model_validate(
                {"unit": {"rule": unit}, "framework": {"rule": whole}}
            ),
        ).model_copy(update={"status": status})
    )


def one_unit(*criteria: Criterion) -> Framework:
    return progression(Unit(id="u", title="U", criteria=criteria))


def judged(**levels: str) -> Facts:
    return Facts({i: Judged(level=level) for i, level in levels.items()})


WHOLE = criterion("whole", *CODES)
TOP_ONLY = criterion("top", "n3")


@st.composite
def units_and_levels(draw: st.DrawFn) -> tuple[Framework, dict[str, str]]:
    """Give a unit of criteria that define some levels each, and a judgement of every one."""
    numbers = range(draw(st.integers(1, 5)))
    subsets = st.sets(st.sampled_from(CODES), min_size=1)
    criteria = [criterion(f"c{n}", *draw(subsets)) for n in numbers]
    framework = one_unit(*criteria)
    levels = {c.id: draw(st.sampled_from([BELOW, *framework.awardable(c.id)])) for c in criteria}
    return framework, levels


@given(units_and_levels())
def test_a_units_level_is_the_highest_that_every_criterion_defining_it_reaches(
    drawn: tuple[Framework, dict[str, str]],
) -> None:
    framework, levels = drawn
    order = [BELOW, *CODES]
    reached = BELOW
    for code in CODES:
        defining = [c for c in framework.criteria() if c.levels[code].text is not None]
        if not defining:
            continue
        if any(order.index(levels[c.id]) < order.index(code) for c in defining):
            break
        reached = code
    unit = nodes_by_id(outcome(framework, judged(**levels)))["u"]
    assert unit.result == reached


@given(units_and_levels(), st.data())
def test_a_better_judgement_never_lowers_a_level(
    drawn: tuple[Framework, dict[str, str]], data: st.DataObject
) -> None:
    framework, levels = drawn
    order = [BELOW, *CODES]
    changed = data.draw(st.sampled_from(sorted(levels)))
    above = [
        code
        for code in framework.awardable(changed)
        if order.index(code) >= order.index(levels[changed])
    ]
    better = {**levels, changed: data.draw(st.sampled_from([*above, levels[changed]]))}
    before = outcome(framework, judged(**levels)).result
    after = outcome(framework, judged(**better)).result
    assert order.index(str(after)) >= order.index(str(before))


@given(units_and_levels())
def test_closing_every_gap_takes_the_unit_to_its_next_level(
    drawn: tuple[Framework, dict[str, str]],
) -> None:
    framework, levels = drawn
    tree = outcome(framework, judged(**levels))
    found = gaps(framework, tree)
    order = [BELOW, *CODES]
    closed = {**levels, **{gap.criterion_id: gap.required for gap in found}}
    after = outcome(framework, judged(**closed)).result
    if tree.result == max((framework.awardable(i)[-1] for i in levels), key=order.index):
        assert found == ()
    else:
        assert order.index(str(after)) > order.index(str(tree.result))


def test_below_is_below_and_says_what_holds_it_back() -> None:
    unit = outcome(one_unit(WHOLE), judged(whole=BELOW)).children[0]
    assert unit.result == BELOW
    assert [line.code for line in unit.lines] == ["lowest", "held_back"]
    assert unit.lines[1].params == {"ids": ["whole"]}


def test_being_under_the_only_defined_level_holds_back_only_from_there() -> None:
    assert outcome(one_unit(WHOLE, TOP_ONLY), judged(whole="n3", top=BELOW)).result == "n2"


def test_a_level_that_no_criterion_has_is_never_reached_by_a_unit_or_the_whole() -> None:
    tree = outcome(one_unit(TOP_ONLY), judged(top=BELOW))
    assert (tree.result, tree.children[0].result) == (BELOW, BELOW)
    assert [gap.required for gap in gaps(one_unit(TOP_ONLY), tree)] == ["n3"]
    ends = one_unit(criterion("ends", "n1", "n3"))
    tree = outcome(ends, judged(ends="n1"))
    assert (tree.result, tree.children[0].result) == ("n1", "n1")
    assert [gap.required for gap in gaps(ends, tree)] == ["n3"]


def test_a_unit_holds_the_whole_back_only_at_levels_that_it_has() -> None:
    framework = progression(
        Unit(id="a", title="A", criteria=(WHOLE,)),
        Unit(id="b", title="B", criteria=(criterion("first", "n1"),)),
    )
    tree = outcome(framework, judged(whole="n2", first="n1"))
    assert [child.result for child in tree.children] == ["n2", "n1"]
    assert tree.result == "n2"
    assert outcome(framework, judged(whole="n2", first=BELOW)).result == BELOW


def test_a_level_that_only_criteria_out_of_scope_have_is_not_reached() -> None:
    facts = Facts({"top": Judged(level=BELOW)}, scope=frozenset({"top"}))
    assert outcome(one_unit(WHOLE, TOP_ONLY), facts).result == BELOW


def test_what_was_not_judged_leaves_the_level_open() -> None:
    unit = outcome(one_unit(WHOLE, TOP_ONLY), judged(whole="n1")).children[0]
    assert unit.result is None
    assert unit.lines[0].params == {"ids": ["top"]}


def test_the_whole_takes_the_lowest_of_its_units() -> None:
    framework = progression(
        Unit(id="a", title="A", criteria=(criterion("ac", *CODES),)),
        Unit(id="b", title="B", criteria=(criterion("bc", *CODES),)),
    )
    tree = outcome(framework, judged(ac="n3", bc="n1"))
    assert [child.result for child in tree.children] == ["n3", "n1"]
    assert tree.result == "n1"


def test_below_names_the_first_level_that_a_criterion_has() -> None:
    framework = one_unit(WHOLE, TOP_ONLY)
    assert framework.level_label("whole", BELOW) == framework.scale_of("whole").below_label
    top = framework.level_label("top", "n3")
    assert framework.level_label("top", BELOW) == f"Under: {top}"
    spanish = framework.model_copy(update={"language": "es-CL"})
    assert spanish.level_label("top", BELOW) == f"Por debajo de: {top}"


def test_no_level_is_formed_across_units_before_an_inferred_reading_is_confirmed() -> None:
    framework = one_unit(WHOLE).model_copy(update={"status": "inferred"})
    facts = judged(whole="n2")
    tree = outcome(framework, facts)
    assert tree.result is None
    assert [line.code for line in tree.lines] == ["unconfirmed"]
    assert tree.children[0].result == "n2"
    confirmed = Facts(facts.judgements, reading_confirmed=True)
    assert outcome(framework, confirmed).result == "n2"


def test_a_standard_may_form_no_result_across_its_units() -> None:
    framework = progression(Unit(id="u", title="U", criteria=(WHOLE,)), whole="none")
    tree = outcome(framework, judged(whole="n2"))
    assert (tree.result, tree.lines[0].code) == (None, "no_overall")


def test_a_required_level_that_is_undefined_asks_nothing_of_a_criterion() -> None:
    rules = OutcomeRules(
        unit=UnitRule(rule="all", at_least="n2"), framework=FrameworkRule(rule="all")
    )
    framework = one_unit(WHOLE, TOP_ONLY).model_copy(update={"outcome": rules})
    assert outcome(framework, judged(whole="n2", top=BELOW)).result == COMPETENT
    assert outcome(framework, judged(whole="n1", top=BELOW)).result == NOT_YET_COMPETENT
    found = gaps(framework, outcome(framework, judged(whole="n1", top=BELOW)))
    assert [gap.criterion_id for gap in found] == ["whole"]


def test_nobody_is_competent_in_a_unit_of_which_nothing_is_required() -> None:
    rules = OutcomeRules(
        unit=UnitRule(rule="all", at_least="n2"), framework=FrameworkRule(rule="all")
    )
    framework = one_unit(TOP_ONLY).model_copy(update={"outcome": rules})
    tree = outcome(framework, judged(top=BELOW))
    assert (tree.result, tree.children[0].result) == (None, None)
    assert tree.children[0].lines[0].code == "level_undefined"
    assert tree.lines[0].code == "level_undefined", "the whole says why, too"
    assert gaps(framework, tree) == ()
    out = outcome(framework, Facts({}, scope=frozenset()))
    assert out.children[0].lines[0].code == "nothing_in_scope", "that is another reason"


@pytest.mark.parametrize(
    ("criterion_of", "awardable"),
    [
        (WHOLE, CODES),
        (TOP_ONLY, ("n3",)),
        (criterion("none"), CODES),
    ],
    ids=["all described", "one described", "none described: the labels are all there is"],
)
def test_only_a_level_that_means_something_can_be_awarded(
    criterion_of: Criterion, awardable: tuple[str, ...]
) -> None:
    assert one_unit(criterion_of).awardable(criterion_of.id) == awardable


def test_a_level_that_the_scale_describes_can_be_awarded() -> None:
    described = Level(code="n2", label="n2", description="knows most of it")
    scale = Scale(levels=(STEPS.levels[0], described, STEPS.levels[2]), below_label="under n1")
    framework = one_unit(TOP_ONLY).model_copy(update={"scales": {"steps": scale}})
    assert framework.awardable("top") == ("n2", "n3")


def test_the_next_level_is_wanted_of_a_unit_that_has_one() -> None:
    framework = one_unit(WHOLE, TOP_ONLY)
    first = outcome(framework, judged(whole="n1", top=BELOW))
    assert levels_wanted(framework, first) == {"whole": "n2"}
    top = outcome(framework, judged(whole="n3", top="n3"))
    assert levels_wanted(framework, top) == {}


def test_letters_stand_beside_the_words_and_are_never_compared() -> None:
    lettered = WHOLE.model_copy(update={"levels": {"n1": Descriptor(text="t", source_label="D")}})
    framework = one_unit(lettered)
    assert framework.level_label("whole", "n1") == "D · n1"
    assert framework.level_label("whole", BELOW) == "under n1"


def test_the_next_step_of_the_whole_counts_who_is_there_and_names_the_others() -> None:
    framework = load_framework(FRAMEWORKS / "customer-service-progression" / "1.0.0.yaml")
    scope = framework.criteria_of_scope(framework.scope("agents"))
    levels = dict.fromkeys(scope, "n2") | {"ambiguity": "n1", "trust": "n1", "leadership": "n3"}
    facts = Facts(
        {i: Judged(level=level) for i, level in levels.items()}, scope, reading_confirmed=True
    )
    step = next_step(framework, outcome(framework, facts))
    assert step == Step("n2", 7, 9, ("ambiguity", "trust"))
    low = {**facts.judgements, "leadership": Judged(level=BELOW)}
    step = next_step(framework, outcome(framework, replace(facts, judgements=low)))
    assert step is not None
    assert (step.reached, step.asked) == (6, 8), "where n2 is undefined, nothing is asked at n2"
    top = {i: Judged(level="n3") for i in scope}
    assert next_step(framework, outcome(framework, replace(facts, judgements=top))) is None
