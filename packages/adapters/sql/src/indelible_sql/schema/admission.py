"""Whether a database is what the declarations say, asked once, before a store's first transaction."""

import logging
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from attrs import frozen
from sqlalchemy import Connection, text

from indelible.kernel import Lifecycle, Unavailable
from indelible_sql.schema import migrate
from indelible_sql.schema.catalog import HEADS, MOVING, TABLES
from indelible_sql.schema.columns import prefix_of, quoted
from indelible_sql.schema.tables import EDGE

logger = logging.getLogger("indelible.sql")

ROLE = text(
    """
    SELECT bool_or(
        r.rolsuper OR r.rolreplication
        OR pg_has_role(c.relowner, 'USAGE')
        OR has_schema_privilege(c.relnamespace, 'CREATE')
        OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR (c.relname <> ALL (:heads) AND has_any_column_privilege(c.oid, 'UPDATE'))
        OR has_database_privilege(current_database(), 'TEMP')
        OR has_parameter_privilege('session_replication_role', 'SET')
    )
    FROM pg_roles r, pg_class c
    WHERE r.rolname = current_user AND c.relnamespace = CAST(:schema AS regnamespace) AND c.relname = ANY (:tables)
    """
)


@frozen
class RoleTooStrong(Unavailable):
    """The database role could rewrite history: connect as a role that owns nothing, and migrate as another."""

    code: ClassVar[str] = "ROLE_TOO_STRONG"
    message: ClassVar[str] = (
        "Database role {role} could rewrite history: connect as a role that owns nothing, and "
        "migrate as another."
    )
    role: str


@frozen
class ForeignKeysOff(Unavailable):
    """This SQLite connection does not check foreign keys: run `PRAGMA foreign_keys = ON` after connecting."""

    code: ClassVar[str] = "FOREIGN_KEYS_OFF"
    message: ClassVar[str] = (
        "The SQLite connection does not check foreign keys: run `PRAGMA foreign_keys = ON` "
        "after connecting."
    )


@frozen
class LifecycleDiffers(Unavailable):
    """The database's edges of a lifecycle are not the declared ones: run the migration that declares them."""

    code: ClassVar[str] = "LIFECYCLE_DIFFERS"
    message: ClassVar[str] = (
        "The database's edges of lifecycle {lifecycle} differ from the declared ones: run the "
        "migration that declares them."
    )
    lifecycle: str


def check_database(
    connection: Connection, schema: str, lifecycles: tuple[Lifecycle[StrEnum], ...]
) -> None:
    """Refuse a schema that is not at head, a guard or an edge that differs, and a role that could undo them."""
    migrate.check(connection, schema)
    _check_hosts(connection, schema, lifecycles)
    if connection.dialect.name == "sqlite":
        check_keys(connection)
        return
    names = {"heads": [each.name for each in MOVING], "tables": [each.name for each in TABLES]}
    if connection.execute(ROLE, {"schema": quoted(connection, schema), **names}).scalar_one():
        raise RoleTooStrong(connection.exec_driver_sql("SELECT current_user").scalar_one())


def check_keys(connection: Connection) -> None:
    """Refuse a SQLite connection that does not check foreign keys."""
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise ForeignKeysOff


def kept_edges(connection: Connection, schema: str) -> dict[str, set[tuple[object, ...]]]:
    """The edges that are in the database, by their lifecycle."""
    statement = f"SELECT {', '.join(EDGE)} FROM {prefix_of(connection, schema)}lifecycle_edges ORDER BY 1, 2, 3"
    rows = connection.exec_driver_sql(statement).all()
    return {
        name: {tuple(row[1:]) for row in edges} for name, edges in groupby(rows, key=itemgetter(0))
    }


def _check_hosts(
    connection: Connection, schema: str, lifecycles: tuple[Lifecycle[StrEnum], ...]
) -> None:
    """A host's declared lifecycles must be the kept ones; one that the store was not told of is only counted."""
    found = kept_edges(connection, schema)
    for lifecycle in lifecycles:
        if found.get(lifecycle.name) != set(map(tuple, lifecycle.edges)):
            raise LifecycleDiffers(lifecycle.name)
    unknown = found.keys() - {each.name for each in (*HEADS.values(), *lifecycles)}
    if unknown:
        logger.info(
            "%d lifecycles in the database are not declared here: %s", len(unknown), sorted(unknown)
        )
