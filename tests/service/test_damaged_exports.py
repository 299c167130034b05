"""A damaged file, or one that is no export, is refused and changes nothing."""

from hashlib import sha256
from typing import Final

import pytest
from tests.service.exports import documents_of, refused_import

from indelible.kernel import exports
from indelible.kernel.exports import InvalidExportLine, line_of
from indelible_sql import SqlStore
from indelible_sql.maintenance.export_entries import FORMAT

# Flipping a bit at every position would take minutes.
POSITIONS_BETWEEN_FLIPS: Final = 41


@pytest.mark.slow
def test_a_flipped_bit_is_refused(export: bytes, sqlite: SqlStore) -> None:
    for position in range(0, len(export), POSITIONS_BETWEEN_FLIPS):
        flipped = bytearray(export)
        flipped[position] ^= 1

        refused_import(sqlite, bytes(flipped))


def test_a_shortened_file_is_refused(export: bytes, sqlite: SqlStore) -> None:
    lines = export.split(b"\n")

    for count in range(len(lines) - 1):
        refused_import(sqlite, b"\n".join(lines[:count]))
        refused_import(sqlite, b"\n".join(lines[count + 1 :]))


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"\xff\xfe{}\n",
        b"\xef\xbb\xbf{}\n",
        b'{"format": "indelible export 3", "concepts": NaN, "changes": 0}\n',
        b'{"format": "indelible export 3", "concepts": 0.0, "changes": 0}\n',
        b'{"format": "indelible export 3", "concepts": 1e999, "changes": 0}\n',
        b'{"format": "a", "format": "indelible export 3", "concepts": 0, "changes": 0}\n',
        b'{"format": "indelible export 3", "concepts": ' + b"9" * 5_000 + b', "changes": 0}\n',
        b'{"format": "\\ud800", "concepts": 0, "changes": 0}\n',
        b"[" * 200_000,
        b'{"a":' * 200_000,
    ],
    ids=lambda hostile: repr(hostile[:40]),
)
def test_hostile_bytes_are_refused_at_the_first_line(hostile: bytes, sqlite: SqlStore) -> None:
    error = refused_import(sqlite, hostile)

    assert isinstance(error, InvalidExportLine)
    assert error.line == 1


@pytest.mark.parametrize("addition", ["the export again", "an empty object"])
def test_bytes_after_the_last_line_are_refused(
    export: bytes, addition: str, sqlite: SqlStore
) -> None:
    additions = {"the export again": export, "an empty object": b"{}"}

    error = refused_import(sqlite, export + additions[addition])

    assert isinstance(error, InvalidExportLine)


def test_an_export_of_another_format_is_refused(export: bytes, sqlite: SqlStore) -> None:
    body, _, _ = export.rpartition(b'{"digest"')
    body = body.replace(FORMAT.encode(), b"indelible concepts 2")
    footer = line_of({"digest": sha256(body).hexdigest()})

    error = refused_import(sqlite, body + footer)

    assert isinstance(error, InvalidExportLine)


def test_a_file_with_too_many_lines_is_refused(
    export: bytes, sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_LINES", 3)

    error = refused_import(sqlite, export)

    assert str(error) == str(InvalidExportLine(4, "more than 3 lines"))


def test_a_line_that_is_too_long_is_refused(
    export: bytes, sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(documents_of(export)) > 2
    monkeypatch.setattr(exports, "MAX_LINE_BYTES", 60)

    error = refused_import(sqlite, export)

    assert str(error) == str(InvalidExportLine(2, "longer than 60 bytes"))
