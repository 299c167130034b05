"""pgvector on PostgreSQL: install it where the owner may, and compute vectors with it."""

from sqlalchemy import Connection, text

from indelible_sql.captures.functions import (
    ARRAY_BODIES,
    FUNCTION_BODY,
    PGVECTOR_BODIES,
    vector_functions,
)
from indelible_sql.schema.columns import in_schema, quoted

OLDEST_EXTENSION = (0, 7)  # the first pgvector with l2_normalize
EXTENSION = text(
    """
    SELECT nspname, extversion
    FROM pg_extension e
    JOIN pg_namespace n ON n.oid = extnamespace
    WHERE extname = 'vector'
    """
)
MAY_CREATE = text(
    """
    SELECT bool_or(
        rolsuper OR v.trusted AND has_database_privilege(current_database(), 'CREATE')
    )
    FROM pg_available_extension_versions v, pg_roles
    WHERE v.name = 'vector' AND NOT v.installed AND rolname = current_user
    """
)


def install_vector_functions(connection: Connection, schema: str) -> None:
    """Give the vector functions pgvector's bodies, where the database has or may create it."""
    if connection.execute(MAY_CREATE).scalar():
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")

    extension = extension_of(connection, OLDEST_EXTENSION)
    bodies = PGVECTOR_BODIES if extension else ARRAY_BODIES
    for statement in vector_functions(bodies, extension):
        create = in_schema(connection, schema, statement)
        name = create.split("(")[0].removeprefix("CREATE FUNCTION ")
        body = create.split("$$")[1]
        if connection.execute(FUNCTION_BODY, {"name": name}).scalar() != body:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}")
            connection.exec_driver_sql(create)


def vector_function_faults(connection: Connection, schema: str) -> dict[str, str]:
    """Map each vector function that an upgrade would repair to "missing" or "broken".

    A function over arrays works without the extension, and with it.
    """
    extension = extension_of(connection, OLDEST_EXTENSION)
    statements = [*vector_functions(ARRAY_BODIES)]
    if extension:
        statements += vector_functions(PGVECTOR_BODIES, extension)
    accepted: dict[str, set[str]] = {}
    for statement in statements:
        create = in_schema(connection, schema, statement)
        name = create.split("(")[0].removeprefix("CREATE FUNCTION ")
        accepted.setdefault(name, set()).add(create.split("$$")[1])

    faults: dict[str, str] = {}
    for name, bodies in accepted.items():
        body = connection.execute(FUNCTION_BODY, {"name": name}).scalar()
        if body is None:
            faults[name] = "missing"
        elif body not in bodies:
            faults[name] = "broken"

    return faults


def extension_of(connection: Connection, oldest: tuple[int, ...]) -> str:
    """Return pgvector's schema as SQL text, or '' where it is missing or older than `oldest`."""
    row = connection.execute(EXTENSION).first()
    if row is None:
        return ""

    schema, version = row
    numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
    return quoted(connection, schema) if numbers >= oldest else ""
