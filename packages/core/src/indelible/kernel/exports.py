"""The format of an export: a first line with the format, canonical lines, and their digest."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from io import BufferedIOBase
from itertools import chain
from typing import BinaryIO, ClassVar, Final, NamedTuple

from attrs import define, field, frozen

from indelible.kernel.errors import Invalid
from indelible.kernel.json import canonical_json

# Bytes. A version with the longest texts that its fields allow still fits.
MAX_LINE_BYTES: Final = 128 * 1024 * 1024
MAX_LINES: Final = 5_000_000
MAX_REPORTED_LINES: Final = 100  # invalid lines after which an import stops looking for more


@frozen
class InvalidExportLine(Invalid):
    """A line of an export is invalid."""

    code: ClassVar[str] = "BAD_LINE"
    message: ClassVar[str] = (
        "Line {line} of the export is invalid: {problem}; nothing was imported."
    )
    line: int
    problem: str


@frozen
class InvalidExportLines(Invalid):
    """Several lines of an export are invalid."""

    code: ClassVar[str] = "BAD_LINES"
    message: ClassVar[str] = "Lines of the export are invalid: {problems}; nothing was imported."
    problems: tuple[str, ...]


@define
class InvalidLines:
    """The invalid lines of one import, which are reported together."""

    errors: list[InvalidExportLine] = field(factory=list[InvalidExportLine])

    def add(self, error: InvalidExportLine) -> None:
        """Remember an invalid line.

        Raises: InvalidExportLines where there are too many to continue.
        """
        self.errors.append(error)
        if len(self.errors) == MAX_REPORTED_LINES:
            self.raise_errors()

    def raise_errors(self) -> None:
        """Raise the error of all invalid lines in the order of the file; do nothing without any."""
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise self.errors[0]

        in_order = sorted(self.errors, key=lambda error: error.line)
        raise InvalidExportLines(tuple(f"line {e.line}: {e.problem}" for e in in_order))


@frozen
class ExportDamaged(Invalid):
    """An export does not match its digest."""

    message: ClassVar[str] = (
        "The export does not match its digest: it was cut short, extended or changed."
    )


class Line(NamedTuple):
    """A line of a file with its number."""

    number: int
    text: bytes


def line_of(value: object) -> bytes:
    """Return the line that stores a value in an export."""
    return f"{canonical_json(value)}\n".encode()


def write_export(out: BinaryIO, kind: str, entries: Iterable[object]) -> str:
    """Write the entries as an export of this format and return the digest of all lines."""
    seal = sha256()
    for value in chain([{"format": kind}], entries):
        line = line_of(value)
        seal.update(line)
        out.write(line)

    digest = seal.hexdigest()
    out.write(line_of({"digest": digest}))
    return digest


def read_lines(file: BufferedIOBase) -> Iterator[Line]:
    """Yield every line of the file from its beginning.

    Raises:
        InvalidExportLine: A line is too long, or there are too many of them.
    """
    file.seek(0)
    number = 0
    while text := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(text) > MAX_LINE_BYTES:
            raise InvalidExportLine(number, f"longer than {MAX_LINE_BYTES} bytes")
        if number > MAX_LINES:
            raise InvalidExportLine(number, f"more than {MAX_LINES} lines")
        yield Line(number, text)


def read_export(file: BufferedIOBase) -> Iterator[Line]:
    """Yield every line between the first and the last.

    Raises:
        ExportDamaged: The last line is not the digest of the lines before it.
    """
    lines = read_lines(file)
    seal = sha256()
    # A line is yielded once the next one shows that it is not the last.
    pending = next(lines, Line(1, b""))
    for line in lines:
        seal.update(pending.text)
        if pending.number > 1:
            yield pending
        pending = line

    if pending.text != line_of({"digest": seal.hexdigest()}):
        raise ExportDamaged
