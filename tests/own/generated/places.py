"""Databases in which generated aggregates are tried: a SQLite file and one of PostgreSQL."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

from attrs import frozen
from tests.databases import create_database
from tests.own.generated.flipping import FlippedDatabase, FlippedFile, FlippedServer
from tests.own.generated.walking import Contexts

from indelible_service.embedded import PostgresServer

NUMBERS = count(1)


@frozen(kw_only=True)
class Place:
    """A migrated database, with the addresses of its roles.

    `empty` returns those of another one without aggregates, and `flipped` a copy of this one whose
    guards are lifted.
    """

    kind: str
    url: str
    owner_url: str
    empty: Callable[[], tuple[str, str]]
    flipped: Callable[[Contexts], FlippedDatabase]


def file_place(template: Path, folder: Path) -> Place:
    """Return a new SQLite file in a folder; `template` is a migrated one."""

    def empty() -> Path:
        path = folder / f"generated_{next(NUMBERS)}.db"
        shutil.copy(template, path)
        return path

    def empty_urls() -> tuple[str, str]:
        url = f"sqlite:///{empty()}"
        return url, url

    def flipped(contexts: Contexts) -> FlippedDatabase:
        target = folder / f"generated_{next(NUMBERS)}.db"
        with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
        return FlippedFile(target, contexts)

    path = empty()
    url = f"sqlite:///{path}"
    return Place(kind="SQLite", url=url, owner_url=url, empty=empty_urls, flipped=flipped)


def server_place(server: PostgresServer, template: str) -> Place:
    """Return a new database of a server; `template` is the name of a migrated one."""

    def empty(source: str = template) -> PostgresServer:
        return create_database(server, "generated", source)

    def empty_urls() -> tuple[str, str]:
        copy = empty()
        return copy.url, copy.owner_url

    def flipped(contexts: Contexts) -> FlippedDatabase:
        return FlippedServer(empty(database.url.rpartition("/")[2]), contexts)

    database = empty()
    return Place(
        kind="PostgreSQL",
        url=database.url,
        owner_url=database.owner_url,
        empty=empty_urls,
        flipped=flipped,
    )
