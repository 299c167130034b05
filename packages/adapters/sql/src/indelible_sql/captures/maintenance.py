"""The owner's work for captures: install a version of the algorithm, and index large spaces."""

from sqlalchemy import Connection, bindparam, func, select, text

from indelible.captures.rules.tuning import EXACT
from indelible.kernel.settings import Config
from indelible_sql.captures.extension import extension_of
from indelible_sql.captures.functions import BODY, capture_function, name_of
from indelible_sql.captures.nearest import MAKE, MAX_INDEXED, direction, index_of
from indelible_sql.captures.store import OF_ALGORITHMS
from indelible_sql.captures.tables import ARTIFACTS, SPACES
from indelible_sql.engine.errors import translate_errors
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.schema.columns import in_schema, prefix_of
from indelible_sql.schema.migrate import migrating, owner_engine
from indelible_sql.store import AnySqlStore

OLDEST_INDEXING = (0, 8, 4)  # of pgvector: before, a VACUUM could damage an index
LARGE = (
    select(SPACES.c.id, SPACES.c.dimension)
    .join(ARTIFACTS, ARTIFACTS.c.space_id == SPACES.c.id)
    .where(SPACES.c.dimension <= MAX_INDEXED)
    .group_by(SPACES.c.id)
    .having(func.count() > bindparam("exact"))
    .order_by(SPACES.c.id)
)
BROKEN = text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:index)")


def install_algorithm(store: AnySqlStore, algorithm_id: str, owner_url: str | None = None) -> str:
    """Give PostgreSQL the function of a registered version; its name, '' on SQLite, which needs none.

    `owner_url` where another role owns the schema. What is there already is left alone: a text has one function.
    """
    with migrating(owner_url or store.own_url, store.schema) as (connection, place):
        algorithm = (
            SqlAggregateRepository(Session(connection, store.schema), OF_ALGORITHMS)
            .get(algorithm_id)
            .entity
        )
        if place is None:
            return ""
        name = name_of(algorithm.formulas)
        if connection.execute(BODY, {"name": prefix_of(connection, place) + name}).scalar() is None:
            connection.exec_driver_sql(
                in_schema(connection, place, capture_function(algorithm.formulas))
            )
        return name


def index_spaces(store: AnySqlStore, owner_url: str | None = None) -> tuple[str, ...]:
    """Give each large space of a PostgreSQL an index of its vectors; the ids of those that have one.

    A space is large with more artifacts than `exact_search_artifacts`. Captures go on while an index is made.
    None is made, and all is searched exactly, on SQLite and where pgvector is missing or older than 0.8.4.
    """
    with (
        translate_errors(),
        owner_engine(
            owner_url or store.own_url, isolation_level="AUTOCOMMIT"
        ).connect() as connection,
    ):
        extension = (
            "" if connection.dialect.name == "sqlite" else extension_of(connection, OLDEST_INDEXING)
        )
        if not extension:
            return ()
        found = Session(connection, store.schema).rows(
            LARGE, {"exact": Config(store.config).get(EXACT)}
        )
        for space in found:
            _index(connection, prefix_of(connection, store.schema), extension, space)
        return tuple(each["id"] for each in found)


def _index(connection: Connection, place: str, extension: str, space: Row) -> None:
    index = index_of(space["id"])
    if connection.execute(
        BROKEN, {"index": place + index}
    ).scalar():  # left by one that did not come to its end
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {place}{index}")
    held = direction("vector", extension, space["dimension"])
    said = {
        "index": index,
        "place": place,
        "extension": extension,
        "of": space["id"],
        "direction": held,
    }
    made = connection.execute(MAKE, said).scalar_one()
    connection.exec_driver_sql(made, execution_options={"no_parameters": True})
