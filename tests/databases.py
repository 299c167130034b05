"""More databases and files of the embedded server, for tests only."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from attrs import evolve
from psycopg.sql import SQL, Identifier

from indelible_service.embedded import PostgresServer
from indelible_service.embedded.postgresql import CREATE_DATABASE

NUMBERS = count(1)  # a process of the tests has a server of its own
# To copy the template's files takes half the processor time of logging each of its pages.
COPY_FILES = " STRATEGY file_copy"
FIRST_WITH_STRATEGIES = 150_000  # older servers copy files anyway


def create_database(
    server: PostgresServer, name: str, template: str = "template1"
) -> PostgresServer:
    """Copy the template into a new database of the owner, and return the server with its URLs.

    A number follows the name, since a process sets up a fixture of a module once more when it gets
    tests of the module that another one had.
    """
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        return _copy_template(admin, server, name, template)


@contextmanager
def temporary_database(
    server: PostgresServer, name: str, template: str
) -> Generator[PostgresServer]:
    """Yield a copy of the template and drop it after the block, also when the block fails.

    Each database takes ten megabytes of memory, and a run creates hundreds.
    """
    with (
        psycopg.connect(server.admin_url, autocommit=True) as admin,
        temporary_copy(admin, server, name, template) as database,
    ):
        yield database


@contextmanager
def temporary_copy(
    admin: psycopg.Connection[Any], server: PostgresServer, name: str, template: str
) -> Generator[PostgresServer]:
    """Yield a copy of the template like `temporary_database`, by a connection that is open."""
    database = _copy_template(admin, server, name, template)
    try:
        yield database
    finally:
        dropped = Identifier(name_of(database))
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(dropped))


def name_of(database: PostgresServer) -> str:
    """Return the name of a database."""
    return database.url.rpartition("/")[2]


def give_to_server(*folders: Path) -> None:
    """Let the account of the embedded server read the folders."""
    if os.geteuid() == 0:
        for path in folders:
            subprocess.run(("/bin/chown", "-R", "nobody", str(path)), check=True)


def _copy_template(
    admin: psycopg.Connection[Any], server: PostgresServer, name: str, template: str
) -> PostgresServer:
    name = f"{name}_{next(NUMBERS)}"
    names = {"name": Identifier(name).as_string(), "template": Identifier(template).as_string()}
    create, *grants = CREATE_DATABASE
    if admin.info.server_version >= FIRST_WITH_STRATEGIES:
        create += COPY_FILES
    for statement in (create, *grants):
        admin.execute(statement.format(**names).encode())

    return evolve(
        server,
        url=_with_database(server.url, name),
        owner_url=_with_database(server.owner_url, name),
        admin_url=_with_database(server.admin_url, name),
    )


def _with_database(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"
