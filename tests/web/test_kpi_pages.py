"""KPI definitions as people read them, and where each is linked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Flask

from competency import clock
from competency.database.transactions import unit_of_work
from competency.frameworks.operations import publish
from competency.frameworks.publishing import publish_value
from competency.frameworks.schema import Criterion, Framework, KpiLink, KpiRole
from competency.frameworks.translations import Standing, Translation
from competency.kpis import threshold_views
from competency.kpis.import_organisation import known_definitions
from competency.kpis.queries import definitions
from competency.kpis.schema import (
    Aggregation,
    Direction,
    Kpi,
    Kpis,
    KpiScope,
    MeasureUnit,
    Quantity,
)
from competency.kpis.thresholds import kpi_named
from competency.resources import FRAMEWORKS
from tests.support.cast import SLUG, World
from tests.support.catalogue import public_id_of, publish_shipped, shipped
from tests.support.client import check_page, sign_in
from tests.support.loading import load_framework

MANY = 45
"""Definitions of a file that takes three pages."""


def text_of(page: str) -> str:
    """Return what a page says, with single spaces between its parts."""
    return " ".join(" ".join(check_page(page).itertext()).split())


def in_english() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return what the English translation says beside titles and descriptions."""
    (found,) = [
        file.value.others
        for file in shipped()
        if isinstance(file.value, Translation)
        and (file.value.of_kind, file.value.language) == ("kpis", "en")
    ]
    return found


def a_kpi(
    kpi_id: str,
    *,
    individual_use: bool | None = None,
    legal_basis: str | None = None,
    scope: KpiScope = KpiScope.QUEUE,
) -> Kpi:
    """Return a definition that says how it may be used about one person."""
    return Kpi(
        id=kpi_id,
        title=f"<b>{kpi_id}</b>",
        unit=MeasureUnit.SECONDS,
        direction=Direction.LOWER,
        numerator=Quantity(words="segundos hablados"),
        denominator=Quantity(words="llamadas"),
        aggregation=Aggregation.RATIO_OF_SUMS,
        scope=scope,
        by=("channel", "turno"),
        individual_use=individual_use,
        legal_basis=legal_basis,
        notice="Se avisó a todos." if legal_basis else None,
    )


def publish_kpis(world: World, *kpis: Kpi, slug: str = "own", title: str = "Propios") -> None:
    """Publish a file of definitions."""
    value = Kpis(kind="kpis", id=slug, version="1.0.0", title=title, language="es", kpis=kpis)
    with unit_of_work(world.session):
        publish_value(
            world.session, actor=world.system(), now=clock.now(), value=value, source_text="-"
        )


def linking(kpi_id: str) -> Framework:
    """Return the next version of the cast's framework, its first criterion seen in a KPI."""
    framework = load_framework(FRAMEWORKS / SLUG / "1.0.0.yaml")
    unit = framework.units[0]
    first: Criterion = unit.criteria[0].model_copy(
        update={"kpis": (KpiLink(kpi=kpi_id, role=KpiRole.CONTEXT),)}
    )
    units = (
        unit.model_copy(update={"criteria": (first, *unit.criteria[1:])}),
        *framework.units[1:],
    )
    return framework.model_copy(update={"version": "1.1.0", "units": units})


def test_an_empty_page_says_how_it_is_filled(app: Flask, world: World) -> None:
    assert world.account("bruno")
    assert "No indicators are published yet" in sign_in(app, "bruno").get("/kpis").text


