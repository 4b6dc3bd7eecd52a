"""What a new version of a framework changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from competency.files.content import filled
from competency.frameworks.comparison import Change, ChangeSort, compare
from competency.frameworks.schema import (
    Criterion,
    Descriptor,
    Framework,
    Level,
    Scale,
    Unit,
)
from tests.support.frameworks import framework, frameworks


def made(*units: Unit) -> Framework:
    return framework(units)


def criterion(criterion_id: str = "c", title: str = "Does it", scale: str = "steps") -> Criterion:
    return Criterion(id=criterion_id, title=title, scale=scale)


def unit(unit_id: str, *criteria: Criterion, title: str = "A unit") -> Unit:
    return Unit(id=unit_id, title=title, criteria=criteria)


BEFORE = made(unit("a", criterion("c"), criterion("d")), unit("b", criterion("e")))


def sorts(after: Framework) -> list[tuple[str, str, str]]:
    return [(c.sort.value, c.thing, c.id) for c in compare(BEFORE, after)]


def test_what_was_added_and_dropped_is_named() -> None:
    after = made(unit("a", criterion("c"), criterion("new")), unit("b", criterion("e")))
    assert sorts(after) == [("dropped", "criterion", "d"), ("added", "criterion", "new")]


def test_what_stands_in_another_unit_was_moved() -> None:
    after = made(unit("a", criterion("c")), unit("b", criterion("e"), criterion("d")))
    assert compare(BEFORE, after) == (
        Change(ChangeSort.MOVED, "criterion", "d", "Does it", "", "a", "b"),
    )


def test_other_words_are_shown_beside_the_old_ones() -> None:
    after = made(unit("a", criterion("c", "Does it well"), criterion("d")), BEFORE.units[1])
    (change,) = compare(BEFORE, after)
    assert (change.sort, change.field) == (ChangeSort.REWORDED, "title")
    assert (change.before, change.after) == ("Does it", "Does it well")


def test_a_descriptor_is_compared_level_by_level() -> None:
    described = criterion("c").model_copy(update={"levels": {"F": Descriptor(text="knows")}})
    after = made(unit("a", described, criterion("d")), BEFORE.units[1])
    (change,) = compare(BEFORE, after)
    assert (change.sort, change.field, change.after) == (ChangeSort.REWORDED, "levels.F", "knows")


def test_a_criterion_on_another_scale_is_rescaled() -> None:
    after = made(unit("a", criterion("c", scale="judged"), criterion("d")), BEFORE.units[1])
    assert ("rescaled", "criterion", "c") in sorts(after)


def test_a_level_put_into_a_scale_rescales_every_criterion_on_it() -> None:
    steps = BEFORE.scales["steps"]
    longer = Scale(levels=(*steps.levels, Level(code="X", label="X")), below_label="Below G")
    after = BEFORE.model_copy(update={"scales": {**BEFORE.scales, "steps": longer}})
    found = sorts(Framework.model_validate(after.model_dump()))
    assert ("changed", "scale", "steps") in found
    assert [name for sort, _, name in found if sort == "rescaled"] == ["c", "d", "e"]


def test_another_order_is_a_change() -> None:
    after = made(unit("a", criterion("d"), criterion("c")), BEFORE.units[1])
    (change,) = compare(BEFORE, after)
    assert (change.sort, change.field) == (ChangeSort.CHANGED, "criteria")
    assert (change.before, change.after) == (("c", "d"), ("d", "c"))


@given(frameworks())
def test_a_framework_does_not_differ_from_itself_in_a_new_version(of: Framework) -> None:
    assert compare(of, of.model_copy(update={"version": "2.0.0"})) == ()


@given(frameworks(), frameworks(), st.booleans())
def test_two_frameworks_differ_exactly_when_their_content_does(
    first: Framework,
    second: Framework,
    same: bool,  # noqa: FBT001 - drawn
) -> None:
    other = first if same else second
    differ = filled(first) != filled(other)
    assert bool(compare(first, other)) is differ
