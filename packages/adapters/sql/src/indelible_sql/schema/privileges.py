"""The privileges of the application's role on PostgreSQL."""

from sqlalchemy import Connection, Table

from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import quoted
from indelible_sql.schema.partitions import POSITIONS, closed_tables
from indelible_sql.schema.tables import EDGES, FIXED_COLUMNS, writable_columns


def grant(
    connection: Connection, schema: str, role: str, catalog: Catalog, version_table: str
) -> None:
    """Let the role read everything, insert records, update heads and tasks, and prune tasks."""
    schema_name = quoted(connection, schema)
    role_name = quoted(connection, role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema_name} TO {role_name}")
    connection.exec_driver_sql(f"GRANT SELECT ON {schema_name}.{version_table} TO {role_name}")
    connection.exec_driver_sql(
        f"REVOKE ALL ON SEQUENCE {schema_name}.history_position_seq FROM {role_name}"
    )
    connection.exec_driver_sql(
        f"GRANT SELECT ON SEQUENCE {schema_name}.history_position_seq TO {role_name}"
    )

    for table in catalog.tables:
        full_name = f"{schema_name}.{table.name}"
        connection.exec_driver_sql(f"GRANT SELECT ON {full_name} TO {role_name}")
        for privilege, columns in privileges(table, catalog).items():
            connection.exec_driver_sql(
                f"GRANT {privilege} ({', '.join(columns)}) ON {full_name} TO {role_name}"
            )
    for name in closed_tables(connection, schema):
        connection.exec_driver_sql(f"REVOKE ALL ON {schema_name}.{name} FROM {role_name}")
        if name == POSITIONS.name:  # `verify` reads it
            connection.exec_driver_sql(f"GRANT SELECT ON {schema_name}.{name} TO {role_name}")
    for table in catalog.prunable_tables:
        connection.exec_driver_sql(f"GRANT DELETE ON {schema_name}.{table.name} TO {role_name}")


def privileges(table: Table, catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the columns that the application's role may write: none that the database computes."""
    if table is EDGES:
        return {}

    columns = tuple(column.name for column in writable_columns(table))
    if table not in catalog.updatable_tables:
        return {"INSERT": columns}

    fixed = (*FIXED_COLUMNS, *table.primary_key.columns.keys())
    updatable = tuple(name for name in columns if name not in fixed)
    return {"INSERT": columns, "UPDATE": updatable}
