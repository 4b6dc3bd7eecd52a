"""The key that signs: whose it is, what is refused, and what checks without a register."""

from __future__ import annotations

import dataclasses
import io
import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from flask import Flask

from competency import clock
from competency.cli import main
from competency.config import Config
from competency.credentials.keys import DEMONSTRATION_FILE, signing_key
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.operations import completed
from competency.credentials.schema import Reason, StatusAction
from competency.documents.checking import Integrity, checked
from competency.documents.signing import SigningKey
from competency.errors import Invalid
from tests.support import keys
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.credentials import change
from tests.support.doors import visitor
from tests.support.papers import signature_report
from tests.support.register import closed_road, entry_of, issue, take

NOW = datetime(2026, 3, 14, tzinfo=UTC)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def own(folder: Path, content: bytes, passphrase: str = keys.PASSPHRASE) -> Config:
    """Return settings with an organisation's own key."""
    path = folder / "organisation.p12"
    path.write_bytes(content)
    return Config(data_folder=folder, signing_key=path, signing_passphrase=passphrase)


def test_the_organisations_own_key_is_read_once(tmp_path: Path) -> None:
    config = own(tmp_path, keys.packed(keys.signing_key()))
    key = signing_key(config, NOW)
    assert key.certificate == keys.signing_key().certificate
    assert not key.is_demonstration
    assert keys.PASSPHRASE not in repr(config)
    (tmp_path / "organisation.p12").unlink()
    assert signing_key(config, NOW) is key


@pytest.mark.parametrize("content", [b"", b"no key", b"%PDF-1.7"])
def test_what_is_no_key_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Invalid, match=r"organisation\.p12 is wrong, or the file is no PKCS#12"):
        signing_key(own(tmp_path, content), NOW)


def test_a_wrong_passphrase_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="passphrase"):
        signing_key(own(tmp_path, keys.packed(keys.signing_key()), "another"), NOW)
    with pytest.raises(Invalid, match=r"nowhere\.p12 can't be read"):
        signing_key(Config(data_folder=tmp_path, signing_key=tmp_path / "nowhere.p12"), NOW)


def test_a_key_of_another_kind_or_too_small_or_without_certificate_is_refused(
    tmp_path: Path,
) -> None:
    certificate = keys.certificate()
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused
    weak = keys.packed(SigningKey(small, (keys.certificate(key=small),)))
    curve = pkcs12.serialize_key_and_certificates(
        b"x", ec.generate_private_key(ec.SECP256R1()), None, None, NoEncryption()
    )
    bare = pkcs12.serialize_key_and_certificates(None, None, None, [certificate], NoEncryption())
    for number, content in enumerate((weak, curve, bare)):
        folder = tmp_path / str(number)
        folder.mkdir()
        passphrase = keys.PASSPHRASE if content is weak else ""
        with pytest.raises(Invalid, match="2048 bits with its certificate"):
            signing_key(own(folder, content, passphrase), NOW)


def test_a_certificate_signs_from_its_first_to_its_last_moment(tmp_path: Path) -> None:
    certificate = keys.certificate(since=NOW, days=30)
    config = own(tmp_path, keys.packed(SigningKey(keys.private_key(), (certificate,))))
    assert signing_key(config, NOW).certificate == certificate
    assert signing_key(config, NOW + timedelta(days=30)).certificate == certificate
    with pytest.raises(Invalid, match="not valid before 2026-03-14"):
        signing_key(config, NOW - timedelta(seconds=1))
    with pytest.raises(Invalid, match="expired on 2026-04-13"):
        signing_key(config, NOW + timedelta(days=30, seconds=1))


def test_without_a_setting_a_demonstration_key_is_made_once_and_says_what_it_is(
    tmp_path: Path,
) -> None:
    config = Config(data_folder=tmp_path / "new")
    key = signing_key(config, NOW)
    assert key.is_demonstration
    assert key.key.key_size == 3072
    assert "worth nothing" in key.certificate.subject.rfc4514_string()
    path = tmp_path / "new" / DEMONSTRATION_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert signing_key(config, NOW) is key
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def with_key(app: Flask, **changes: object) -> None:
    """Change the settings of an application."""
    config = app.extensions["competency"]
    app.extensions["competency"] = dataclasses.replace(config, **changes)


@SQLITE
def test_no_number_is_taken_where_nothing_can_be_signed(
    app: Flask, world: World, tmp_path: Path
) -> None:
    road = closed_road(world)
    with_key(app, signing_key=tmp_path / "nowhere.p12")
    answer = sign_in(app, "carla").post(f"{road.path}/attestation")
    assert answer.status_code == 422
    assert "be read" in answer.text
    assert world.session.scalar(sa.select(RegisterEntry.id)) is None


@SQLITE
def test_a_document_of_a_demonstration_key_says_so_everywhere(
    app: Flask, world: World, tmp_path: Path
) -> None:
    road = closed_road(world)
    with_key(app, signing_key=None, data_folder=tmp_path)
    assert sign_in(app, "carla").post(f"{road.path}/attestation").status_code == 302
    entry = world.session.scalars(sa.select(RegisterEntry)).one()
    content = world.session.scalars(sa.select(IssuedDocument.content)).one()
    assert entry.facts is not None
    assert content is not None
    assert entry.facts["facts"]["demonstration_key"] is True
    assert "worth nothing" in visitor(app).get(f"/verify/{entry.token}").text
    found = checked(content)
    assert found.facts == entry.facts["facts"]
    assert found.signer is not None
    assert found.signer.is_demonstration
    assert "Signature is Valid" in signature_report(content)


