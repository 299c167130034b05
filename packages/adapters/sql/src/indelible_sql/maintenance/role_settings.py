"""Settings that a role of PostgreSQL has changed for itself, as each role may.

What a database or its server is set to is its operator's choice, and changes nothing. A setting of
a role that writes is its own choice: with the application's password, one statement changes what
every later session does.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen
from sqlalchemy import Connection, text

from indelible_sql.schema.columns import quoted

SELECT_ROLE_SETTINGS: Final = text(
    """
    SELECT pg_roles.rolname AS role, setting
    FROM pg_db_role_setting
    JOIN pg_roles ON pg_roles.oid = setrole
    CROSS JOIN unnest(setconfig) AS setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND has_any_column_privilege(pg_roles.oid, to_regclass(:history), 'INSERT')
    ORDER BY role, setting
    """
)
# Each changes in silence what a transaction sees, what fires, what runs, or what a COMMIT means.
# A setting that makes statements fail, such as a timeout, is no finding.
REPORTED: Final = (
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "local_preload_libraries",
    "role",
    "row_security",
    "session_preload_libraries",
    "session_replication_role",
    "synchronous_commit",
)
SYSTEM_SCHEMA: Final = "pg_catalog"


@frozen
class RoleSetting:
    """A setting that a role which writes to history has for itself."""

    role: str
    name: str
    value: str

    def __str__(self) -> str:
        return f"role {self.role} has the setting {self.name} = {self.value}"

    @property
    def is_reported(self) -> bool:
        """Return True for a setting that a role which writes should not have.

        A search path is one if it has other schemas before the system's own: each statement names
        its tables' schema, but not that of its operators.
        """
        if self.name == "search_path":
            schemas = [part.strip().strip('"') for part in self.value.split(",")]
            return SYSTEM_SCHEMA in schemas[1:]

        return self.name in REPORTED


def reported_settings(connection: Connection, schema: str) -> Iterator[RoleSetting]:
    """Yield the reported settings of the roles that write to history; none on SQLite."""
    if connection.dialect.name == "sqlite":
        return

    values = {"history": f"{quoted(connection, schema)}.history"}
    for row in connection.execute(SELECT_ROLE_SETTINGS, values):
        name, _, value = row.setting.partition("=")
        setting = RoleSetting(row.role, name, value)
        if setting.is_reported:
            yield setting
