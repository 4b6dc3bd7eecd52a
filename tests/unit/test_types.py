"""Our column types, keys and identifiers: the same value on every database, or a refusal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from competency.database.canonical import canonical_json
from competency.database.identifiers import (
    ALPHABET,
    check_code,
    digest,
    normalise_code,
    public_id,
    token,
)
from competency.database.text import fold, search_pattern
from competency.database.types import CanonicalJson, ExactDecimal, Utc

DIALECTS: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy types no dialect's constructor
each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)


@each_dialect
def test_a_naive_instant_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="naive"):
        Utc().process_bind_param(datetime(2026, 3, 10), dialect)  # noqa: DTZ001 - the point
    assert Utc().process_bind_param(None, dialect) is None


@each_dialect
@given(
    st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - Hypothesis asks for naive bounds
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    dialect: Dialect, naive: datetime, minutes: int
) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    stored = Utc().process_bind_param(instant, dialect)
    back = Utc().process_result_value(stored, dialect)
    assert back == instant
    assert back is not None
    assert back.tzinfo is UTC


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_a_decimal_is_stored_exactly(scaled: int, places: int) -> None:
    value = Decimal(scaled).scaleb(-places)
    kind = ExactDecimal(places)
    stored = kind.process_bind_param(value, DIALECTS[0])
    assert stored == scaled
    back = kind.process_result_value(stored, DIALECTS[0])
    assert back is not None
    assert Fraction(back) == Fraction(scaled, 10**places)
    assert back.as_tuple().exponent == -places


@pytest.mark.parametrize("value", ["0.001", "1.005", "NaN", "Infinity", "1E-3"])
def test_a_decimal_that_does_not_fit_is_refused_and_never_rounded(value: str) -> None:
    with pytest.raises(ValueError, match="decimal places"):
        ExactDecimal(2).process_bind_param(Decimal(value), DIALECTS[0])


def test_sums_of_decimals_are_exact_in_the_database() -> None:
    table = sa.Table("amounts", sa.MetaData(), sa.Column("value", ExactDecimal(3)))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(sa.insert(table), [{"value": Decimal("0.1")}] * 1000)
        assert connection.scalar(sa.select(sa.func.sum(table.c.value))) == Decimal(100)
    engine.dispose()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_has_one_text_and_is_read_back_equal(value: object) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text
    stored = CanonicalJson().process_bind_param(value, DIALECTS[0])
    assert CanonicalJson().process_result_value(stored, DIALECTS[0]) == value


def test_json_that_is_not_json_is_refused() -> None:
    assert canonical_json({"b": 1, "a": "ñ"}) == '{"a":"ñ","b":1}'
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ñandú", "nandu"),
        ("  Ёлкина   Жанна ", "елкина жанна"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Й", "и"),
        ("ﬁn", "fin"),
        ("O\u2019Higgins", "o\u2019higgins"),
        ("İ", "i"),
        ("", ""),
    ],
)
def test_people_are_found_without_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_is_done_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(f"  {text} ")


@given(st.text(alphabet="a%_\\Ñж ", max_size=6), st.text(alphabet="a%_\\Ñж ", max_size=12))
def test_a_search_finds_exactly_the_keys_that_contain_it(wanted: str, key: str) -> None:
    with ENGINE.connect() as connection:
        found = connection.scalar(
            sa.select(sa.literal(fold(key)).like(search_pattern(wanted), escape="\\"))
        )
    assert bool(found) == (fold(wanted) in fold(key))


ENGINE = sa.create_engine("sqlite://", poolclass=sa.StaticPool)


def test_identifiers_are_random_and_say_nothing() -> None:
    made = {public_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(identifier) for identifier in made} == {20}
    assert set("".join(made)) == set(ALPHABET)
    assert len({token() for _ in range(100)}) == 100
    assert len(token()) == 43


@given(st.integers(0, 200))
def test_a_check_code_is_read_back_however_it_is_typed(number: int) -> None:
    code = check_code()
    assert len(code) == 11
    spelled = code.replace("0", "o").replace("1", "iIlL"[number % 4])
    for typed in (code, code.upper(), code.replace("-", " "), spelled, f" {spelled} "):
        assert normalise_code(typed) == code


def test_only_the_digest_of_a_secret_is_kept() -> None:
    secret = token()
    assert secret not in digest(secret)
    assert digest(secret) == digest(secret) != digest(token())