def test_a_definition_says_what_is_counted_about_whom_and_how_it_misleads(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    page = " ".join(text_of(bruno.get(f"/kpis?page={n}").text) for n in (1, 2))
    for kpi_id, texts in in_english().items():
        for words in (*texts["numerator.words"], *texts["pitfalls"]):
            assert words in page, kpi_id
    share = page[page.index("Share of requests registered") : page.index("Requests resolved")]
    assert "Denominator all service requests registered" in share
    assert "Unit A share of a whole" in share
    assert "Direction The source doesn't say which way is better" in share
    assert "One sum divided by the other, never a mean of ratios" in share
    assert "Says something about One agent" in share
    assert "Broken down by Channel" in share
    assert "One reading here is inferred" in share
    counted = page[page.index("Changes registered") :]
    assert "Denominator" not in counted
    assert "Added up" in counted
    level = page[page.index("Service level How many contacts") : page.index("Abandonment How")]
    assert "Several formulas are in use" in level
    assert "Definition ICMI, Service Level Calculations (2002)" in level
    assert "Refused It speaks of a team or a queue, and not of one person." in level


def test_a_legal_basis_and_notice_are_read_in_a_translation(app: Flask, world: World) -> None:
    agreed = a_kpi("agreed", individual_use=True, legal_basis="Acuerdo", scope=KpiScope.AGENT)
    publish_kpis(world, agreed)
    said = {"legal_basis": ("Agreement",), "notice": ("All were told.",)}
    sidecar = Translation(
        kind="translation",
        of_kind="kpis",
        of="own",
        version="1.0.0",
        language="en",
        standing=Standing.UNOFFICIAL,
        others={"agreed": said},
    )
    with unit_of_work(world.session):
        publish_value(
            world.session, actor=world.system(), now=clock.now(), value=sidecar, source_text="-"
        )
    page = text_of(sign_in(app, "bruno").get("/kpis").text)
    assert "Legal basis: Agreement Notice: All were told." in page


def test_a_definition_says_why_it_is_used_about_one_person_or_not(app: Flask, world: World) -> None:
    agent = KpiScope.AGENT
    publish_kpis(
        world,
        a_kpi("agreed", individual_use=True, legal_basis="Acuerdo <i>1</i>", scope=agent),
        a_kpi("claimed", individual_use=True, legal_basis="Acuerdo 2"),
        a_kpi("denied", individual_use=False, scope=agent),
        a_kpi("silent", scope=agent),
    )
    page = text_of(sign_in(app, "bruno").get("/kpis").text)
    _head, agreed, claimed, denied, silent = re.split("<b>(?:agreed|claimed|denied|silent)", page)
    by_source = "By source Only from a source whose legal basis is in force at the employer."
    assert f"{by_source} Legal basis: Acuerdo <i>1</i> Notice: Se avisó a todos." in agreed
    assert "Refused It speaks of a team or a queue, and not of one person." in claimed
    assert "Acuerdo 2" not in claimed
    assert "Refused Its definition says that it is not used about one person." in denied
    assert by_source in silent
    assert "Broken down by Channel, turno" in silent


def test_of_two_definitions_of_one_indicator_everybody_reads_the_same(
    app: Flask, world: World
) -> None:
    one = a_kpi("twice", scope=KpiScope.AGENT)
    other = one.model_copy(update={"denominator": None, "direction": Direction.HIGHER})
    publish_kpis(world, other, slug="b", title="B")
    publish_kpis(world, one, slug="a", title="A")
    publish_kpis(world, other, slug="c", title="C")
    assert definitions(world.session)["twice"][1] == one
    assert known_definitions(world.session)["twice"].is_ratio
    assert kpi_named(world.session, "twice") == one
    with app.test_request_context("/"):
        assert threshold_views.known().kpis["twice"] == one


def test_a_definition_names_the_criteria_and_positions_that_link_it(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    before = text_of(sign_in(app, "bruno").get("/kpis?search=requests-resolved").text)
    assert "as context only" not in before
    framework = linking("requests-resolved")
    with unit_of_work(world.session):
        publish(
            world.session,
            actor=world.system(),
            now=clock.now(),
            framework=framework,
            source_text="kpis: [{kpi: requests-resolved, role: context}]",
        )
    page = sign_in(app, "bruno").get("/kpis?search=requests-resolved").text
    first = framework.units[0].criteria[0]
    assert f'#c-{first.id}"' in page
    assert "as context only" in text_of(page)
    positions = public_id_of(world, "positions")
    assert f'href="/positions/{positions}/call-centre-specialist">Call centre specialist' in page


def test_definitions_are_found_in_every_language_and_by_id(app: Flask, world: World) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    for search in ("CHANGES-registered", "cambios  REGISTRADOS", "ИЗМЕНЕНИЯ", "modifiche"):
        page = bruno.get("/kpis", query_string={"search": search}).text
        assert "contact-centre-requests/changes-registered" in page, search
        assert "contact-centre-requests/requests-resolved" not in page, search
    for search in ("internal+MEMOS", "cambios+hacen+FALTA"):
        described = bruno.get(f"/kpis?search={search}").text
        assert "contact-centre-requests/changes-registered" in described
    assert "Nothing found" in bruno.get("/kpis?search=%25").text


def test_many_definitions_are_paged_with_the_same_queries(app: Flask, world: World) -> None:
    publish_kpis(world, *(a_kpi(f"k{number}") for number in range(MANY)))
    bruno = sign_in(app, "bruno")
    counts = {bruno.get(f"/kpis?page={n}").headers["X-Query-Count"] for n in (1, 2, 3)}
    assert len(counts) == 1
    last = bruno.get("/kpis?page=3").text
    assert last.count("<article") == 5
    assert 'id="own/k44"' in last
