"""What is chosen on the page of columns, as a profile, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.errors import Invalid
from competency.kpis.import_mapping import (
    Choice,
    Counted,
    choices_of,
    counted_of,
    is_mappable,
    profile_text,
)
from competency.kpis.import_profile import read_profile
from competency.kpis.import_schema import Amount

HEADINGS = ("Agent", "Start", "State", "Talk", "Rating", "Recording", "Line")
SETTINGS = {"format": "1", "source": "telephony", "shape": "calls", "kept_days": 30}
CHOICES = [
    Choice("person"),
    Choice("day"),
    Choice(),
    Choice("handle-seconds", Amount.SHORT_CLOCK),
    Choice("satisfaction-sum"),
    Choice("reference"),
    Choice("line"),
]
COUNTED = [
    Counted("handled", "State", ("answered",)),
    Counted("handle-seconds", "State", ("answered", "moved")),
    Counted("answers", "Rating"),
    Counted("offered"),
]


def test_contacts_are_counted_added_up_and_named_as_the_page_says() -> None:
    text = profile_text(HEADINGS, CHOICES, SETTINGS, [*COUNTED, Counted()])
    profile = read_profile(text)
    fields = profile.fields
    assert {name: field.column for name, field in fields.items()} == {
        "handle-seconds": "Talk",
        "satisfaction-sum": "Rating",
        "handled": None,
        "answers": None,
        "offered": None,
    }
    assert fields["handled"].where is not None
    assert fields["handled"].where.values == ("answered",)
    assert fields["answers"].where is not None
    assert fields["answers"].where.values == ()
    assert fields["offered"].where is fields["satisfaction-sum"].where is None
    assert profile.contact is not None
    assert (profile.contact.reference, profile.contact.line) == ("Recording", "Line")
    assert profile.contact.kept_days == 30
    assert is_mappable(profile)


WORD = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8)
FIELDS = ("handled", "answers", "offered", "satisfied", "transferred", "resolved")


@st.composite
def counted(draw: st.DrawFn) -> list[Counted]:
    """Draw which contacts count for some figures."""
    found = []
    for field in draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=6)):
        column = draw(st.sampled_from(("", *HEADINGS)))
        values = draw(st.lists(WORD, unique=True, max_size=3)) if column else []
        found.append(Counted(field, column, tuple(values)))
    return found


@given(counted())
def test_what_a_page_says_is_what_it_shows_again(rows: list[Counted]) -> None:
    profile = read_profile(profile_text(HEADINGS, CHOICES, SETTINGS, rows))
    assert is_mappable(profile)
    assert choices_of(profile, HEADINGS) == CHOICES
    assert sorted(counted_of(profile), key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    ("choices", "rows", "shape", "says"),
    [
        (CHOICES, COUNTED, "wide", "counted only where"),
        (CHOICES, [Counted("handled"), Counted("handled", "State")], "calls", "counted twice"),
        ([Choice() if c.meaning == "reference" else c for c in CHOICES], [], "calls", "reference"),
        (CHOICES[1:], [], "calls", "who it is about"),
        ([*CHOICES[:1], Choice("person"), *CHOICES[2:]], [], "calls", "are the same"),
        (CHOICES[:2], [], "calls", "at least one column"),
    ],
)
def test_what_no_profile_can_say_is_refused_in_words(
    choices: list[Choice], rows: list[Counted], shape: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        profile_text(HEADINGS, choices, {**SETTINGS, "shape": shape}, rows)


def test_what_a_page_cannot_show_stays_text() -> None:
    text = profile_text(HEADINGS, CHOICES, SETTINGS, COUNTED)
    assert not is_mappable(read_profile(text + "kpis: [average-handling-time]\n"))
    narrowed = text.replace("  kept_days: 30", "  kept_days: 30\n  where: {column: State}")
    assert not is_mappable(read_profile(narrowed))
    assert not is_mappable(read_profile(text.replace("answered", "answered|moved")))
    assert not is_mappable(read_profile(text.replace("answered", "' answered'")))
    many = "".join(f"  f{n}: {{}}\n" for n in range(9))
    assert not is_mappable(read_profile(text.replace("fields:\n", "fields:\n" + many)))
    text = profile_text(HEADINGS, CHOICES, SETTINGS)
    assert is_mappable(read_profile(text))
    assert not is_mappable(read_profile(text + "files: {sheet: Marzo}\n"))
    for twice in ("column: Agent", "column: Talk"):
        campaign = f"campaign: {{take: column, {twice}}}\n"
        assert not is_mappable(read_profile(text + campaign)), twice
    assert not is_mappable(read_profile(text.replace("day: Start", "day: Agent")))
