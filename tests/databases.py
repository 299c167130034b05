"""Databases beside the first on the embedded server, which only tests need."""

import psycopg
from attrs import evolve
from psycopg.sql import Identifier

from indelible_service.embedded import PostgresServer
from indelible_service.embedded.postgresql import CREATED


def create_database(server: PostgresServer, name: str, template: str = "template1") -> PostgresServer:
    """The server with URLs of a new database that belongs to the owner: a copy of the template."""
    names = {"name": Identifier(name).as_string(), "template": Identifier(template).as_string()}
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for statement in CREATED:
            admin.execute(statement.format(**names).encode())
    before = (server.url, server.owner_url, server.admin_url)
    url, owner_url, admin_url = (f"{each.rpartition('/')[0]}/{name}" for each in before)
    return evolve(server, url=url, owner_url=owner_url, admin_url=admin_url)
