"""Parcels of a host: a declaration, and that of the next release, on a database."""

from collections.abc import Callable
from enum import auto
from typing import Any

from sqlalchemy import create_engine, text
from tests.examples.conftest import HostDatabase

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    OneLine,
    States,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Head
from indelible_sql import SqlStore

MAYA = Actor.user("maya")


class Status(States):
    """The states of a parcel."""

    PACKED = auto()
    SENT = auto()


class LaterStatus(States):
    """The states of a parcel in the next release."""

    PACKED = auto()
    SENT = auto()
    LOST = auto()


@aggregate(final=(Status.SENT,))
class Parcel(Aggregate):
    """A parcel, as it was first declared."""

    status: Status
    label: Identifier = field(unique=True)

    @creates(Status.PACKED)
    def pack(self, label: Identifier) -> None: ...
    @action(Status.PACKED, to=Status.SENT)
    def send(self) -> None: ...


parcels = Context(Parcel, filters=("status",))


def later_parcels() -> Context[Any]:
    """Return the context of the next release: a field, a state, an edge, a filter and a rule."""

    @aggregate(final=(LaterStatus.LOST,))
    class Parcel(Aggregate):
        """A parcel that can be lost."""

        status: LaterStatus
        label: Identifier = field(unique=True)
        cause: OneLine | None = field(required_in=(LaterStatus.LOST,))

        @creates(LaterStatus.PACKED)
        def pack(self, label: Identifier) -> None: ...
        @action(LaterStatus.PACKED, to=LaterStatus.SENT)
        def send(self) -> None: ...
        @action(LaterStatus.SENT, to=LaterStatus.LOST)
        def lose(self, cause: OneLine) -> None: ...

    return Context(Parcel, filters=("status", "cause"), search=("cause",))


Open = Callable[[Context[Any]], SqlStore]


def run(store: SqlStore, context: Context[Any], command: Any) -> Head[Any]:  # noqa: ANN401 - of any parcel
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


def objects_of(host: HostDatabase) -> list[tuple[object, ...]]:
    """Return what the database says about the table, its indexes and its guards."""
    engine = create_engine(host.owner_url)
    statement = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
    if engine.dialect.name == "postgresql":
        statement = (
            "SELECT 'trigger', tgname, pg_get_triggerdef(oid), oid FROM pg_trigger"
            " WHERE NOT tgisinternal UNION ALL"
            " SELECT 'column', attname, atttypid::regtype::text, attnum FROM pg_attribute"
            " WHERE attrelid = to_regclass('public.parcels') UNION ALL"
            " SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indexrelid"
            " FROM pg_index WHERE indrelid = to_regclass('public.parcels') ORDER BY 1, 2"
        )
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows
