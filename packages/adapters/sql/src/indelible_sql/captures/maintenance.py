"""The tasks of the schema's owner for captures: install an algorithm, index large spaces."""

from typing import Final

from sqlalchemy import Connection, bindparam, func, select, text

from indelible.captures.rules.tuning import EXACT_SEARCH_ARTIFACTS
from indelible.kernel.settings import Config
from indelible_sql.captures.extension import extension_of
from indelible_sql.captures.functions import FUNCTION_BODY, capture_function, name_of
from indelible_sql.captures.heads import ALGORITHM_HEADS
from indelible_sql.captures.nearest import (
    CREATE_INDEX_STATEMENT,
    MAX_INDEXED_DIMENSION,
    index_of,
    indexed_expression,
)
from indelible_sql.captures.tables import ARTIFACTS, SPACES
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.migrate import migrating, owner_engine
from indelible_sql.store.kernel_store import AnySqlStore
from indelible_sql.store.owners import owner_address

MIN_PGVECTOR: Final = (0, 8, 4)  # Before, a VACUUM could damage an HNSW index.

LARGE_SPACES: Final = (
    select(SPACES.c.id, SPACES.c.dimension)
    .join(ARTIFACTS, ARTIFACTS.c.space_id == SPACES.c.id)
    .where(SPACES.c.dimension <= MAX_INDEXED_DIMENSION)
    .group_by(SPACES.c.id)
    .having(func.count() > bindparam("exact"))
    .order_by(SPACES.c.id)
)
IS_INDEX_BROKEN: Final = text("""
    SELECT NOT indisvalid
    FROM pg_index
    WHERE indexrelid = to_regclass(:index)
""")


def install_algorithm(store: AnySqlStore, algorithm_id: str, owner_url: str | None = None) -> str:
    """Create PostgreSQL's function for a registered algorithm version, unless it exists.

    Return the function's name, or '' on SQLite, which needs none. `owner_url` is the address of the
    role that owns the schema, where it is another one than the store's.
    """
    with migrating(owner_address(store, owner_url), store.schema) as (connection, schema):
        session = Session(connection, store.schema)
        algorithm = SqlAggregateRepository(session, ALGORITHM_HEADS).get(algorithm_id).entity
        if schema is None:
            return ""

        name = name_of(algorithm.formulas)
        qualified_name = prefix_of(connection, schema) + name
        body = connection.execute(FUNCTION_BODY, {"name": qualified_name}).scalar()
        if body is None:
            statement = in_schema(connection, schema, capture_function(algorithm.formulas))
            connection.exec_driver_sql(statement)
        return name


def index_spaces(store: AnySqlStore, owner_url: str | None = None) -> tuple[str, ...]:
    """Create a vector index for each large space on PostgreSQL; return the ids of these spaces.

    A space is large with more artifacts than the setting `exact_search_artifacts`. Captures
    continue while an index is created. On SQLite, and without pgvector 0.8.4, no index is created
    and every search is exact.
    """
    engine = owner_engine(owner_address(store, owner_url), isolation_level="AUTOCOMMIT")
    with translate_errors(), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return ()
        extension_schema = extension_of(connection, MIN_PGVECTOR)
        if not extension_schema:
            return ()

        exact = Config(store.config).get(EXACT_SEARCH_ARTIFACTS)
        spaces = Session(connection, store.schema).rows(LARGE_SPACES, {"exact": exact})
        schema_prefix = prefix_of(connection, store.schema)
        for space in spaces:
            _create_index(connection, schema_prefix, extension_schema, space)
        return tuple(space["id"] for space in spaces)


def _create_index(
    connection: Connection, schema_prefix: str, extension_schema: str, space: Row
) -> None:
    """Create a space's index, after dropping one whose creation was interrupted."""
    index = index_of(space["id"])
    is_broken = connection.execute(IS_INDEX_BROKEN, {"index": schema_prefix + index}).scalar()
    if is_broken:
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {schema_prefix}{index}")

    values = {
        "index": index,
        "schema_prefix": schema_prefix,
        "expression": indexed_expression("vector", extension_schema, space["dimension"]),
        "extension_schema": extension_schema,
        "space_id": space["id"],
    }
    statement = connection.execute(CREATE_INDEX_STATEMENT, values).scalar_one()
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
