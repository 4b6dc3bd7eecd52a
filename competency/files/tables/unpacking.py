"""An XLSX workbook from a stranger, packed anew so that reading it costs little.

The library that reads workbooks trusts them: a stream longer than it says, or one cell in
the last row and column, makes it ask for all the memory there is. So sizes are summed
before anything is unpacked, each part is unpacked up to the size that it says and checked
against its checksum, and every cell's place is looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from competency.files.said import Said
from competency.files.tables.limits import TableLimits

KEPT = re.compile(r"(?!xl/(theme|drawings|charts|media|printerSettings)/|docProps/).*\.(xml|rels)")
PLACE = re.compile(r"(?P<letters>[A-Z]{1,3})?(?P<row>[1-9][0-9]{0,6})")
FIRST = ord("A") - 1
OLE = b"\xd0\xcf\x11\xe0"
"""Begins an old workbook, and one that is encrypted."""


class Refused(Exception):
    """The workbook is not read; the message says what is wrong, ``remedy`` what to do."""

    def __init__(self, message: Said, remedy: Said) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def repacked(content: bytes, limits: TableLimits) -> bytes:
    """Return the parts that matter of a workbook, not compressed; raise ``Refused``."""
    if not content:
        raise Refused(Said("the file is empty"), Said("give a workbook with something in it"))
    if content.startswith(OLE):
        message = Said("it is protected by a password, or of an old kind")
        raise Refused(message, Said("save it as .xlsx without a password"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _repacked(archive, limits)
    # zipfile raises NotImplementedError for archives of a kind that it can't unpack.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise Refused(Said("it is not an XLSX workbook"), Said("save it again as .xlsx")) from error


def _repacked(archive: zipfile.ZipFile, limits: TableLimits) -> bytes:
    """Return a new archive of the parts that matter."""
    parts = archive.infolist()
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
        most = f"{limits.unpacked / 1_000_000:g}"
        message = Said("unpacked it is larger than %(most)s MB", most=most)
        raise Refused(message, Said("split the table into smaller ones"))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(Said("it is protected by a password"), Said("save it without one"))
    kept = {part.filename: part for part in parts if KEPT.fullmatch(part.filename)}
    packings = {part.compress_type for part in kept.values()}
    if "xl/workbook.xml" not in kept or packings - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(Said("it is not an XLSX workbook"), Said("save it as .xlsx"))
    stream = io.BytesIO()
    inspection = _Inspection(limits)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:
        for name, part in kept.items():
            with archive.open(part) as unpacked:
                content = unpacked.read(part.file_size)
            inspection.of(content)
            packed.writestr(name, content)
    return stream.getvalue()


class _Inspection:
    """All parts looked through: how far the cells of each reach, and how many they are."""

    def __init__(self, limits: TableLimits) -> None:
        self._limits = limits
        self._cells = self._area = 0
        self._start()

    def _start(self) -> None:
        """Begin with another part."""
        self._row = self._column = 0
        self._last_row = self._last_column = 0

    def of(self, content: bytes) -> None:
        """Raise ``Refused`` where the part is more than a table, or no XML."""
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._element
        try:
            parser.Parse(content, True)  # noqa: FBT003 - the parser's own signature
        except expat.ExpatError as error:
            raise Refused(Said("it is damaged"), Said("save it again as .xlsx")) from error
        self._area += self._last_row * self._last_column
        self._start()

    def _doctype(self, *_: object) -> None:
        """Refuse definitions: no program that writes workbooks makes any."""
        raise Refused(Said("it holds a document type"), Said("save it again as .xlsx"))

    def _element(self, name: str, attributes: Mapping[str, str]) -> None:
        """Follow rows and cells, also those that don't say where they are."""
        kind = name.rpartition(":")[2]
        place = attributes.get("r")
        if place is None and kind not in {"row", "c"}:
            return
        if kind == "row":
            self._row, self._column = self._row + 1, 0
        elif kind == "c":
            self._column, self._cells = self._column + 1, self._cells + 1
        if place is not None:
            self._go(place)
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        most = self._limits
        if (
            self._last_row > most.rows
            or self._last_column > most.columns
            or self._cells > most.cells
            or self._area + self._last_row * self._last_column > most.area
        ):
            message = Said(
                "it has more than %(rows)s rows, %(columns)s columns or %(cells)s cells",
                rows=most.rows,
                columns=most.columns,
                cells=most.cells,
            )
            raise Refused(message, Said("split it, and clear cells far outside"))

    def _go(self, place: str) -> None:
        """Go where a row or a cell says that it is."""
        found = PLACE.fullmatch(place)
        if found is None:
            raise Refused(Said("it is damaged"), Said("save it again as .xlsx"))
        self._row = int(found["row"])
        if found["letters"]:
            self._column = 0
            for letter in found["letters"]:
                self._column = self._column * 26 + ord(letter) - FIRST
