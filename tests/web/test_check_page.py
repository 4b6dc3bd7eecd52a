"""What is wrong with a file, said in the language of whoever looks at it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.frameworks.publishing import publish_folder
from competency.frameworks.schema import Framework
from competency.people.models import Account
from competency.resources import FRAMEWORKS
from tests.support.cast import SLUG, World
from tests.support.client import check_page, sign_in

TEXT = (FRAMEWORKS / SLUG / "1.0.0.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def indicators(world: World) -> None:
    """Publish the indicators that the framework's criteria are seen in."""
    with unit_of_work(world.session):
        publish_folder(
            world.session, actor=world.system(), now=clock.now(), folder=FRAMEWORKS / "kpis"
        )


def page_of(app: Flask, world: World, language: str, text: str) -> str:
    """Return the page that human resources see, in a language, after a text was checked."""
    with unit_of_work(world.session):
        exempt(world.session, "the test's cast reads another language")
        world.session.execute(sa.update(Account).values(language=language))
    return sign_in(app, "hilda").post("/frameworks/check", {"text": text}).text


def words(page: str) -> str:
    """Return the text of a page with single spaces."""
    return " ".join("".join(check_page(page).itertext()).split())


FAULTS = [
    (
        ("scale: cumplimiento", "scale: cumplimento"),
        {
            "en": "there is no scale 'cumplimento'; did you mean cumplimiento?",
            "es": "no hay ninguna escala 'cumplimento'; ¿quiso decir cumplimiento?",
            "it": "non c’è una scala 'cumplimento'; si intendeva cumplimiento?",
            "ru": "нет шкалы 'cumplimento'; возможно, имелось в виду cumplimiento?",
        },
    ),
    (
        ("rule: all", "rule: [all]"),
        {
            "en": "['all'] is not allowed here; did you mean all?",
            "es": "['all'] no se admite aquí; ¿quiso decir all?",
            "it": "['all'] qui non è ammesso; si intendeva all?",
            "ru": "['all'] здесь недопустимо; возможно, имелось в виду all?",
        },
    ),
    (
        ("title: Supervisor de oficina comercial", "title: {a: <b>}"),
        {
            "en": "text is wanted here, not a mapping; write one text",
            "es": "aquí va un texto, no un bloque de claves; escriba un solo texto",
            "it": "qui va un testo, non un blocco di chiavi; scrivere un solo testo",
            "ru": "здесь нужен текст, а не набор ключей; напишите один текст",
        },
    ),
]


@pytest.mark.parametrize("language", ["en", "es", "it", "ru"])
def test_a_fault_is_said_in_the_language_of_the_page_on_its_line(
    app: Flask, world: World, language: str
) -> None:
    text = TEXT
    for (right, broken), _ in FAULTS:
        assert right in text
        text = text.replace(right, broken, 1)
    page = page_of(app, world, language, text)
    for (_, broken), said in FAULTS:
        line = text[: text.index(broken)].count("\n") + 1
        assert f'<li value="{line}" class="marked">' in page
        assert said[language] in words(page)


@pytest.mark.parametrize("language", ["es", "ru"])
def test_what_exists_only_in_english_is_marked_as_english(
    app: Flask, world: World, language: str
) -> None:
    text = TEXT.replace("version: 1.0.0\n", "", 1)
    tree = check_page(page_of(app, world, language, text))
    [described] = [e for e in tree.iter("span") if e.get("lang") == "en"]
    assert described.text == Framework.model_fields["version"].description


def test_what_a_file_holds_is_text_inside_a_fault(app: Flask, world: World) -> None:
    text = TEXT.replace("scale: cumplimiento", "scale: <i>%(x)s</i>", 1)
    page = page_of(app, world, "ru", text)
    assert "нет шкалы '<i>%(x)s</i>'" in words(page)
    assert "<i>" not in page


def test_a_new_version_and_a_new_framework_are_told_apart(app: Flask, world: World) -> None:
    newer = TEXT.replace("version: 1.0.0", "version: 1.1.0", 1)
    unknown = TEXT.replace(f"id: {SLUG}", "id: another-office", 1)
    assert "Nothing is said otherwise." in page_of(app, world, "en", newer)
    assert "It is new: nothing of that id" in page_of(app, world, "en", unknown)


HIDDEN = TEXT.replace(
    "title: Supervisor de oficina comercial", "title: Supervisor\u202e de\x1b oficina", 1
)


def test_no_character_that_hides_is_given_back_as_it_is(app: Flask, world: World) -> None:
    page = page_of(app, world, "en", HIDDEN)
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert page.count("title: Supervisor[U+202E] de[U+001B] oficina") == 2, "on its line, to mend"
    assert "U+202E turns the direction" in words(page)
    assert "Delete the code with its brackets" in words(page)


@pytest.mark.usefixtures("world")
def test_a_character_that_hides_is_refused_until_its_code_is_deleted(app: Flask) -> None:
    hilda = sign_in(app, "hilda")
    shown = HIDDEN.replace("\u202e", "[U+202E]").replace("\x1b", "[U+001B]")
    again = hilda.post("/frameworks/check", {"text": shown, "marked": "yes"})
    assert again.status_code == 422
    assert "U+202E turns the direction" in words(again.text)
    assert "U+001B is a control character" in words(again.text)
    mended = shown.replace("[U+202E]", "").replace("[U+001B]", "").replace("1.0.0", "1.1.0", 1)
    sound = hilda.post("/frameworks/check", {"text": mended, "marked": "yes"})
    assert sound.status_code == 200
    assert "Delete the code" not in words(sound.text)
    plain = mended.replace("title: Supervisor de oficina", 'title: "[U+202E] [U+0041]"', 1)
    assert hilda.post("/frameworks/check", {"text": plain}).status_code == 200, "these were typed"


def test_the_words_that_a_file_changes_are_marked_with_its_language(
    app: Flask, world: World
) -> None:
    newer = TEXT.replace("version: 1.0.0", "version: 1.1.0", 1).replace(
        "title: Supervisor de oficina comercial", "title: Otro", 1
    )
    tree = check_page(page_of(app, world, "ru", newer))
    [after] = [e for e in tree.iter("div") if e.get("class") == "change"]
    assert after.get("lang") == "es"
    assert not [e for e in tree.iter("h2") if (e.get("id") or "").startswith("changes-")]
