"""Every setting, typed, from the environment; ``docs/operations.md`` lists them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

PREFIX = "COMPETENCY_"
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""How a mail server is talked to, each with its usual port."""
_SENDER = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class InvalidSetting(ValueError):
    """A setting has a value that cannot work; the message says which and why."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and as whom: ``scheme`` is one of ``MAIL_PORTS``."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Config:
    """The settings of one running system.

    Each field is read from ``COMPETENCY_<NAME>`` in the environment.
    """

    data_folder: Path = Path("instance")
    """Where the embedded database, evidence files and the secret key are kept."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in ``data_folder``."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people outside reach this system; printed on documents and never guessed."""
    secret_key: str = ""
    """Signs form tokens; empty means a random one kept in ``data_folder``."""
    session_hours: int = 12
    """After how many hours a sign-in ends."""
    upload_megabytes: int = 10
    """The largest evidence file."""
    trusted_proxies: int = 0
    """How many reverse proxies in front set ``X-Forwarded-For`` and ``-Proto``."""
    smtp_url: str = field(default="", repr=False)
    """The mail server, ``smtp://``, ``smtp+starttls://`` or ``smtps://``; empty sends nothing."""
    mail_from: str = ""
    """The address that mails come from, with a name before it or without."""
    demo: bool = False
    """Shows the demonstration's sign-ins on the sign-in page; never in earnest use."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, at start and by name."""
        address = urlsplit(self.public_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            msg = f"{PREFIX}PUBLIC_URL needs an http or https address, got {self.public_url!r}"
            raise InvalidSetting(msg)
        for name in ("session_hours", "upload_megabytes"):
            if getattr(self, name) < 1:
                msg = f"{PREFIX}{name.upper()} must be at least 1"
                raise InvalidSetting(msg)
        if self.mail_server is not None:
            _, sender = parseaddr(self.mail_from)
            if not (self.mail_from.isprintable() and _SENDER.fullmatch(sender)):
                msg = f"{PREFIX}SMTP_URL needs {PREFIX}MAIL_FROM, an e-mail address"
                raise InvalidSetting(msg)

    @property
    def mail_server(self) -> MailServer | None:
        """Return where mail is handed in, or ``None`` where no server is set.

        Raises ``InvalidSetting`` without the value, which may hold a password.
        """
        if not self.smtp_url:
            return None
        try:
            address = urlsplit(self.smtp_url)
            port = address.port or MAIL_PORTS[address.scheme]
        except (KeyError, ValueError):
            address, port = urlsplit(""), 0
        if not address.hostname or address.path.strip("/") or address.query:
            msg = f"{PREFIX}SMTP_URL needs the form {'://, '.join(MAIL_PORTS)}://user:password@host"
            raise InvalidSetting(msg)
        user, password = unquote(address.username or ""), unquote(address.password or "")
        if user and address.scheme == "smtp" and address.hostname not in LOOPBACK:
            msg = f"{PREFIX}SMTP_URL would send a password unencrypted: use smtp+starttls or smtps"
            raise InvalidSetting(msg)
        return MailServer(address.scheme, address.hostname, port, user, password)

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address, with the driver that this project installs."""
        if not self.database_url:
            return f"sqlite:///{self.data_folder.resolve() / 'competency.sqlite3'}"
        for prefix in ("postgresql://", "postgres://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def secure_cookies(self) -> bool:
        """Return whether cookies travel over https only."""
        return self.public_url.startswith("https:")


def _parsed(name: str, kind: object, raw: str) -> object:
    """Return the environment's text as the field's type."""
    if kind in {"int", int}:
        if not (raw.strip().isascii() and raw.strip().isdigit()):
            msg = f"{PREFIX}{name.upper()} needs a whole number, got {raw!r}"
            raise InvalidSetting(msg)
        return int(raw)
    if kind in {"bool", bool}:
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            msg = f"{PREFIX}{name.upper()} needs yes or no, got {raw!r}"
            raise InvalidSetting(msg)
        return raw.lower() in {"1", "true", "yes"}
    return Path(raw) if kind in {"Path", Path} else raw


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """Read every setting; raise ``InvalidSetting`` for an unknown or impossible one."""
    environment = os.environ if environment is None else environment
    known = {field.name: field.type for field in fields(Config)}
    values: dict[str, object] = {}
    for key, raw in environment.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX).lower()
        if name not in known:
            msg = f"{key} is not a setting; known are " + ", ".join(
                PREFIX + known_name.upper() for known_name in sorted(known)
            )
            raise InvalidSetting(msg)
        values[name] = _parsed(name, known[name], raw)
    return Config(**values)  # type: ignore[arg-type]  # each value was parsed as its field's type
