"""Two browsers save one draft: each loser sees the conflict, and nothing is lost."""

from __future__ import annotations

from flask import Flask

from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.races import two_savers

ROUNDS = 200


def test_of_two_savers_one_wins_and_the_other_sees_what_stands(app: Flask, world: World) -> None:
    saves = two_savers(app, open_road(world), ROUNDS)
    assert saves.lost() == []
    assert len(saves.accepted) == len(saves.conflicts) == ROUNDS
    shown = {(theirs["version"], theirs["note"]) for theirs in saves.conflicts}
    assert shown == set(saves.accepted)


def test_the_control_loses_saves_with_the_version_check_switched_off(
    app: Flask, world: World
) -> None:
    saves = two_savers(app, open_road(world), 20, checked=False)
    assert saves.conflicts == []
    assert "somebody saved over what they had not seen" in saves.lost()
