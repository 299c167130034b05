"""The form of an export, whatever its lines say: a first line, canonical lines, and a last one that seals them."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from io import BufferedIOBase
from itertools import chain
from typing import BinaryIO, ClassVar, Final, NamedTuple

from attrs import frozen

from indelible.kernel.errors import Invalid
from indelible.kernel.json import canonical_json

LONGEST_LINE: Final = 128 * 1024 * 1024  # bytes: a version whose every text is full still fits
MOST_LINES: Final = 5_000_000


@frozen
class InvalidExportLine(Invalid):
    """A line of the file is not what it should be, and nothing was imported."""

    code: ClassVar[str] = "BAD_LINE"
    message: ClassVar[str] = (
        "Line {line} of the export is invalid: {problem}; nothing was imported."
    )
    line: int
    problem: str


@frozen
class ExportDamaged(Invalid):
    """The export is not as it was written: it was cut short, added to, or changed."""

    code: ClassVar[str] = "EXPORT_DAMAGED"
    message: ClassVar[str] = (
        "The export does not match its digest: it was cut short, extended or changed."
    )


class Line(NamedTuple):
    """A line of a file, and its number."""

    number: int
    text: bytes


def line_of(value: object) -> bytes:
    """How an export writes a value."""
    return f"{canonical_json(value)}\n".encode()


def write_export(out: BinaryIO, kind: str, entries: Iterable[object]) -> str:
    """Write the entries as an export of this kind; the digest of all its lines but the last."""
    seal = sha256()
    for value in chain([{"format": kind}], entries):
        text = line_of(value)
        seal.update(text)
        out.write(text)
    out.write(line_of({"digest": seal.hexdigest()}))
    return seal.hexdigest()


def read_lines(file: BufferedIOBase) -> Iterator[Line]:
    """Every line of the file from its beginning; BadLine where there is too much of it."""
    file.seek(0)
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) > LONGEST_LINE:
            raise InvalidExportLine(number, f"longer than {LONGEST_LINE} bytes")
        if number > MOST_LINES:
            raise InvalidExportLine(number, f"more than {MOST_LINES} lines")
        yield Line(number, text)


def read_export(file: BufferedIOBase) -> Iterator[Line]:
    """Every line between the first and the last; at the end ExportDamaged, unless that one seals them."""
    lines = read_lines(file)
    held, seal = next(lines, Line(1, b"")), sha256()
    for line in lines:
        seal.update(held.text)
        if held.number > 1:
            yield held
        held = line
    if held.text != line_of({"digest": seal.hexdigest()}):
        raise ExportDamaged
