"""Evidence files on disk, by their SHA-256: received once, never served inline."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import puremagic

from competency.errors import Invalid

CHUNK = 1024 * 1024
NAME_MAXIMUM = 120
BY_NAME_ALONE = 0.1
"""How sure a sniffer is of what only the name's ending says."""
SNIFFED = 4096

ALLOWED = {
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/webp",
    "audio/mpeg",
    "audio/wav",
    "audio/x-wav",
    "audio/ogg",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
}
"""Media types that are kept, as sniffed from the bytes, whatever the name says."""


ENDINGS = {
    ".pdf": {"application/pdf"},
    ".png": {"image/png"},
    ".jpg": {"image/jpeg"},
    ".jpeg": {"image/jpeg"},
    ".webp": {"image/webp"},
    ".mp3": {"audio/mpeg"},
    ".wav": {"audio/wav", "audio/x-wav"},
    ".ogg": {"audio/ogg"},
    ".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    ".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    ".odt": {"application/vnd.oasis.opendocument.text"},
    ".ods": {"application/vnd.oasis.opendocument.spreadsheet"},
    ".txt": {"text/plain"},
    ".csv": {"text/csv", "text/plain"},
}
"""What may be behind an ending; any other ending says nothing."""


HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
"""What a HEIC file names first. No library of a permissive licence reads it (ADR 0026)."""


@dataclass(frozen=True)
class Upload:
    """A file whose bytes are stored; ``size`` in bytes."""

    sha256: str
    size: int
    media_type: str
    name: str


def safe_name(name: str) -> str:
    """Return a name without folders, control or bidirectional characters, cut to length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if dot and len(kept) > NAME_MAXIMUM:
        kept = stem[: NAME_MAXIMUM - len(suffix) - 1] + dot + suffix
    return kept[:NAME_MAXIMUM] or "file"


def media_type_of(head: bytes, name: str) -> str:
    """Return the type of the bytes: by signature, or plain text where it is UTF-8 text."""
    try:
        found = puremagic.magic_string(head, name)
    except (puremagic.PureError, ValueError):
        found = []
    for match in found:
        if match.mime_type in ALLOWED and match.confidence > BY_NAME_ALONE:
            return str(match.mime_type)
    if b"\0" not in head and head.lstrip()[:1] != b"<":
        try:
            head.decode("utf-8", errors="strict")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                return "application/octet-stream"
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    return "application/octet-stream"


def is_heic(head: bytes) -> bool:
    """Return whether the bytes begin a picture as some phones take them (ISO/IEC 23008-12)."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS


def _check_ending(media_type: str, name: str) -> None:
    """Raise ``Invalid`` where the bytes are not what the name's ending says."""
    ending = Path(name).suffix.lower()
    named = ENDINGS.get(ending)
    if named is not None and media_type not in named:
        raise Invalid(
            "The name of this file ends in %(ending)s, but it holds something else. Send the "
            "original file, or give it the ending that fits.",
            "file",
            ending=ending,
        )


def path_of(folder: Path, sha256: str) -> Path:
    """Return where the file of that hash lies; the hash is hex and nothing else."""
    if len(sha256) != hashlib.sha256().digest_size * 2 or not sha256.isalnum():
        raise Invalid("This is not a file of ours.")
    return folder / "evidence" / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Keep every other process from giving or taking a name in the evidence folder."""
    descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _keep(temporary: Path, target: Path, final: Path) -> None:
    """Give a complete file its name, and put that name on the disk."""
    with _locked(target):
        if not final.parent.is_dir():
            final.parent.mkdir(exist_ok=True)
            _sync_folder(target)
        temporary.replace(final)
    _sync_folder(final.parent)


def receive(stream: IO[bytes], name: str, *, folder: Path, maximum: int) -> Upload:
    """Store a file of at most ``maximum`` bytes under its hash and return what it is.

    The file is complete and on disk before its name appears, and the name is on disk
    before this returns. The same bytes are stored once; receiving them again makes the
    file young, so that ``remove_stale`` leaves it alone.

    Raises ``Invalid`` for an empty, too large or unaccepted file.
    """
    target = folder / "evidence"
    target.mkdir(parents=True, exist_ok=True)
    hasher, size, head = hashlib.sha256(), 0, b""
    descriptor, temporary = tempfile.mkstemp(dir=target, prefix="incoming-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > maximum:
                    raise Invalid(
                        "The file is larger than %(megabytes)s MB.",
                        "file",
                        megabytes=maximum // (1024 * 1024),
                    )
                head = head or chunk[:SNIFFED]
                hasher.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise Invalid("The file is empty.", "file")
        if is_heic(head):
            raise Invalid(
                "This picture is a HEIC file, as some phones take them, and can't be shown here. "
                "Share it from the phone as JPEG, or take it with the setting for the most "
                "compatible format.",
                "file",
            )
        media_type = media_type_of(head, safe_name(name))
        _check_ending(media_type, safe_name(name))
        if media_type not in ALLOWED:
            raise Invalid(
                "Files of this kind are not accepted. Send a PDF, picture, sound, text or "
                "office document.",
                "file",
            )
        final = path_of(folder, hasher.hexdigest())
        _keep(Path(temporary), target, final)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Upload(hasher.hexdigest(), size, media_type, safe_name(name))


def keep_drawn(folder: Path, content: bytes) -> str:
    """Store a picture that we drew beside the files; return its SHA-256 (hex)."""
    target = folder / "evidence"
    target.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    descriptor, temporary = tempfile.mkstemp(dir=target, prefix="incoming-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        _keep(Path(temporary), target, path_of(folder, digest))
    finally:
        Path(temporary).unlink(missing_ok=True)
    return digest


def unnamed_files(folder: Path, named: Container[str]) -> list[Path]:
    """Return the files that no hash of ``named`` names, broken-off uploads among them."""
    found = (folder / "evidence").rglob("*")
    return sorted(path for path in found if path.name not in named and path.is_file())


def remove_stale(folder: Path, path: Path, before: datetime) -> bool:
    """Remove a file unless it was received again meanwhile; return whether it is gone."""
    with _locked(folder / "evidence"):
        if not is_older(path, before):
            return False
        path.unlink()
    _sync_folder(path.parent)
    return True


def is_older(path: Path, before: datetime) -> bool:
    """Return whether a file is there and was stored before an instant."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False
