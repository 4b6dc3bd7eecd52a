"""When the evidence of a criterion suffices: how much, of what kind, how old, from whom."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.evidence_rules import short_units, sufficiency
from competency.assessments.rules import flags
from competency.assessments.schema import Answer, EvidenceFact, Flag, Mode
from competency.frameworks.schema import Criterion, EvidenceKind, EvidenceRule, Framework, Unit
from tests.support.frameworks import framework

TODAY = date(2026, 6, 30)
SEEN, TOLD = EvidenceKind.DIRECT_PERFORMANCE, EvidenceKind.INTERVIEW


def piece(kind: EvidenceKind = SEEN, days: int = 0, source: int = 1) -> EvidenceFact:
    return EvidenceFact(kind, TODAY - timedelta(days=days), source)


@pytest.mark.parametrize(
    ("rule", "pieces", "suffices"),
    [
        (None, [], True),
        (EvidenceRule(), [], False),
        (EvidenceRule(), [piece()], True),
        (EvidenceRule(minimum=2), [piece()], False),
        (EvidenceRule(kinds=(TOLD,)), [piece(SEEN)], False),
        (EvidenceRule(kinds=(TOLD,)), [piece(SEEN), piece(TOLD)], True),
        (EvidenceRule(max_age_days=30), [piece(days=30)], True),
        (EvidenceRule(max_age_days=30), [piece(days=31)], False),
        (EvidenceRule(minimum=2, distinct_sources=2), [piece(), piece()], False),
        (EvidenceRule(minimum=2, distinct_sources=2), [piece(), piece(source=2)], True),
        (
            EvidenceRule(minimum=2, distinct_sources=2, kinds=(SEEN,)),
            [piece(), piece(), piece(TOLD, source=2)],
            False,
        ),
    ],
)
def test_evidence_suffices_as_its_rule_says(
    rule: EvidenceRule | None,
    pieces: list[EvidenceFact],
    suffices: bool,  # noqa: FBT001 - a case's expectation
) -> None:
    assert sufficiency(rule, pieces, TODAY).suffices is suffices


@given(
    st.lists(
        st.builds(piece, st.sampled_from([SEEN, TOLD]), st.integers(0, 60), st.integers(1, 3))
    ),
    st.builds(
        EvidenceRule,
        minimum=st.integers(1, 3),
        kinds=st.sampled_from([(), (SEEN,)]),
        max_age_days=st.none() | st.integers(1, 60),
        distinct_sources=st.none() | st.integers(1, 3),
    ),
    st.integers(0, 60),
)
def test_another_piece_never_makes_evidence_insufficient(
    pieces: list[EvidenceFact], rule: EvidenceRule, days: int
) -> None:
    before = sufficiency(rule, pieces, TODAY)
    after = sufficiency(rule, [*pieces, piece(days=days)], TODAY)
    assert after.suffices >= before.suffices
    assert before.counted + before.others == len(pieces)


def test_a_shortfall_is_flagged_with_its_criterion() -> None:
    rule = EvidenceRule(kinds=(TOLD,))
    criteria = tuple(
        Criterion(id=i, title=i, scale="judged", evidence=rule) for i in ("short", "enough")
    )
    made = framework((Unit(id="u", title="U", criteria=criteria),))
    found = flags(
        made,
        lead={i: Answer(i, "met") for i in ("short", "enough")},
        own=None,
        evidence={"short": [piece(SEEN)], "enough": [piece(TOLD)]},
        as_of=TODAY,
        self_assessment=False,
    )
    assert found == {Flag.EVIDENCE_SHORTFALL: ("short",)}


PIECES = st.lists(
    st.builds(
        EvidenceFact,
        st.sampled_from([SEEN, TOLD, EvidenceKind.PRACTICAL_TEST]),
        st.integers(0, 60).map(lambda days: TODAY - timedelta(days=days)),
        st.sampled_from(["employee:1", "employee:2", "ana cliente"]),
        st.none() | st.integers(-5, 5).map(lambda days: TODAY + timedelta(days=days)),
    ),
    max_size=6,
)
RULES = st.builds(
    EvidenceRule,
    minimum=st.integers(1, 3),
    kinds=st.sampled_from([(), (SEEN,), (SEEN, TOLD)]),
    max_age_days=st.none() | st.integers(1, 60),
    distinct_sources=st.none() | st.integers(1, 3),
)


@given(PIECES, RULES)
def test_each_piece_counts_or_says_once_why_not_and_what_is_missing_would_do(
    pieces: list[EvidenceFact], rule: EvidenceRule
) -> None:
    found = sufficiency(rule, pieces, TODAY)
    assert found.counted + found.ended + found.other_kind + found.too_old == len(pieces)
    assert found.suffices is (found.missing == 0 and found.missing_sources == 0)
    needed = max(found.missing, found.missing_sources)
    added = [EvidenceFact(SEEN, TODAY, f"further {n}") for n in range(needed)]
    assert sufficiency(rule, [*pieces, *added], TODAY).suffices


@given(PIECES, RULES)
def test_asking_for_less_never_makes_evidence_insufficient(
    pieces: list[EvidenceFact], rule: EvidenceRule
) -> None:
    before = sufficiency(rule, pieces, TODAY).suffices
    for milder in (
        None,
        rule.model_copy(update={"kinds": ()}),
        rule.model_copy(update={"max_age_days": None}),
        rule.model_copy(update={"distinct_sources": None}),
        rule.model_copy(update={"minimum": 1, "distinct_sources": None}),
    ):
        assert sufficiency(milder, pieces, TODAY).suffices >= before


@given(PIECES, RULES, st.randoms())
def test_the_order_of_evidence_changes_nothing(
    pieces: list[EvidenceFact], rule: EvidenceRule, random: Random
) -> None:
    shuffled = list(pieces)
    random.shuffle(shuffled)
    assert sufficiency(rule, shuffled, TODAY) == sufficiency(rule, pieces, TODAY)


@pytest.mark.parametrize(("days", "counts"), [(0, 1), (1, 1), (-1, 0)])
def test_evidence_counts_until_its_last_day(days: int, counts: int) -> None:
    fact = EvidenceFact(SEEN, TODAY, 1, TODAY + timedelta(days=days))
    assert sufficiency(EvidenceRule(), [fact], TODAY).counted == counts


def unit_asking(**more: object) -> Framework:
    """Return a framework of one unit with two criteria that asks for evidence as a whole."""
    criteria = tuple(Criterion(id=i, title=i, scale="judged") for i in ("a", "b"))
    return framework(
        (Unit.model_validate({"id": "u", "title": "U", "criteria": criteria, **more}),)
    )


def test_a_piece_for_two_criteria_counts_once_for_their_unit() -> None:
    made = unit_asking(evidence=EvidenceRule(minimum=2))
    twice = {"a": [(7, piece())], "b": [(7, piece())]}
    assert short_units(made, None, twice, TODAY, Mode.APPRAISAL) == ("u",)
    assert short_units(made, None, {**twice, "b": [(8, piece())]}, TODAY, Mode.APPRAISAL) == ()
    assert short_units(made, frozenset({"a"}), {"b": [(7, piece())]}, TODAY, Mode.APPRAISAL) == (
        "u",
    ), "what speaks to a criterion out of scope is not of the unit"
    assert short_units(made, frozenset(), {}, TODAY, Mode.APPRAISAL) == ()


def test_a_missing_practical_test_is_flagged_and_binds_only_through_the_outcome() -> None:
    made = unit_asking(assessment_methods=["practical_test"])
    seen = {"a": [(1, piece())]}
    assert short_units(made, None, seen, TODAY, Mode.APPRAISAL) == ("u",)
    assert short_units(made, None, seen, TODAY, Mode.CERTIFICATION) == ()
    tested = {"a": [(2, EvidenceFact(EvidenceKind.PRACTICAL_TEST, TODAY, 1))]}
    assert short_units(made, None, tested, TODAY, Mode.APPRAISAL) == ()
