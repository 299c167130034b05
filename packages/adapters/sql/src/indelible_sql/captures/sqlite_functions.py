"""The vector functions on SQLite connections, which have none of their own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen
from sqlalchemy import Connection, Pool
from sqlalchemy.sql.base import Executable

from indelible.captures.rules.formulas import FUNCTIONS
from indelible_sql.captures import python_vectors
from indelible_sql.captures.python_vectors import Batch
from indelible_sql.engine.session import Row, Session

if TYPE_CHECKING:
    from indelible_sql.captures.space_vectors import SpaceCache

INSTALLED_KEY: Final = (
    "indelible vectors"  # in `connection.info`, as long as the driver's connection
)


@frozen
class VectorFunctions:
    """One implementation of the vector functions; all return the same bits.

    `select` returns the ids of all vectors that may be among the nearest, and `cache_of` the cached
    vectors of a store. Both need numpy.
    """

    functions: Mapping[str, Callable[..., Any]]
    nearest: Callable[[bytes, Iterable[Batch], int], list[tuple[float, str]]]
    select: Callable[[bytes, Sequence[tuple[str, bytes]], int], list[str]] | None = None
    cache_of: "Callable[[Pool], SpaceCache] | None" = None


@cache
def vector_functions() -> VectorFunctions:
    """Return the functions by numpy where it is installed, or in pure Python."""
    try:
        from indelible_sql.captures import numpy_vectors, space_vectors  # noqa: PLC0415 - optional
    except ModuleNotFoundError:
        return VectorFunctions(python_vectors.functions(), python_vectors.nearest)

    return VectorFunctions(
        numpy_vectors.functions(),
        numpy_vectors.nearest,
        numpy_vectors.select_candidates,
        space_vectors.cache_of,
    )


def vector_rows(session: Session, statement: Executable, values: Row) -> list[dict[str, Any]]:
    """Run a statement that computes with vectors, and return its rows."""
    if session.is_sqlite:
        install(session.connection)
    return session.rows(statement, values)


def install(connection: Connection) -> None:
    """Add the vector functions to a SQLite connection that lacks them."""
    if INSTALLED_KEY in connection.info:
        return

    driver: Any = connection.connection.dbapi_connection
    by_name = vector_functions().functions
    for name, function in FUNCTIONS.items():
        driver.create_function(name, len(function.parameters), by_name[name], deterministic=True)
    connection.info[INSTALLED_KEY] = True
