"""Compare a database with the declarations, once, before a store's first transaction."""

import logging
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from attrs import frozen
from sqlalchemy import Connection, text

from indelible.kernel import Lifecycle, Unavailable
from indelible_sql.schema import migrate
from indelible_sql.schema.additive import ADDITIVE_TABLE
from indelible_sql.schema.columns import prefix_of, quoted
from indelible_sql.schema.partitions import closed_tables
from indelible_sql.schema.schema_names import FactNames, SchemaNames
from indelible_sql.schema.tables import EDGE_COLUMNS

logger = logging.getLogger("indelible.sql")

# The tables that say which code may work with the schema: only migrations write them.
OF_MIGRATIONS = (migrate.VERSION_TABLE, ADDITIVE_TABLE)

# Whether the current role could change history or remove a guard, or has no foreign keys.
ROLE_IS_TOO_STRONG = """
    SELECT bool_or(
        r.rolsuper OR r.rolreplication
        OR pg_has_role(c.relowner, 'USAGE')
        OR has_schema_privilege(c.relnamespace, 'CREATE')
        OR has_table_privilege(c.oid, 'UPDATE, TRUNCATE, TRIGGER')
        OR (c.relname <> ALL (:prunable) AND has_table_privilege(c.oid, 'DELETE'))
        OR (c.relname <> ALL (:updatable) AND has_any_column_privilege(c.oid, 'UPDATE'))
        OR has_database_privilege(current_database(), 'TEMP')
        OR current_setting('session_replication_role') = 'replica'
        OR (c.relname = ANY (:closed) AND has_any_column_privilege(c.oid, 'INSERT'))
        OR has_sequence_privilege(to_regclass(:sequence), 'USAGE, UPDATE')
        OR {may_disable_triggers}
    )
    FROM pg_roles r, pg_class c
    WHERE r.rolname = current_user
      AND c.relnamespace = CAST(:schema AS regnamespace)
      AND c.relkind IN ('r', 'p')
      AND c.relname = ANY (:tables)
"""
# Before this release only a superuser could, and no privilege of parameters existed.
PARAMETER_PRIVILEGES = (15,)
MAY_DISABLE_TRIGGERS = "has_parameter_privilege('session_replication_role', 'SET')"


@frozen
class RoleTooStrong(Unavailable):
    """The database role could rewrite history.

    Connect as a role that owns nothing, and migrate as another.
    """

    message: ClassVar[str] = (
        "Database role {role} could rewrite history: connect as a role that owns nothing, and "
        "migrate as another."
    )
    role: str


@frozen
class ForeignKeysOff(Unavailable):
    """A SQLite connection does not check foreign keys.

    Call `indelible_sql.enable_foreign_keys(engine)` before the engine connects.
    """

    message: ClassVar[str] = (
        "The SQLite connection does not check foreign keys: call "
        "`indelible_sql.enable_foreign_keys(engine)` right after `create_engine`."
    )


@frozen
class LifecycleDiffers(Unavailable):
    """The database lacks declared edges of a lifecycle.

    Run the migration that declares them.
    """

    message: ClassVar[str] = (
        "The database lacks declared edges of lifecycle {lifecycle}: run the migration that "
        "declares them."
    )
    lifecycle: str


def check_database(
    connection: Connection,
    schema: str,
    names: SchemaNames,
    host_lifecycles: tuple[Lifecycle[StrEnum], ...],
) -> None:
    """Refuse a schema of other code, guards that differ, missing edges and a role too strong.

    `names` are those of the contexts that the migrations create; `host_lifecycles` are declared by
    the host's own migrations.
    """
    migrate.check(connection, schema, names.facts)
    _check_host_lifecycles(connection, schema, names.facts, host_lifecycles)
    if connection.dialect.name == "sqlite":
        check_foreign_keys(connection)
    else:
        _check_role(connection, schema, names)


def check_foreign_keys(connection: Connection) -> None:
    """Refuse a SQLite connection that does not check foreign keys."""
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise ForeignKeysOff


def stored_edges(connection: Connection, schema: str) -> dict[str, set[tuple[object, ...]]]:
    """Return the edges that the database has, by the name of their lifecycle."""
    table = f"{prefix_of(connection, schema)}lifecycle_edges"
    statement = f"SELECT {', '.join(EDGE_COLUMNS)} FROM {table} ORDER BY 1, 2, 3"
    rows = connection.exec_driver_sql(statement).all()

    edges: dict[str, set[tuple[object, ...]]] = {}
    for name, group in groupby(rows, key=itemgetter(0)):
        edges[name] = {tuple(row[1:]) for row in group}
    return edges


def _check_role(connection: Connection, schema: str, names: SchemaNames) -> None:
    closed = [*OF_MIGRATIONS, *closed_tables(connection, schema)]
    values = {
        "schema": quoted(connection, schema),
        "sequence": f"{quoted(connection, schema)}.history_position_seq",
        "updatable": list(names.updatable),
        "prunable": list(names.prunable),
        "tables": [*closed, *names.facts.tables],
        "closed": closed,
    }
    has_privileges = (connection.dialect.server_version_info or ()) >= PARAMETER_PRIVILEGES
    condition = MAY_DISABLE_TRIGGERS if has_privileges else "false"
    statement = text(ROLE_IS_TOO_STRONG.format(may_disable_triggers=condition))
    if connection.execute(statement, values).scalar_one():
        raise RoleTooStrong(connection.exec_driver_sql("SELECT current_user").scalar_one())


def _check_host_lifecycles(
    connection: Connection,
    schema: str,
    names: FactNames,
    lifecycles: tuple[Lifecycle[StrEnum], ...],
) -> None:
    """Refuse a host's lifecycle of which the database lacks an edge.

    A later release of the host may have added edges. Log the lifecycles that the store does not
    know.
    """
    edges = stored_edges(connection, schema)
    for lifecycle in lifecycles:
        declared = {tuple(edge) for edge in lifecycle.edges}
        if not declared <= edges.get(lifecycle.name, set()):
            raise LifecycleDiffers(lifecycle.name)

    known = {*names.lifecycles, *(lifecycle.name for lifecycle in lifecycles)}
    unknown = sorted(edges.keys() - known)
    if unknown:
        logger.info("%d lifecycles in the database are not declared: %s", len(unknown), unknown)
