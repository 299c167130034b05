"""An open connection, as repositories see it."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

from indelible.kernel import Change, Stale, UsageError, instant_text
from indelible_sql.engine.atomic_write import AtomicWrite, Rows, parameters
from indelible_sql.engine.errors import GuardViolation, ValueUnstorable, translate_errors
from indelible_sql.engine.failpoints import AtFailpoint, Failpoint, no_failpoint
from indelible_sql.engine.prepared import Prepared, prepared
from indelible_sql.schema.columns import SCHEMA

Query = Select[*tuple[Any, ...]]
Row = Mapping[str, Any]

CONVERSION_ERRORS = (AttributeError, OverflowError, TypeError, ValueError)
DUPLICATE = "23505"  # PostgreSQL's: on SQLite nobody writes between a look and a write
logger = logging.getLogger("indelible.sql")


def _as_text(value: object) -> str:
    return instant_text(value) if isinstance(value, datetime) else str(value)


class Session:
    """Runs statements on one connection until its transaction ends, and remembers the changes that were written."""

    def __init__(
        self, connection: Connection, schema: str, at_failpoint: AtFailpoint = no_failpoint
    ) -> None:
        self._connection, self.schema, self.at_failpoint = connection, schema, at_failpoint
        self.is_sqlite = connection.dialect.name == "sqlite"
        with translate_errors():
            if not connection.in_transaction():
                connection.begin()  # the cursor below begins nothing by itself
            self._cursor = connection.connection.cursor()
        self._is_open = True
        self.changes: list[Change] = []
        self.looks: list[
            Callable[[Session], bool]
        ] = []  # each finds out whether a record without a change was kept
        self.transaction: str | None = (
            None  # PostgreSQL's number of the transaction, once it has written
        )

    @property
    def connection(self) -> Connection:
        """The connection; WrongUse once the transaction has ended."""
        if not self._is_open:
            raise UsageError("the transaction has ended")
        return self._connection

    def close(self) -> None:
        """Refuse everything from now on."""
        self._is_open = False
        with suppress(
            Exception
        ):  # a task that was ended has no connection left: its own end is what is told
            self._cursor.close()

    def rows(self, statement: Executable, values: Row) -> list[dict[str, Any]]:
        """Every row, fetched."""
        self.at_failpoint(Failpoint.BEFORE_QUESTION)
        found = self._fetched(statement, values)
        self.at_failpoint(Failpoint.AFTER_QUESTION)
        return found

    def stream(self, statement: Query, page: int) -> Iterator[Row]:
        """Every row, fetched a page at a time."""
        # Given with the statement, so that a host's own connection keeps its own options.
        options = {
            "schema_translate_map": {SCHEMA: None if self.is_sqlite else self.schema},
            "yield_per": page,
        }
        with translate_errors():
            for found in self.connection.execute(statement, execution_options=options).mappings():
                yield dict(found)

    def first(self, statement: Executable, values: Row) -> dict[str, Any] | None:
        """The first row, or None."""
        found = self.rows(statement, values)
        return found[0] if found else None

    def run(self, statement: Executable, values: Row) -> int:
        """How many rows the statement touched."""
        with translate_errors():
            self._sent(statement, values)
            return int(self._cursor.rowcount)

    def write(self, write: AtomicWrite, change: Change, rows: Rows) -> None:
        """Move the head and add its records, or raise Stale when the head was not where the change found it."""
        values = parameters(rows)
        try:
            is_done = (
                self._in_order(write, values)
                if self.is_sqlite
                else self._fused(write.fused, values) == 1
            )
        except GuardViolation as refusal:
            is_taken = refusal.state == DUPLICATE and refusal.guard.startswith(f"{write.head}_")
            if change.seq > 1 or not (is_taken or refusal.guard == f"{write.head}_no_replace"):
                raise
            is_done = (
                False  # another gave birth to it, or to one like it, since this transaction looked
            )
        if not is_done:
            raise Stale(change.entity_id, change.previous_revision.seq)
        self.changes.append(change)

    def write_many(
        self, write: Executable, changes: Sequence[Change], alike: Row, rows: Sequence[Row]
    ) -> None:
        """The same for many changes in one statement, on PostgreSQL; Stale where one of the heads had moved on."""
        if self._fused(write, {**alike, "rows": json.dumps(rows, default=_as_text)}) < len(changes):
            raise Stale(changes[0].entity_id, changes[0].previous_revision.seq)
        self.changes.extend(changes)

    def _in_order(self, write: AtomicWrite, values: Row) -> bool:
        return all(self.step(statement, values) == 1 for statement in write.ordered)

    def step(self, statement: Executable, values: Row) -> int:
        """How many rows one statement of several touched."""
        self.at_failpoint(Failpoint.BEFORE_STEP)
        touched = self.run(statement, values)
        self.at_failpoint(Failpoint.AFTER_STEP)
        return touched

    def _fused(self, statement: Executable, values: Row) -> int:
        """How many changes were added."""
        self.at_failpoint(Failpoint.BEFORE_FUSED)
        found = self._fetched(statement, values)
        self.at_failpoint(Failpoint.AFTER_FUSED)
        self.transaction = str(found[0]["txid"]) if found else self.transaction
        return len(found)

    def _fetched(self, statement: Executable, values: Row) -> list[dict[str, Any]]:
        with translate_errors():
            asked, found = self._sent(statement, values)
            return [asked.read(each) for each in found]

    def _sent(self, statement: Executable, values: Row) -> tuple[Prepared, Sequence[Any]]:
        """The statement as it was sent, and the rows that came."""
        connection = self.connection
        asked = prepared(statement, connection.dialect, self.schema)
        logger.debug("%s", asked.text)
        try:
            self._cursor.execute(asked.text, asked.bound(values))
            return asked, self._cursor.fetchall() if asked.columns else []
        except connection.dialect.loaded_dbapi.Error as error:
            raise self._reported(error) from error
        except (
            CONVERSION_ERRORS
        ) as error:  # of what turns values into the driver's; or of a driver whose server is gone
            if getattr(connection.connection.driver_connection, "closed", False):
                raise self._reported(
                    connection.dialect.loaded_dbapi.OperationalError(str(error))
                ) from error
            raise ValueUnstorable from error
        except BaseException as error:
            if not isinstance(
                error, Exception
            ):  # stopped in the middle: nobody knows what the driver waits for
                connection.invalidate(error)
            raise

    def _reported(self, error: Any) -> DBAPIError:
        """The driver's error as SQLAlchemy reports it; a connection that broke is not used again, nor an older one."""
        connection = self.connection
        dialect, driver = connection.dialect, connection.connection.dbapi_connection
        is_broken = dialect.is_disconnect(error, driver, self._cursor)
        if is_broken:
            pool: Any = (
                connection.engine.pool
            )  # whose public way leaves the others to break one by one
            pool._invalidate(connection.connection, error)  # noqa: SLF001
            connection.invalidate(error)
        how = {"connection_invalidated": is_broken, "dialect": dialect}
        reported: Any = DBAPIError.instance
        return cast("DBAPIError", reported(None, None, error, dialect.loaded_dbapi.Error, **how))
