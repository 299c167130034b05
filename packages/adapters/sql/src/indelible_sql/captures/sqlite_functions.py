"""The vectors' functions on a SQLite connection, which has none of its own; of whichever driver."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from indelible.captures.entities import Vector
from indelible.captures.rules.formulas import FUNCTIONS

INSTALLED: Final = (
    "indelible vectors"  # what is said of a connection as long as the driver keeps it
)


def install(connection: Connection) -> None:
    """Let statements of this connection compute with vectors, which are kept as bytes."""
    if INSTALLED in connection.info:
        return
    driver: Any = connection.connection.dbapi_connection  # in SQLAlchemy's one face of both drivers
    for name, (work, count) in FUNCTIONS.items():
        driver.create_function(name, count, partial(_over_bytes, work), deterministic=True)
    connection.info[INSTALLED] = True


def _over_bytes(work: Callable[..., Any], *given: object) -> object:
    found = work(*(Vector.unpacked(each) if isinstance(each, bytes) else each for each in given))
    return found.packed() if isinstance(found, Vector) else found
