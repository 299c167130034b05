"""The check that a database can grow: it takes space, and gives it back at once.

A transaction that is rolled back does not show a full disk: SQLite keeps its pages in memory, and
PostgreSQL writes into pages that it has. So a file grows here that no record needs.
"""

from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from sqlalchemy import Connection, text

from indelible.kernel import StoreFull
from indelible_sql.engine.errors import StoreReadOnly, translate_errors

MEBIBYTE: Final = 2**20  # what has to be free
# PostgreSQL keeps the rows of a function in memory until they exceed `work_mem`, then in a file of
# the database's own tablespace, and deletes the file with the end of the statement.
_LESS_MEMORY: Final = text("SET LOCAL work_mem = '64kB'")
_OWN_TABLESPACE: Final = text("SET LOCAL temp_tablespaces = ''")
_EXCEED_MEMORY: Final = text(
    "SELECT count(*) FROM unnest(array_fill(repeat('0', 8192), ARRAY[128])) AS filler"
)
_FILES: Final = text("PRAGMA database_list")
_NO_SPACE: Final = frozenset({ENOSPC, EDQUOT, EFBIG})


def check_space(connection: Connection) -> None:
    """Return if the database can grow by a mebibyte.

    Raises: StoreFull, StoreReadOnly.
    """
    with translate_errors():
        if connection.dialect.name == "postgresql":
            for statement in (_LESS_MEMORY, _OWN_TABLESPACE, _EXCEED_MEMORY):
                connection.execute(statement)
            return

        path = Path(connection.execute(_FILES).mappings().one()["file"])

    _fill_file(path.parent)


def _fill_file(directory: Path) -> None:
    """Write a file without a name into a directory."""
    try:
        with TemporaryFile(dir=directory) as file:
            file.write(bytes(MEBIBYTE))
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise StoreFull from error
        raise StoreReadOnly from error
