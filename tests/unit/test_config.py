"""Settings: what cannot work is refused at start, by name; the secret is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from competency.app import create_app
from competency.config import Config, InvalidSetting, from_environment


@pytest.mark.parametrize("raw", ["²", "٣", "1.5", "-1", "", "x", "1e3"])
def test_a_number_that_is_no_whole_number_is_named(raw: str) -> None:
    with pytest.raises(InvalidSetting, match="COMPETENCY_SESSION_HOURS needs a whole number"):
        from_environment({"COMPETENCY_SESSION_HOURS": raw})


def test_a_whole_number_is_read_with_spaces_around_it() -> None:
    assert from_environment({"COMPETENCY_SESSION_HOURS": " 8 "}).session_hours == 8


def test_the_secret_is_written_whole_before_it_has_its_name_and_never_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = os.link

    def link(source: str, target: Path) -> None:
        seen.append((Path(source).read_text(encoding="ascii"), Path(target).exists()))
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    config = Config(data_folder=tmp_path)
    first, second = create_app(config), create_app(config)
    path = tmp_path / "secret-key"
    secret = path.read_text(encoding="ascii")
    assert seen == [(secret, False)]
    assert len(secret) == 64
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"] == secret
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir() if "secret" not in p.name] == []


def test_of_two_processes_that_start_at_once_the_first_secret_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(_source: str, target: Path) -> None:
        Path(target).write_text("the first", encoding="ascii")
        raise FileExistsError

    monkeypatch.setattr(os, "link", too_late)
    app = create_app(Config(data_folder=tmp_path))
    assert app.config["SECRET_KEY"] == "the first"
