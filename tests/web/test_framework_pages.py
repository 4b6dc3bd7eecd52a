"""The catalogue's pages: what is published, found by its words, and given as it was."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.operations import publish
from competency.resources import FRAMEWORKS
from tests.support.cast import SLUG, World
from tests.support.client import check_page, sign_in
from tests.support.loading import load_framework

FILE = FRAMEWORKS / SLUG / "1.0.0.yaml"


def published(world: World) -> str:
    """Return the public id of the published framework."""
    return world.session.scalars(sa.select(FrameworkVersion.public_id)).one()


def publish_next(world: World) -> None:
    """Publish the same framework under the next version, with a hostile title."""
    framework = load_framework(FILE).model_copy(
        update={"version": "1.1.0", "title": "<b>Supervisión</b> {{ 7*7 }}"}
    )
    with unit_of_work(world.session):
        publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=framework,
            source_text="title: <b>",
        )


def test_the_catalogue_lists_what_is_published(app: Flask, world: World) -> None:
    page = sign_in(app, "bruno").get("/frameworks").text
    assert page.count(f"/frameworks/{published(world)}") == 1
    assert "1.0.0" in page
    assert "Español" in page


def test_the_catalogue_is_searched_without_regard_to_accents_and_capitals(
    app: Flask, world: World
) -> None:
    here, bruno = f"/frameworks/{published(world)}", sign_in(app, "bruno")
    for search in ("SUPERVISION", "indicadóres", "turnos", "ndicadores  DE", ""):
        assert here in bruno.get("/frameworks", query_string={"search": search}).text, search
    for search in ("%", "_", "<b>", "x" * 2000):
        page = bruno.get("/frameworks", query_string={"search": search}).text
        assert here not in page, search
        assert "Nothing found" in page


def test_a_framework_reads_in_its_own_words_and_says_what_was_inferred(
    app: Flask, world: World
) -> None:
    framework = load_framework(FILE)
    page = sign_in(app, "aurora").get(f"/frameworks/{published(world)}")
    text = " ".join("".join(check_page(page.text).itertext()).split())
    for criterion in framework.criteria():
        assert " ".join(criterion.title.split()) in text
        assert f'id="c-{criterion.id}"' in page.text
    for unit in framework.all_units():
        assert " ".join(unit.title.split()) in text
    assert "readings in this framework are inferred" in text
    assert 'lang="es"' in page.text


def test_the_heading_is_marked_with_the_framework_s_language(app: Flask, world: World) -> None:
    tree = check_page(sign_in(app, "aurora").get(f"/frameworks/{published(world)}").text)
    [heading] = list(tree.iter("h1"))
    marked = [e for e in heading.iter() if e.get("lang")]
    assert [e.get("lang") for e in marked] == ["es"]


def test_the_file_is_given_as_it_was_published(app: Flask, world: World) -> None:
    answer = sign_in(app, "bruno").get(f"/frameworks/{published(world)}.yaml")
    assert answer.data == FILE.read_bytes()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}-1.0.0.yaml"'


def test_an_older_version_stays_and_the_newest_comes_first(app: Flask, world: World) -> None:
    old = published(world)
    publish_next(world)
    bruno = sign_in(app, "bruno")
    listed = bruno.get("/frameworks").text
    assert "&lt;b&gt;Supervisión&lt;/b&gt; {{ 7*7 }}" in listed
    page = bruno.get(f"/frameworks/{old}").text
    assert ">1.1.0</a>" in page
    assert "<b>Super" not in listed + page
    assert bruno.get(f"/frameworks/{old}.yaml").data == FILE.read_bytes()


def test_a_strange_identifier_is_missing(app: Flask, world: World) -> None:
    assert published(world)
    bruno = sign_in(app, "bruno")
    for public_id in ("0" * 20, "..%2f..%2fetc", f"{SLUG}-1.0.0"):
        assert bruno.get(f"/frameworks/{public_id}").status_code == 404
        assert bruno.get(f"/frameworks/{public_id}.yaml").status_code == 404


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(app: Flask, world: World) -> None:
    public_id = published(world)
    for path in ("/frameworks", f"/frameworks/{public_id}", f"/frameworks/{public_id}.yaml"):
        assert app.test_client().get(path).status_code == 302


def test_the_id_of_a_criterion_never_meets_one_of_the_page(app: Flask, world: World) -> None:
    original = load_framework(FILE)
    first = original.units[0]
    renamed = first.criteria[0].model_copy(update={"id": "scales"})
    unit = first.model_copy(update={"criteria": (renamed, *first.criteria[1:])})
    with unit_of_work(world.session):
        row = publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=original.model_copy(
                update={
                    "version": "1.2.0",
                    "units": (unit, *original.units[1:]),
                    "inferred": (),
                    "scopes": (),
                }
            ),
            source_text="x",
        )
        where = f"/frameworks/{row.public_id}"
    assert sign_in(app, "bruno").get(where).status_code == 200


def test_a_framework_says_how_its_results_are_formed(app: Flask, world: World) -> None:
    tree = check_page(sign_in(app, "bruno").get(f"/frameworks/{published(world)}").text)
    [part] = [e for e in tree.iter("section") if e.get("aria-labelledby") == "results"]
    words = " ".join("".join(part.itertext()).split())
    assert "All are required: Competente when every criterion is judged Cumple." in words
    assert "All are required: Competente when every unit is." in words
    assert "No criterion asks for a certain number or kind of evidence." in words
