"""Gaps: what was required and not reached, whatever the judgements."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.gaps import (
    gaps,
    required_level,
)
from competency.assessments.nodes import criterion_nodes
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Judged
from competency.credentials.rules import attested_units, register_number
from competency.frameworks.schema import BELOW, COMPETENT, Certification, Framework

LEVELS = ("G", "F", "E")


def framework(*, at_least: str | None = None) -> Framework:
    """Return two units, the second with one inside it, over a scale of three levels."""
    descriptors = {code: {"text": f"what {code} looks like"} for code in LEVELS}

    def criteria(*ids: str) -> list[dict[str, object]]:
        return [{"id": i, "title": i, "scale": "steps", "levels": descriptors} for i in ids]

    rule = {"rule": "all"} | ({"at_least": at_least} if at_least else {})
    return Framework.model_validate(
        {
            "id": "trial",
            "version": "1.0.0",
            "title": "Trial",
            "language": "en",
            "scales": {
                "steps": {
                    "below_label": "below G",
                    "levels": [{"code": c, "label": c} for c in LEVELS],
                }
            },
            "units": [
                {"id": "one", "title": "One", "criteria": criteria("one.a", "one.b")},
                {
                    "id": "two",
                    "title": "Two",
                    "criteria": criteria("two.a"),
                    "units": [{"id": "in", "title": "In", "criteria": criteria("in.a", "in.b")}],
                },
            ],
            "outcome": {"unit": rule, "framework": {"rule": "all"}},
        }
    )


PLAIN = framework()
STRICT = framework(at_least="F")
IDS = tuple(criterion.id for criterion in PLAIN.criteria())
judged = st.one_of(
    st.none(), st.just(Judged(excused=True)), st.sampled_from([BELOW, *LEVELS]).map(Judged)
)
answers = st.fixed_dictionaries(dict.fromkeys(IDS, judged)).map(
    lambda found: {i: value for i, value in found.items() if value is not None}
)
scopes = st.one_of(st.none(), st.frozensets(st.sampled_from(IDS)))
frameworks = st.sampled_from([PLAIN, STRICT])


@given(framework=frameworks, judgements=answers, scope=scopes)
def test_a_gap_is_what_takes_part_and_is_not_reached_and_nothing_else(
    framework: Framework, judgements: dict[str, Judged], scope: frozenset[str] | None
) -> None:
    found = gaps(framework, outcome(framework, Facts(judgements, scope)))
    by_id = {gap.criterion_id: gap for gap in found}
    assert len(by_id) == len(found)
    for criterion in framework.criteria():
        unit = framework.unit_of(criterion.id)
        required = required_level(framework, criterion, framework.unit_rule(unit))
        answer = judgements.get(criterion.id)
        takes_part = (scope is None or criterion.id in scope) and not (answer and answer.excused)
        level = answer.level if answer else None
        assert required is not None
        position = framework.scale_of(criterion.id).position
        reached = level is not None and position(level) >= position(required)
        assert (criterion.id in by_id) is (takes_part and not reached)
        if criterion.id in by_id:
            gap = by_id[criterion.id]
            assert (gap.unit_id, gap.judged, gap.required) == (unit.id, level, required)
            assert gap.missing_text == f"what {required} looks like"


@given(judgements=answers)
def test_what_was_not_judged_is_unknown_and_never_the_lowest_level(
    judgements: dict[str, Judged],
) -> None:
    found = gaps(PLAIN, outcome(PLAIN, Facts(judgements)))
    for gap in found:
        assert (gap.judged is None) is (gap.criterion_id not in judgements)


@given(framework=frameworks, judgements=answers, scope=scopes)
def test_gaps_follow_the_order_of_the_framework(
    framework: Framework, judgements: dict[str, Judged], scope: frozenset[str] | None
) -> None:
    ids = [g.criterion_id for g in gaps(framework, outcome(framework, Facts(judgements, scope)))]
    assert ids == [i for i in IDS if i in ids]


@given(framework=frameworks, judgements=answers, scope=scopes)
def test_a_competent_outcome_leaves_no_gap_and_a_gap_leaves_no_competent_unit_around_it(
    framework: Framework, judgements: dict[str, Judged], scope: frozenset[str] | None
) -> None:
    node = outcome(framework, Facts(judgements, scope))
    found = gaps(framework, node)
    if node.result == COMPETENT:
        assert found == ()
    open_ids = {gap.criterion_id for gap in found}
    for unit in attested_units(by_unit(framework), node):
        assert open_ids.isdisjoint(leaf.id for leaf in criterion_nodes(unit))


@given(framework=frameworks, judgements=answers, scope=scopes)
def test_an_attested_unit_is_competent_and_stands_inside_no_other_attested_one(
    framework: Framework, judgements: dict[str, Judged], scope: frozenset[str] | None
) -> None:
    units = attested_units(by_unit(framework), outcome(framework, Facts(judgements, scope)))
    assert all(unit.result == COMPETENT and unit.kind == "unit" for unit in units)
    leaves = [leaf.id for unit in units for leaf in criterion_nodes(unit)]
    assert len(leaves) == len(set(leaves))


def test_an_inner_unit_is_attested_where_the_one_around_it_is_not() -> None:
    judgements = {i: Judged("E") for i in IDS} | {"two.a": Judged(BELOW)}
    units = attested_units(by_unit(PLAIN), outcome(PLAIN, Facts(judgements)))
    assert [unit.id for unit in units] == ["one", "in"]


def by_unit(framework: Framework) -> Framework:
    """Return the framework with its units certified by themselves."""
    return framework.model_copy(update={"certification": Certification(by_unit=True)})


def test_a_framework_that_is_certified_as_a_whole_attests_no_part_alone() -> None:
    part = outcome(PLAIN, Facts({i: Judged("E") for i in IDS} | {"two.a": Judged(BELOW)}))
    whole = outcome(PLAIN, Facts({i: Judged("E") for i in IDS}))
    assert attested_units(PLAIN, part) == ()
    assert [unit.id for unit in attested_units(PLAIN, whole)] == [u.id for u in whole.children]


def test_a_number_has_its_prefix_its_year_and_five_digits_or_more() -> None:
    assert register_number("OF", 2026, 42) == "OF-2026-00042"
    assert register_number("OF", 2026, 123456) == "OF-2026-123456"
