"""Settings: what cannot work is refused at start, by name; the secret is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from competency.app import create_app
from competency.config import Config, InvalidSetting, MailServer, from_environment


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", MailServer("smtp", "localhost", 25)),
        ("smtp://mail.example:2525", MailServer("smtp", "mail.example", 2525)),
        ("smtp://me:secret@127.0.0.1", MailServer("smtp", "127.0.0.1", 25, "me", "secret")),
        ("smtps://mail.example/", MailServer("smtps", "mail.example", 465)),
        (
            "smtp+starttls://me%40mail.example:p%2Fw%3A%40@mail.example",
            MailServer("smtp+starttls", "mail.example", 587, "me@mail.example", "p/w:@"),
        ),
    ],
)
def test_a_mail_server_is_read_with_its_usual_port(url: str, expected: MailServer) -> None:
    assert Config(smtp_url=url, mail_from="no-reply@centro.example").mail_server == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:x",
        "smtp://mail.example:99999",
        "smtp://mail.example/path",
        "smtp://me:secret@mail.example",
    ],
)
def test_a_mail_server_that_cannot_work_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidSetting, match="COMPETENCY_SMTP_URL") as caught:
        Config(smtp_url=url, mail_from="no-reply@centro.example")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.example\nBcc: c@d.example", "Name <>"])
def test_a_mail_server_needs_an_address_that_mails_come_from(sender: str) -> None:
    with pytest.raises(InvalidSetting, match="COMPETENCY_MAIL_FROM"):
        Config(smtp_url="smtp://localhost", mail_from=sender)


def test_without_a_mail_server_there_is_none() -> None:
    assert Config().mail_server is None
    assert "secret" not in repr(
        Config(smtp_url="smtp://me:secret@localhost", mail_from="a@b.example").mail_server
    )
