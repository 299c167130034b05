"""The older table of a help desk, as a host has it, with rows."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    create_engine,
    text,
)
from tests.examples.conftest import HostDatabase

OLD_TICKETS: Final = Table(
    "old_tickets",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Text),
    Column("resolution", Text),
    Column("created", DateTime, nullable=False),
)
MIDNIGHT: Final = datetime(2024, 1, 1)  # noqa: DTZ001 - as the older table stores it
STATES: Final = ("open", "assigned", "closed")


def old_row(key: int, **others: object) -> dict[str, Any]:
    """Return a row that the declaration accepts; its state follows from its key."""
    state = STATES[key % 3]
    return {
        "id": key,
        "number": f"T-{key}",
        "title": f"Fire in room {key}",
        "state": state,
        "assignee": None if state == "open" else "ann",
        "resolution": "Put out." if state == "closed" else None,
        "created": MIDNIGHT + timedelta(minutes=key),
        **others,
    }


def owner_engine(host: HostDatabase) -> Engine:
    """Return an engine of the owner, who writes the older table."""
    return create_engine(host.owner_url, poolclass=NullPool)


def create_old_tickets(host: HostDatabase, *rows: dict[str, Any]) -> Engine:
    """Create the older table with rows; the application may read it."""
    engine = owner_engine(host)
    with engine.begin() as connection:
        OLD_TICKETS.create(connection)
        if rows:
            connection.execute(OLD_TICKETS.insert(), list(rows))
        if engine.dialect.name == "postgresql":
            connection.execute(text("GRANT SELECT ON old_tickets TO indelible_app"))
    return engine
