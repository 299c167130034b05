"""A full disk under the output of a command has a code, and unknown characters are escaped."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from typing import IO, Any

import pytest
from tests.service.commands import error_code, run
from tests.service.conftest import foreign_variables

from indelible.concepts import ConceptContent
from indelible.testing.stores import create
from indelible_service.cli import transfer
from indelible_sql import open_store

FULL = Path("/dev/full")
NAME = "Verhältnis 比 \U0001f600"


def finished(
    *words: str, settings: dict[str, str], out: int | IO[Any] = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        (sys.executable, "-m", "indelible_service", *words),
        env={**foreign_variables(), **settings},
        stdout=out,
        stderr=subprocess.PIPE,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("export",), ("verify", "--json"), ("list",), ("export", "--json")]
)
def test_a_full_disk_under_the_output_is_one_error(
    words: tuple[str, ...], environment: dict[str, str]
) -> None:
    with FULL.open("wb") as out:
        process = finished(*words, settings=environment, out=out)

    assert process.returncode == 3
    assert b"DISK_FULL" in process.stderr
    assert b"standard output" in process.stderr
    assert b"Traceback" not in process.stderr
    assert b"Exception" not in process.stderr


@pytest.mark.slow
def test_a_reader_that_ends_is_no_full_disk(environment: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = finished("export", settings=environment, out=writer)
    os.close(writer)

    assert process.returncode == 1
    assert process.stderr == b""


def test_a_full_disk_for_temporary_files_is_named(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("export", "all.jsonl", settings=environment)

    def open_full(**_: object) -> IO[bytes]:
        return FULL.open("w+b")

    monkeypatch.setattr(transfer, "TemporaryFile", open_full)

    words = ("import", "all.jsonl")
    assert error_code(*words, settings=environment, exit_code=3) == "DISK_FULL"
    assert f"The disk of {gettempdir()} is full" in run(*words, settings=environment).stderr


@pytest.mark.slow
def test_characters_that_the_terminal_lacks_are_escaped(environment: dict[str, str]) -> None:
    store = open_store(environment["DATABASE_URL"])
    create(store, ConceptContent(name=NAME))
    store.dispose()
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    settings = {**environment, **ascii_only}

    table = finished("list", settings=settings)
    document = finished("list", "--json", settings=settings)

    assert (table.returncode, table.stderr) == (0, b"")
    assert rb"Verh\u00e4ltnis \u6bd4 \ud83d\ude00" in table.stdout
    assert NAME in [concept["name"] for concept in json.loads(document.stdout)]
