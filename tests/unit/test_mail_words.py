"""What is said in messages: in every language, on one line where it must be, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from babel.support import Translations

from competency.mail.kinds import KINDS
from competency.mail.rendering import as_mail, render, text_of
from competency.mail.rules import WAITS, next_try, one_line
from competency.mail.schema import Param, Rendered
from competency.resources import TRANSLATIONS
from competency.wording import LANGUAGES, Words

NAMES = re.compile(r"%\((\w+)\)s")
MADE = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
ATTACKS = (
    "x\nBcc: other@example.com",
    "x\r\nBcc: other@example.com",
    "x\r\n\r\nAnother body",
    "x\u2028Bcc: other@example.com",
    "x\x0bBcc: other@example.com",
    "x\x00y",
    "=?utf-8?q?=0D=0ABcc:_other@example.com?=",
)


def link(endpoint: str, values: Mapping[str, str]) -> str:
    """Return an address that tells what it was made from."""
    return f"https://competency.example/{endpoint}/{'/'.join(values.values())}"


def params_of(kind: str, text: str = "Evaluación anual") -> dict[str, Param]:
    """Return something for each param of a kind."""
    return {n: "2026-04-01" if n.endswith("_on") else text for n in KINDS[kind].params}


def worded(kind: str, language: str, text: str = "Evaluación anual") -> Rendered:
    """Return a message of a kind in a language."""
    params = params_of(kind, text)
    return render(kind, params, "Aurora Ficticia", "thing", Words(language), link)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_words_in_all_four_languages(kind: str) -> None:
    what = KINDS[kind]
    for language in set(LANGUAGES) - {"en"}:
        catalogue = Translations.load(str(TRANSLATIONS), [language])
        for text in (what.subject, what.body):
            translated = catalogue.gettext(text)
            assert translated != text, (language, text)
            assert set(NAMES.findall(translated)) == set(NAMES.findall(text)), (language, text)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_has_exactly_the_params_that_its_words_name(kind: str) -> None:
    what = KINDS[kind]
    named = set(NAMES.findall(what.subject + what.body))
    assert named == what.params | ({"person"} if what.about else set())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_message_is_worded_with_days_written_out_and_a_link(kind: str, language: str) -> None:
    rendered = worded(kind, language)
    assert "%(" not in rendered.subject + rendered.body
    assert "2026-04-01" not in rendered.body
    assert rendered.link.startswith("https://competency.example/")
    assert rendered.link in text_of(rendered, Words(language))


def test_the_kind_about_codes_takes_none() -> None:
    assert KINDS["code_waiting"].params == {"expires_on"}
    assert "code" not in {name for kind in KINDS.values() for name in kind.params}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("kind", ["appraisals_to_judge", "appraisal_returned"])
def test_nothing_that_somebody_typed_leaves_the_subject(kind: str, attack: str) -> None:
    rendered = render(kind, params_of(kind, attack), attack, "thing", Words("en"), link)
    assert len(rendered.subject.splitlines()) == 1
    mail = as_mail(
        rendered,
        public_id="a" * 20,
        language="en",
        recipient="aurora@centro.example",
        sender="Competencias <no-reply@centro.example>",
        made_at=MADE,
        host="competency.example",
    )
    head, _, _ = bytes(mail).partition(b"\r\n\r\n")
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert sorted(names) == sorted(
        [
            b"From",
            b"To",
            b"Subject",
            b"Date",
            b"Message-ID",
            b"Auto-Submitted",
            b"Content-Language",
            b"Content-Type",
            b"Content-Transfer-Encoding",
            b"MIME-Version",
        ]
    )
    assert "Bcc" not in mail


@pytest.mark.parametrize(
    "recipient", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "", "a b@c.example"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(recipient: str) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        as_mail(
            worded("appraisal_opened", "en"),
            public_id="a" * 20,
            language="en",
            recipient=recipient,
            sender="no-reply@centro.example",
            made_at=MADE,
            host="competency.example",
        )
    assert caught.type.__module__ in {"builtins", "email.errors"}


def test_the_same_message_is_the_same_mail_whenever_it_is_sent() -> None:
    def mail() -> bytes:
        return bytes(
            as_mail(
                worded("result_released", "ru"),
                public_id="a" * 20,
                language="ru",
                recipient="aurora@centro.example",
                sender="Компетенции <no-reply@centro.example>",
                made_at=MADE,
                host="competency.example",
            )
        )

    assert mail() == mail()
    assert b"Message-ID: <aaaaaaaaaaaaaaaaaaaa@competency.example>" in mail()
    assert all(byte < 128 for byte in mail())


def test_a_recipient_who_was_erased_leaves_no_words_of_theirs() -> None:
    rendered = render("result_released", None, None, "thing", Words("en"), link)
    assert (rendered.subject, rendered.body) == ("(erased)", "")


def test_somebody_erased_is_not_named() -> None:
    params = params_of("appraisal_returned")
    rendered = render("appraisal_returned", params, "", "thing", Words("en"), link)
    assert "(erased)" in rendered.body


def test_the_waits_grow_and_end() -> None:
    waits = [next_try(tries, MADE) for tries in range(1, len(WAITS) + 2)]
    assert waits[:2] == [MADE + timedelta(minutes=1), MADE + timedelta(minutes=5)]
    assert list(WAITS) == sorted(WAITS)
    assert waits[-1] is None


def test_one_line_is_one_line() -> None:
    assert one_line("a\r\n b\tc\x00d\u2029e") == "a b c d e"
