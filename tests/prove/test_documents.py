"""Two hundred documents of random facts: read back, fit for archives, no changed byte missed."""

from __future__ import annotations

from random import Random

import pytest

from competency.documents.attestation import attestation
from competency.documents.checking import Integrity, checked
from competency.documents.finishing import finished
from competency.documents.signing import signed
from tests.support.keys import signing_key
from tests.support.papers import flipped, holds, random_facts, signature_report
from tests.unit.test_documents_signing import NOW

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
DOCUMENTS, FLIPS = 200, 200


@pytest.mark.parametrize("start", range(0, DOCUMENTS, 25))
def test_two_hundred_documents_read_back_and_are_fit_for_archives(start: int) -> None:
    for seed in range(start, start + 25):
        holds(seed)


@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_changed_bytes_of_a_document_are_found_each(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    facts = random_facts(random)
    content = signed(finished(attestation(facts), facts, facts.language), signing_key(), NOW)
    assert checked(content).integrity is Integrity.UNCHANGED
    assert "Signature is Valid" in signature_report(content)
    for _ in range(FLIPS):
        assert checked(flipped(content, random)).integrity is Integrity.CHANGED
