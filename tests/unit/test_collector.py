"""The cyclic collector runs again once the last large file is read."""

from __future__ import annotations

import gc

import pytest

from competency.files.collector import collector_paused


def test_it_is_paused_inside_and_runs_again_after_the_last() -> None:
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_runs_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), collector_paused():
        raise ValueError("no")
    assert gc.isenabled()
