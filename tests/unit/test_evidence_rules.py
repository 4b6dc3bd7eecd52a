"""When the evidence of a criterion suffices: how much, of what kind, how old, from whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.rules import flags, sufficiency
from competency.assessments.schema import Answer, EvidenceFact, Flag
from competency.frameworks.schema import Criterion, EvidenceKind, EvidenceRule, Unit
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