@SQLITE
def test_a_number_of_one_kind_of_key_is_not_finished_with_the_other(
    world: World, tmp_path: Path
) -> None:
    entry = take(world, closed_road(world).public_id)
    shown = signing_key(Config(data_folder=tmp_path), NOW)
    with pytest.raises(Invalid, match="another kind of signing key"):
        completed(entry_of(world, entry).facts, key=shown, now=NOW)
    assert completed(entry_of(world, entry).facts, key=keys.signing_key(), now=NOW)


@SQLITE
def test_the_page_says_of_the_issued_file_what_the_command_says(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    content = world.session.scalars(sa.select(IssuedDocument.content)).one()
    assert content is not None
    sentence = "The signature covers the whole file, and nothing was changed since."
    guest = visitor(app)

    def page(sent: bytes) -> str:
        data = {"file": (io.BytesIO(sent), "a.pdf", "application/pdf")}
        return guest.post(f"/verify/{entry.token}", data, content_type="multipart/form-data").text

    assert sentence in page(content)
    assert keys.OWNER in page(content)
    assert sentence not in page(content[:-1] + b" ")


def verify(path: Path, *further: str, folder: Path) -> Result:
    """Run the command where there is no database and no application at all."""

    def no_application() -> Flask:
        raise AssertionError("the application was asked for")

    return CliRunner(env={"COMPETENCY_DATA_FOLDER": str(folder)}).invoke(
        main, ["credentials", "verify", str(path), *further], obj=no_application
    )


@SQLITE
@pytest.mark.usefixtures("app")
def test_a_file_is_checked_without_register_database_or_network(
    world: World, tmp_path: Path
) -> None:
    entry = issue(world, closed_road(world).public_id)
    content = world.session.scalars(sa.select(IssuedDocument.content)).one()
    assert content is not None
    path, empty = tmp_path / "constancia.pdf", tmp_path / "empty"
    path.write_bytes(content)
    done = verify(path, folder=empty)
    assert done.exit_code == 0, done.output
    assert "nothing was changed since" in done.output
    assert "The register was not asked" in done.output
    assert entry.number in done.output
    assert not empty.exists()
    told = json.loads(verify(path, "--json", "--offline", folder=empty).output)
    assert (told["stands"], told["register_asked"]) == (None, False)
    assert told["facts"]["holder"]["name"] == "Aurora Ficticia"
    path.write_bytes(content[:99] + b"?" + content[100:])
    assert checked(path.read_bytes()).integrity is Integrity.CHANGED
    changed = verify(path, folder=empty)
    assert changed.exit_code == 1
    assert "was changed after signing" in changed.output
    assert "Aurora" not in changed.output


def test_the_moment_of_the_signature_is_the_operations_own(world: World) -> None:
    entry = take(world, closed_road(world).public_id)
    now = clock.now().replace(microsecond=0)
    found = checked(completed(entry_of(world, entry).facts, key=keys.signing_key(), now=now))
    assert found.signer is not None
    assert found.signer.signed_at == now


def test_the_server_does_not_start_with_a_key_that_it_cant_use(tmp_path: Path) -> None:
    (tmp_path / "organisation.p12").write_bytes(keys.packed(keys.signing_key()))
    named = {
        "COMPETENCY_DATA_FOLDER": str(tmp_path),
        "COMPETENCY_SIGNING_KEY": str(tmp_path / "organisation.p12"),
        "COMPETENCY_SIGNING_PASSPHRASE": "another",
    }
    done = CliRunner(env=named).invoke(main, ["serve", "--port", "1"])
    assert done.exit_code == 1
    assert "passphrase of the signing key organisation.p12 is wrong" in done.output


@SQLITE
@pytest.mark.usefixtures("app")
def test_a_copy_of_the_public_list_tells_offline_what_does_not_stand(
    app: Flask, world: World, tmp_path: Path
) -> None:
    entry = issue(world, closed_road(world).public_id)
    content = world.session.scalars(sa.select(IssuedDocument.content)).one()
    assert content is not None
    path, listed, empty = tmp_path / "a.pdf", tmp_path / "status.json", tmp_path / "empty"
    path.write_bytes(content)
    guest = visitor(app)
    listed.write_bytes(guest.get("/verify/status.json").data)
    clean = verify(path, "--status-list", str(listed), folder=empty)
    assert clean.exit_code == 0, clean.output
    assert "Not on the list of what does not stand, made 20" in clean.output
    change(world, entry.public_id, StatusAction.REVOKE, Reason.EVIDENCE)
    listed.write_bytes(guest.get("/verify/status.json").data)
    revoked = verify(path, "--status-list", str(listed), folder=empty)
    assert revoked.exit_code == 1
    assert "revoked since" in revoked.output
    assert "(evidence)" in revoked.output
    told = json.loads(verify(path, "--status-list", str(listed), "--json", folder=empty).output)
    assert (told["stands"], told["list"]["state"]) == (False, "revoked")
    with serving(listed.read_bytes()) as address:
        assert verify(path, "--status-list", address, folder=empty).exit_code == 1
    command = Context().run(
        CliRunner().invoke, main, ["credentials", "status-list", "--json"], obj=lambda: app
    )
    listed.write_text(command.stdout, encoding="utf-8")
    assert verify(path, "--status-list", str(listed), folder=empty).exit_code == 1
    for wrong in (b"{}", b"[", b'{"format": 3, "made_at": "x", "numbers": []}'):
        listed.write_bytes(wrong)
        refused = verify(path, "--status-list", str(listed), folder=empty)
        assert refused.exit_code == 1
        assert "no list of states" in refused.output
    missing = verify(path, "--status-list", str(tmp_path / "none.json"), folder=empty)
    assert missing.exit_code == 1
    assert "can't be read" in missing.output
    assert not empty.exists()


@contextmanager
def serving(content: bytes) -> Iterator[str]:
    """Serve some bytes at an address of this machine."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/verify/status.json"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
