"""The database behind a connection, and whether it is the one of a store."""

from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import define, field, frozen
from sqlalchemy import Connection, Engine

from indelible.kernel import IndelibleError
from indelible_sql.engine.borrowed import DriverUnsupported
from indelible_sql.engine.errors import translate_errors

IN_MEMORY: Final = "in memory"
DRIVERS: Final = ("aiosqlite", "psycopg", "psycopg_async", "pysqlite")
# The numbers of PostgreSQL's cluster and database, which no other database has.
IDENTITY_ON_POSTGRESQL: Final = """
    (
      SELECT concat(system_identifier, ' ', oid)
      FROM pg_control_system(), pg_database
      WHERE datname = current_database()
    )
"""


@frozen
class WrongDatabase(IndelibleError):
    """A connection to another database than the one of the store that shall join it."""

    message: ClassVar[str] = (
        "The connection is to database {actual}, and the store to {expected}: open the store at "
        "the address of the connection's database."
    )
    expected: str
    actual: str


@define(eq=False)
class JoinableDatabase:
    """The database of an engine, and the addresses of connections to the same one."""

    engine: Engine
    _addresses: set[str] = field(factory=set[str], init=False, repr=False)
    _identity: str | None = field(default=None, init=False, repr=False)

    def learn_identity(self) -> None:
        """Ask the engine's database once which one it is, before its standby is asked."""
        if self._identity is None:
            with translate_errors(), self.engine.connect() as own:
                self._identity = database_identity(own)

    def check_standby(self, connection: Connection) -> None:
        """Return if the connection is to a standby of the database; raise WrongDatabase."""
        address = reached_address(connection)
        if address not in self._addresses:
            with translate_errors():
                if database_identity(connection) != self._identity:
                    self._compare(connection)
            self._addresses.add(address)

    def check(self, connection: Connection) -> None:
        """Return if the connection can be joined.

        Raises:
            DriverUnsupported: Its driver is not one of those that the library knows.
            WrongDatabase: It is to another database.
        """
        if connection.engine.pool is self.engine.pool:
            return
        if connection.dialect.driver not in DRIVERS:
            raise DriverUnsupported(connection.dialect.driver)
        if connection.dialect.name != self.engine.dialect.name:
            raise WrongDatabase(self.engine.dialect.name, connection.dialect.name)

        address = reached_address(connection)
        if address not in self._addresses:
            with translate_errors():
                self._compare(connection)
            self._addresses.add(address)

    def _compare(self, connection: Connection) -> None:
        """Raise WrongDatabase for a connection to another database than the engine's."""
        with self.engine.connect() as own:
            if database_identity(own) != database_identity(connection):
                raise WrongDatabase(reached_address(own), reached_address(connection))


def reached_address(connection: Connection) -> str:
    """Return the file of a SQLite database, or the host, port and name of another one."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("PRAGMA database_list").all()
        return str(rows[0][2] or IN_MEMORY)

    driver_connection: Any = connection.connection.driver_connection
    info = driver_connection.info
    return f"{info.host}:{info.port}/{info.dbname}"


def database_identity(connection: Connection) -> str:
    """Return what no other database has; a file of SQLite has its number on this machine."""
    if connection.dialect.name != "sqlite":
        statement = f"SELECT {IDENTITY_ON_POSTGRESQL}"
        return str(connection.exec_driver_sql(statement).scalar_one())

    file = reached_address(connection)
    if file == IN_MEMORY:
        return IN_MEMORY
    status = Path(file).stat()
    return f"{status.st_dev} {status.st_ino}"
