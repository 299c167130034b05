"""Databases beside the first on the embedded server, which only tests need."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from attrs import evolve
from psycopg.sql import SQL, Identifier

from indelible_service.embedded import PostgresServer
from indelible_service.embedded.postgresql import CREATE_DATABASE


def create_database(
    server: PostgresServer, name: str, template: str = "template1"
) -> PostgresServer:
    """The server with URLs of a new database that belongs to the owner: a copy of the template."""
    names = {"name": Identifier(name).as_string(), "template": Identifier(template).as_string()}
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in CREATE_DATABASE:
            admin.execute(statement.format(**names).encode())
    before = (server.url, server.owner_url, server.admin_url)
    url, owner_url, admin_url = (f"{each.rpartition('/')[0]}/{name}" for each in before)
    return evolve(server, url=url, owner_url=owner_url, admin_url=admin_url)


@contextmanager
def lent_database(server: PostgresServer, name: str, template: str) -> Generator[PostgresServer]:
    """Yield a copy of the template and drop it after the block.

    Each database takes ten megabytes of memory, and a run creates hundreds.
    """
    yield create_database(server, name, template)
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
