"""Positions and career paths as people read them, over the shipped files."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import BaseModel

from competency import clock
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.frameworks.publishing import publish_value
from competency.frameworks.translations import Translation
from competency.people.models import Account
from competency.progression.paths_schema import Edge, EdgeStatus, Paths
from competency.progression.positions_schema import (
    Position,
    Positions,
    Reporting,
    Requirement,
    RequirementKind,
    Span,
    Target,
)
from tests.support.cast import SLUG, World
from tests.support.catalogue import public_id_of, publish_shipped, shipped
from tests.support.client import check_page, sign_in

ModelT = TypeVar("ModelT", bound=BaseModel)

MANY = 60
"""Positions of a file that takes three pages of the list."""


def text_of(page: str) -> str:
    """Return what a page says, with single spaces."""
    return " ".join("".join(check_page(page).itertext()).split())


def in_language(page: str, language: str) -> str:
    """Return what a page marks as said in a language."""
    marked = [e for e in check_page(page).iter() if e.get("lang") == language]
    return " ".join(" ".join("".join(e.itertext()).split()) for e in marked)


def value_of(model: type[ModelT]) -> ModelT:
    """Return the shipped file of a model."""
    (value,) = [file.value for file in shipped() if isinstance(file.value, model)]
    return value


@cache
def position(position_id: str) -> Position:
    """Return a shipped position."""
    (found,) = [p for p in value_of(Positions).positions if p.id == position_id]
    return found


def publish_file(world: World, value: BaseModel) -> str:
    """Publish one more file of positions or paths; return its public id."""
    with unit_of_work(world.session):
        return publish_value(
            world.session, actor=world.system(), now=clock.now(), value=value, source_text="-"
        ).public_id


def small(*positions: Position, version: str = "1.0.0") -> Positions:
    """Return a small file of positions in Spanish."""
    return Positions(
        kind="positions",
        id="small",
        version=version,
        title="Cargos pequeños",
        language="es",
        positions=positions,
    )


def speak(world: World, language: str) -> None:
    """Let everybody of the cast read the pages in a language."""
    with unit_of_work(world.session):
        exempt(world.session, "the test's cast reads another language")
        world.session.execute(sa.update(Account).values(language=language))


def test_empty_lists_say_how_they_are_filled(app: Flask, world: World) -> None:
    assert world.account("bruno")
    bruno = sign_in(app, "bruno")
    assert "No positions are published yet" in bruno.get("/positions").text
    assert "No career paths are published yet" in bruno.get("/paths").text


@pytest.mark.parametrize(("language", "title"), [("en", "Trainer"), ("ru", "Преподаватель")])
def test_the_list_names_positions_in_the_page_s_language_where_somebody_translated_them(
    app: Flask, world: World, language: str, title: str
) -> None:
    publish_shipped(world)
    speak(world, language)
    page = sign_in(app, "bruno").get("/positions").text
    assert f">{title}</a>" in page
    assert page.count('data-label="') == 4 * len(value_of(Positions).positions)
    suffix = "" if language == "ru" else "?in=en"
    assert f'/trainer{suffix}"' in page


def test_words_of_another_language_are_marked_with_it(app: Flask, world: World) -> None:
    publish_shipped(world)
    span = Span(minimum=2, of="personas")
    publish_file(world, small(Position(id="solo", title="Único", also_called=("Solo",), span=span)))
    page = sign_in(app, "bruno").get("/positions").text
    assert "Único Solo personas" in in_language(page, "es")
    assert "Also called: Senior of a group of operators" in text_of(page)
    assert "operators: 3–20" in text_of(page)
    assert "операторы" not in page


def test_positions_are_found_in_every_language_without_regard_to_accents_and_capitals(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    for search, found in {
        "METODOS  de ensenanza": "trainer",  # métodos de enseñanza, as typed without accents
        "clienti dei mercati «addormentati": "order-operator",
        "SLEEPING": "order-operator",
        "методики ОБУЧЕНИЯ взрослых": "trainer",
        "quality ASSURANCE": "quality-specialist",
        "operador SENIOR": "senior-operator",
        "averigua QUE hay": "training-developer",
    }.items():
        page = bruno.get("/positions", query_string={"search": search}).text
        assert f"/{found}?in=en" in page, search
        assert page.count("<tr") == 2, search
    for search in ("%", "<b>", "x" * 2000):
        assert "Nothing found" in bruno.get("/positions", query_string={"search": search}).text


def test_the_list_is_narrowed_to_one_file(app: Flask, world: World) -> None:
    publish_shipped(world)
    other = publish_file(world, small(Position(id="solo", title="<b>Único</b>")))
    bruno = sign_in(app, "bruno")
    assert "&lt;b&gt;Único&lt;/b&gt;" in bruno.get("/positions").text
    narrowed = bruno.get("/positions", query_string={"file": other}).text
    assert "/solo" in narrowed
    assert "/trainer" not in narrowed
    strange = bruno.get("/positions", query_string={"file": "0" * 20}).text
    assert "Nothing found" in strange


def test_a_long_list_is_paged_with_the_same_queries(app: Flask, world: World) -> None:
    publish_file(world, small(*(Position(id=f"p{n}", title=f"Cargo {n}") for n in range(MANY))))
    bruno = sign_in(app, "bruno")
    counts = {bruno.get(f"/positions?page={n}").headers["X-Query-Count"] for n in (1, 2, 3)}
    assert len(counts) == 1
    last = bruno.get("/positions?page=3").text
    assert "51–60 of 60" in text_of(last)
    assert "/p59" in last
    assert "/p49" not in last


def test_a_position_says_everything_that_its_file_says_of_it(app: Flask, world: World) -> None:
    publish_shipped(world)
    public_id, bruno = public_id_of(world, "positions"), sign_in(app, "bruno")
    for found in value_of(Positions).positions:
        page = text_of(bruno.get(f"/positions/{public_id}/{found.id}").text)
        items = (
            *found.duties,
            *found.rights,
            *found.requirements,
            *found.obligations,
            *found.indicators,
            *found.legal_references,
            *found.notes,
        )
        for item in items:
            assert " ".join(f"{item.source_no or ''} {item.text}".split()) in page, item.id
        for words in (found.title, found.purpose or "", *found.also_called):
            assert " ".join(words.split()) in page, found.id


def test_duties_stand_under_their_kind_with_channel_direction_and_the_source_s_number(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    address = f"/positions/{public_id_of(world, 'positions')}/order-operator"
    page = text_of(sign_in(app, "bruno").get(f"{address}?in=en").text)
    service = page[page.index("Service 1 ") : page.index("Sales 3 ")]
    assert "1 Takes customers' calls. Telephone Inbound" in service
    assert "18 Where needed has a fax or an e-mail sent. Fax E-mail Outbound" in service
    assert "Head of sales support or whoever stands in" in page
    assert "At most 31 days" in page
    assert "The difference in pay is paid" in page
    assert "Ukraine Possibly obsolete" in page
    assert "Recorded, never acted on." in page
    assert "Answers for 1 Answers for duties not carried out" in page


def test_requirements_say_whether_they_are_welcome_or_required_and_for_how_long(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    public_id, bruno = public_id_of(world, "positions"), sign_in(app, "bruno")
    head = text_of(bruno.get(f"/positions/{public_id}/head?in=en").text)
    assert "instead. Required at least 6 months" in head
    assert "leading. Required at least 1 year" in head
    specialist = text_of(bruno.get(f"/positions/{public_id}/it-specialist?in=en").text)
    assert "Experience in this field is welcome. Preferred" in specialist
    unfinished = Requirement(
        id="q1", kind=RequirementKind.SKILL, text="Escuchar y", incomplete=True
    )
    other = publish_file(world, small(Position(id="solo", title="U", requirements=(unfinished,))))
    page = text_of(bruno.get(f"/positions/{other}/solo").text)
    assert "Escuchar y The source breaks off here Required" in page


def test_a_translation_replaces_what_it_has_and_leaves_the_rest_marked(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    address = f"/positions/{public_id_of(world, 'positions')}/supervisor"
    bruno = sign_in(app, "bruno")
    original, english = bruno.get(address).text, bruno.get(f"{address}?in=en").text
    assert "Unofficial translation" in english
    assert "Unofficial translation" not in original
    assert "Leads a group of operators." in english
    assert "Leads a group of operators." not in original
    assert position("supervisor").duties[0].text in in_language(original, "ru")
    purpose = "Leads a group of operators, helps them in their work and answers for its results."
    for words in (purpose, "Senior of a group of operators", "operators: 3–20"):
        assert words in text_of(english)
        assert words not in text_of(original)
    assert "Старший группы операторов" not in in_language(english, "ru")
    orders = bruno.get(f"{address.removesuffix('supervisor')}order-operator?in=es").text
    assert "A quien se ausenta (viaje de trabajo" in orders
    assert bruno.get(f"{address}?in=xx").text.count(position("supervisor").title) > 1


def test_what_was_read_into_the_source_stands_with_its_position_only(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    public_id, bruno = public_id_of(world, "positions"), sign_in(app, "bruno")
    page = bruno.get(f"/positions/{public_id}/senior-operator").text
    assert "должность известна только по названию" in page
    assert "One reading here is inferred" in page
    other = bruno.get(f"/positions/{public_id}/operator").text
    assert "должность известна только по названию" not in other


def test_the_steps_to_and_from_a_position_are_shown_with_words_and_conditions(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    address = f"/positions/{public_id_of(world, 'positions')}"
    page = text_of(sign_in(app, "bruno").get(f"{address}/supervisor?in=en").text)
    here, on = page.index("What leads here"), page.index("Where it leads")
    assert "Operator, customer service representative Inferred" in page[here:on]
    assert "Head of contact centre Inferred A head is expected to have led" in page[on:]
    assert "On condition: experience of leading a group." in page[on:]
    operator = text_of(sign_in(app, "bruno").get(f"{address}/operator?in=en").text)
    assert "Call centre administrator Stated in the source" in operator


def test_a_position_named_alike_in_another_file_has_no_part_in_the_steps(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    other = publish_file(world, small(Position(id="operator", title="Otra")))
    page = sign_in(app, "bruno").get(f"/positions/{other}/operator").text
    assert "Where it leads" not in page
    assert "Супервайзер" not in page


def test_the_mended_wording_of_a_translation_is_the_one_that_is_read(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    (english,) = [
        file.value
        for file in shipped()
        if isinstance(file.value, Translation)
        and (file.value.of_kind, file.value.language) == ("positions", "en")
    ]
    texts = {**english.texts, "trainer": "Trainer of operators"}
    publish_file(world, english.model_copy(update={"texts": texts}))
    bruno = sign_in(app, "bruno")
    assert ">Trainer of operators</a>" in bruno.get("/positions").text
    assert "/trainer" in bruno.get("/positions?search=trainer+of+operators").text


def test_an_indicator_leads_to_its_definition(app: Flask, world: World) -> None:
    publish_shipped(world)
    address = f"/positions/{public_id_of(world, 'positions')}/call-centre-specialist"
    page = sign_in(app, "bruno").get(f"{address}?in=en").text
    assert (
        'href="/kpis?search=requests-resolved#contact-centre-requests/requests-resolved"'
        ">Requests resolved</a>"
    ) in page


def test_targets_speak_in_the_framework_s_words_and_lead_to_it(app: Flask, world: World) -> None:
    asking = Position(
        id="solo",
        title="Única",
        span=Span(minimum=2, of="personas"),
        reporting=Reporting(positions=("jefa",)),
        targets=(
            Target(framework=SLUG, levels={"ac1.cd1": "met"}, note="Lo pide <b>la norma</b>."),
            Target(framework="not-there", levels={"x": "G"}),
        ),
    )
    public_id = publish_file(world, small(asking, Position(id="jefa", title="Jefatura")))
    page = sign_in(app, "bruno").get(f"/positions/{public_id}/solo").text
    assert '#ac1.cd1"' in page
    said = text_of(page)
    assert "Cumple" in said
    assert "Lo pide <b>la norma</b>." in said
    assert "not-there Not published" in said
    assert "personas: at least 2" in said
    assert f'href="/positions/{public_id}/jefa"' in page


def test_versions_lead_to_the_same_position_where_they_have_it(app: Flask, world: World) -> None:
    kept, dropped = Position(id="kept", title="Sigue"), Position(id="dropped", title="Cesa")
    old = publish_file(world, small(kept, dropped))
    new = publish_file(world, small(kept, version="1.1.0"))
    bruno = sign_in(app, "bruno")
    assert f'href="/positions/{new}/kept">1.1.0</a>' in bruno.get(f"/positions/{old}/kept").text
    assert f'href="/positions/{old}/kept">1.0.0</a>' in bruno.get(f"/positions/{new}/kept").text
    assert "1.1.0" not in bruno.get(f"/positions/{old}/dropped").text
    assert bruno.get(f"/positions/{new}/dropped").status_code == 404
    listed = bruno.get("/positions").text
    assert f"/positions/{new}/kept" in listed
    assert f"/positions/{old}/" not in listed


def test_a_strange_file_or_position_is_missing(app: Flask, world: World) -> None:
    publish_shipped(world)
    positions, paths = public_id_of(world, "positions"), public_id_of(world, "paths")
    bruno = sign_in(app, "bruno")
    for address in (f"{positions}/nobody", f"{paths}/operator", f"{'0' * 20}/operator"):
        assert bruno.get(f"/positions/{address}").status_code == 404, address


def test_the_file_of_positions_is_given_as_it_was_published(app: Flask, world: World) -> None:
    publish_shipped(world)
    (file,) = [file for file in shipped() if isinstance(file.value, Positions)]
    bruno = sign_in(app, "bruno")
    answer = bruno.get(f"/files/{public_id_of(world, 'positions')}.yaml")
    assert answer.text == file.document.text
    named = answer.headers["Content-Disposition"]
    assert named == 'attachment; filename="contact-centre-1.0.0.yaml"'
    translation = bruno.get(f"/files/{public_id_of(world, 'translation')}.yaml")
    assert ".yaml" in translation.headers["Content-Disposition"]
    assert "1.0.0." in translation.headers["Content-Disposition"]


def test_the_career_map_lists_stated_and_inferred_steps_apart_and_draws_them(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    page = sign_in(app, "bruno").get("/paths").text
    said = text_of(page)
    operator = said[said.index("From: Operator") : said.index("From: Supervisor")]
    stated = operator[operator.index("Stated in the source") : operator.index("Inferred")]
    assert "Call centre administrator" in stated
    assert "Quality specialist" not in stated
    assert "Quality specialist" in operator
    edges = value_of(Paths).edges
    assert page.count("<polygon") == len(edges)
    inferred = sum(edge.status is EdgeStatus.INFERRED for edge in edges)
    assert page.count('<path class="inferred"') == inferred


def test_steps_in_a_circle_and_to_unknown_positions_are_listed_without_a_drawing(
    app: Flask, world: World
) -> None:
    ends = (("a", "b"), ("b", "a"), ("a", "gone"))
    edges = tuple(
        Edge(
            id=f"e{number}",
            from_position=left,
            to_position=right,
            status=EdgeStatus.STATED,
            text="<i>Paso</i>",
        )
        for number, (left, right) in enumerate(ends)
    )
    publish_file(world, small(Position(id="a", title="Aa"), Position(id="b", title="Bb")))
    publish_file(
        world,
        Paths(
            kind="paths",
            id="round",
            version="1.0.0",
            title="Vueltas",
            language="es",
            positions="small",
            edges=edges,
        ),
    )
    page = sign_in(app, "bruno").get("/paths").text
    assert "career-map" not in page
    assert page.count("&lt;i&gt;Paso&lt;/i&gt;") == len(edges)
    assert "gone" in text_of(page)
    assert "/gone" not in page


def test_every_list_of_the_catalogue_leads_to_the_others(app: Flask, world: World) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    lists = ("/frameworks", "/positions", "/paths", "/kpis")
    for address in lists:
        page = bruno.get(address).text
        tabs = page[
            page.index('class="nav nav-tabs"') : page.index("</ul>", page.index("nav-tabs"))
        ]
        for other in lists:
            here = f'href="{other}" aria-current="page"'
            assert (here in tabs) == (other == address), (address, other)
            assert f'href="{other}"' in tabs
