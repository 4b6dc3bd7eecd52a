"""What behaviours are evidence of beside their own framework."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import EvidenceLink
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.observations.mapping_operations import end_mapping, map_behaviour
from competency.observations.schema import Mapped, Mark
from tests.support.cast import SLUG, World
from tests.support.client import sign_in
from tests.support.observations import ITEMS, PROTOCOL, allow, handed_in, made_form, mapped

LISTENS, UNDERSTANDS = ITEMS[1].criterion_id, ITEMS[2].criterion_id


def elsewhere(world: World) -> list[str]:
    """Return the criteria of source 000 that evidence is linked to, in the order of adding."""
    world.session.rollback()
    query = sa.select(EvidenceLink.criterion_id).where(EvidenceLink.framework_slug == SLUG)
    return list(
        world.session.scalars(query.order_by(EvidenceLink.evidence_id, EvidenceLink.criterion_id))
    )


def unmap(world: World, public_id: str, name: str = "hilda") -> None:
    with unit_of_work(world.session):
        end_mapping(world.session, actor=world.actor(name), now=clock.now(), public_id=public_id)


def refused(world: World, *values: str, name: str = "hilda") -> type[Exception]:
    """Return how mapping a behaviour is refused."""
    with (
        pytest.raises((Invalid, IllegalTransition, NotAllowed)) as error,
        unit_of_work(world.session),
    ):
        map_behaviour(
            world.session, actor=world.actor(name), now=clock.now(), mapped=Mapped(*values)
        )
    return error.type


def test_what_is_seen_counts_for_what_its_behaviours_are_mapped_to(world: World) -> None:
    allow(world)
    form = made_form(world)
    handed_in(world, form)
    assert elsewhere(world) == []
    ended = mapped(world, LISTENS, "ac1.cd3")
    mapped(world, LISTENS, "ac1.cd4")
    mapped(world, UNDERSTANDS, "ac1.cd4")
    handed_in(world, form)
    assert elsewhere(world) == ["ac1.cd3", "ac1.cd4"]
    unmap(world, ended)
    handed_in(world, form)
    assert elsewhere(world) == ["ac1.cd3", "ac1.cd4", "ac1.cd4"]
    aside = {LISTENS: Mark.NOT_APPLICABLE, UNDERSTANDS: Mark.NOT_APPLICABLE}
    handed_in(world, form, aside)
    assert elsewhere(world) == ["ac1.cd3", "ac1.cd4", "ac1.cd4"]
    assert verify(world.session) == []


def test_only_human_resources_map_once_what_a_contact_shows_to_another_framework(
    world: World,
) -> None:
    allow(world)
    made_form(world)
    found = mapped(world, LISTENS, "ac1.cd3")
    assert refused(world, PROTOCOL, LISTENS, SLUG, "ac1.cd3") is IllegalTransition
    assert refused(world, PROTOCOL, LISTENS, PROTOCOL, UNDERSTANDS) is Invalid
    assert refused(world, PROTOCOL, "nobody.knows", SLUG, "ac1.cd3") is Invalid
    assert refused(world, "nothing", LISTENS, SLUG, "ac1.cd3") is Invalid
    assert refused(world, PROTOCOL, LISTENS, SLUG, "nobody.knows") is Invalid
    assert refused(world, PROTOCOL, LISTENS, SLUG, "ac1.cd4", name="simon") is NotAllowed
    with pytest.raises(NotAllowed):
        unmap(world, found, "simon")
    unmap(world, found)
    with pytest.raises(NotFound):
        unmap(world, found)
    mapped(world, LISTENS, "ac1.cd3")


def test_pages_search_map_refuse_and_end(app: Flask, world: World) -> None:
    allow(world)
    made_form(world)
    hilda = sign_in(app, "hilda")
    new = f"/behaviour-mappings/new?behaviours={PROTOCOL}&framework={SLUG}"
    assert "Nothing is mapped yet" in hilda.get("/behaviour-mappings").text
    assert "two different frameworks" in hilda.get(new.replace(SLUG, PROTOCOL)).text
    assert 'value="ac1.cd3"' in hilda.get(new).text
    narrow = hilda.get(f"{new}&words=MONITOREADO").text
    assert 'value="ac2.cd2"' in narrow
    assert 'value="ac1.cd3"' not in narrow
    assert "No criterion has these words" in hilda.get(f"{new}&words=nirgendwo").text
    sent = {"behaviours": PROTOCOL, "framework": SLUG, "behaviour": LISTENS, "words": "monitoreado"}
    wrong = hilda.post("/behaviour-mappings", {**sent, "criterion": ""})
    assert wrong.status_code == 422
    assert f'<option value="{LISTENS}" selected>' in wrong.text
    assert 'value="ac1.cd3"' not in wrong.text
    sent["criterion"] = "ac2.cd2"
    assert hilda.post("/behaviour-mappings", sent).status_code == 302
    assert hilda.post("/behaviour-mappings", sent).status_code == 409
    seen = sign_in(app, "aurora").get("/behaviour-mappings").text
    assert "monitoreado" in seen
    assert "Map it no more" not in seen
    public_id = hilda.get("/behaviour-mappings").text.split("/behaviour-mappings/")[2].split("/")[0]
    assert hilda.post(f"/behaviour-mappings/{public_id}/end").status_code == 302
    assert "Nothing is mapped yet" in hilda.get("/behaviour-mappings").text
