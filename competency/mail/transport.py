"""The talk with a mail server, and what its refusals mean."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from enum import StrEnum

from competency.config import MailServer
from competency.mail.rules import ERROR_MAXIMUM, TIMEOUT_SECONDS, one_line

_PERMANENT = 500

Connect = Callable[[], smtplib.SMTP]
"""Opens a connection to the mail server; raises ``OSError`` (of which SMTP's errors are)."""


class Verdict(StrEnum):
    """What became of one mail."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: trying again changes nothing
    LATER = "later"  # not now, or the server was not reached


@dataclass(frozen=True)
class Answer:
    """What became of one mail, and why."""

    verdict: Verdict
    reason: str = ""


def connecting(server: MailServer, host: str) -> Connect:
    """Return how to connect to ``server``, saying that ``host`` calls.

    Certificates are checked; nothing goes on unencrypted where encryption was asked for.
    """

    def connect() -> smtplib.SMTP:
        if server.scheme == "smtps":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, host, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, host, timeout=TIMEOUT_SECONDS)
        try:
            if server.scheme == "smtp+starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
        except OSError:
            smtp.close()
            raise
        return smtp

    return connect


def hand_in(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
    """Hand one mail in; raise ``OSError`` where the server can't be talked to any more."""
    try:
        smtp.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return _refused(code, text)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code, error.smtp_error)
    except smtplib.SMTPSenderRefused as error:
        return Answer(Verdict.LATER, said(error))
    except (ValueError, MessageError, smtplib.SMTPNotSupportedError) as error:
        return Answer(Verdict.REFUSED, said(error))
    return Answer(Verdict.ACCEPTED)


def _refused(code: int, text: bytes | str) -> Answer:
    """Return what a refusal with this code means: 5xx is for good (RFC 5321, 4.2.1)."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    verdict = Verdict.REFUSED if code >= _PERMANENT else Verdict.LATER
    return Answer(verdict, one_line(f"{code} {shown}")[:ERROR_MAXIMUM])


def said(error: Exception) -> str:
    """Return an error in one line, as it is kept with the message."""
    return one_line(f"{type(error).__name__}: {error}")[:ERROR_MAXIMUM]


def leave(smtp: smtplib.SMTP) -> None:
    """End the talk, whatever state it is in."""
    with suppress(OSError):
        smtp.quit()
    smtp.close()
