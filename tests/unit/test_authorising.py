"""Which authorisation lets a document be issued, what may be done to one, how a commission ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.credentials.authorising import authorised, lack_on
from competency.credentials.schema import (
    Authorisation,
    CommissionState,
    EntryState,
    Lack,
    Reason,
    StatusAction,
)
from competency.credentials.standing import REASONS, STEPS, commission_state, possible
from competency.documents.attestation import internal_title, is_statutory_wording
from competency.errors import Invalid
from competency.frameworks.schema import DocumentKind
from competency.wording import LANGUAGES, Words

SLUG = "some-standard"
CERTIFICATE = DocumentKind.CERTIFICATE
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))


def authorisation(
    starts_on: date = date(2026, 1, 1),
    valid_until: date | None = None,
    ended_on: date | None = None,
    *,
    slug: str = SLUG,
    document: DocumentKind = CERTIFICATE,
) -> Authorisation:
    covers = frozenset({(slug, document)})
    return Authorisation(1, "a", "An authority", "17", starts_on, valid_until, ended_on, covers)


@given(DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_an_authorisation_holds_from_its_first_day_to_its_last_or_its_end(
    starts_on: date, valid_until: date | None, ended_on: date | None, day: date
) -> None:
    one = authorisation(starts_on, valid_until, ended_on)
    holds = (
        starts_on <= day
        and (valid_until is None or day <= valid_until)
        and (ended_on is None or day < ended_on)
    )
    assert (lack_on(day, one) is None) is holds
    found, lack = authorised([one], SLUG, CERTIFICATE, day)
    assert (lack is None) is holds
    assert found is one


@pytest.mark.parametrize(
    ("known", "lack"),
    [
        ([], Lack.NONE),
        ([authorisation(slug="another-standard")], Lack.SCOPE),
        ([authorisation(document=DocumentKind.VALIDATION)], Lack.SCOPE),
        ([authorisation(date(2026, 3, 1))], Lack.NOT_YET),
        ([authorisation(valid_until=date(2026, 1, 31))], Lack.EXPIRED),
        ([authorisation(ended_on=date(2026, 2, 1))], Lack.ENDED),
        ([authorisation(slug="another-standard", valid_until=date(2026, 1, 2))], Lack.NONE),
        ([authorisation(slug="another-standard"), authorisation(date(2026, 3, 1))], Lack.NOT_YET),
    ],
)
def test_what_is_missing_is_the_nearest_miss(known: list[Authorisation], lack: Lack) -> None:
    assert authorised(known, SLUG, CERTIFICATE, date(2026, 2, 1))[1] is lack


def test_one_that_ended_does_not_hide_one_in_force() -> None:
    held, ended = authorisation(), authorisation(ended_on=date(2026, 1, 2))
    for known in ([held, ended], [ended, held]):
        assert authorised(known, SLUG, CERTIFICATE, date(2026, 2, 1)) == (held, None)


@given(st.lists(st.sampled_from(list(StatusAction)), max_size=12))
def test_no_way_leads_out_of_revoked_and_superseded(actions: list[StatusAction]) -> None:
    state, over = EntryState.ACTIVE, False
    for action in actions:
        sources, target = STEPS[action]
        if state in sources:
            assert not over
            assert action in possible(state)
            state = target
        else:
            assert action not in possible(state)
        over = over or state in {EntryState.REVOKED, EntryState.SUPERSEDED}
    assert state in {
        EntryState.ACTIVE,
        EntryState.SUSPENDED,
        EntryState.REVOKED,
        EntryState.SUPERSEDED,
    }


def test_nothing_is_done_to_what_has_no_document_yet() -> None:
    assert possible(EntryState.ISSUING) == ()


def test_every_action_has_reasons_and_every_reason_an_action() -> None:
    assert set(REASONS) == set(StatusAction)
    assert {reason for several in REASONS.values() for reason in several} == set(Reason)


@given(st.lists(st.none() | st.booleans(), min_size=1, max_size=5), st.booleans())
def test_a_commission_approves_only_when_every_seat_has(
    votes: list[bool | None],
    seated: bool,  # noqa: FBT001 - drawn
) -> None:
    state = commission_state(votes, seated=seated)
    assert (state is CommissionState.REFUSED) is (False in votes)
    assert (state is CommissionState.APPROVED) is (seated and all(votes))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_title_of_an_internal_document_has_no_word_that_a_law_keeps(language: str) -> None:
    title = Words(language).gettext("Internal attestation")
    assert internal_title(title) == title


@pytest.mark.parametrize(
    "title",
    [
        "Certificate of competence",
        "CERTIFICADO de competencias laborales",
        "Constancia de certificación",
        "Certificato interno",
        "Attestato di qualificazione",
        "Documento di validazione",
        "Сертификат компетенций",
        "Свидетельство",
        "Диплом",
        "Internal certificate",
    ],
)
def test_a_statutory_word_is_refused_in_the_title_of_an_internal_document(title: str) -> None:
    assert is_statutory_wording(title)
    with pytest.raises(Invalid, match="can't be called"):
        internal_title(title)


def test_the_last_day_counts_and_the_day_of_the_end_does_not() -> None:
    last = date(2026, 2, 1)
    assert lack_on(last, authorisation(valid_until=last)) is None
    assert lack_on(last + timedelta(days=1), authorisation(valid_until=last)) is Lack.EXPIRED
    assert lack_on(last, authorisation(ended_on=last)) is Lack.ENDED
