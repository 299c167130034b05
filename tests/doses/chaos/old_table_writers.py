"""Programs that write an older table while it is adopted, and remember what they have written.

Each has the rows of its own remainder, so that it knows the order of the writes to each of them.
"""

import time
from random import Random
from typing import Any, Final

from attrs import define, field
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

PAUSE_SECONDS: Final = 0.004  # between two writes
BUSY_SECONDS: Final = 120  # for which a writer of SQLite waits for the file
DELETED_SHARE: Final = 0.02
ROW: Final = text("SELECT state FROM old_tickets WHERE id = :id")
RENAME: Final = text("UPDATE old_tickets SET title = :value WHERE id = :id")
ASSIGN: Final = text("UPDATE old_tickets SET state = 'assigned', assignee = :value WHERE id = :id")
CLOSE: Final = text("UPDATE old_tickets SET state = 'closed', resolution = :value WHERE id = :id")
DELETE: Final = text("DELETE FROM old_tickets WHERE id = :id")
INSERT: Final = text(
    """
    INSERT INTO old_tickets (id, number, title, state, created)
    VALUES (:id, :number, :value, 'open', '2024-01-01 00:00:00')
    """
)
STATEMENTS: Final = {"rename": RENAME, "assign": ASSIGN, "close": CLOSE, "delete": DELETE}

Write = tuple[str, str]  # the action and its value


@define
class Written:
    """The writes of one program by the ids of their rows, and the longest time that one took."""

    writes: dict[int, list[Write]] = field(factory=dict[int, list[Write]])
    count: int = 0
    longest_seconds: float = 0.0
    error: str = ""


@define
class Writer:
    """A program that writes rows, one in each transaction."""

    engine: Engine
    random: Random
    number: int
    of: int
    rows: int
    written: Written = field(factory=Written)

    def write(self) -> None:
        """Write a row."""
        row_id = self.random.randrange(self.rows) // self.of * self.of + self.number
        value = f"{self.number}-{self.written.count}"
        began = time.monotonic()
        with self.engine.begin() as connection:
            action = self._write(connection, row_id, value)
        seconds = time.monotonic() - began
        self.written.count += 1
        self.written.longest_seconds = max(self.written.longest_seconds, seconds)
        if action:
            self.written.writes.setdefault(row_id, []).append((action, value))

    def _write(self, connection: Connection, row_id: int, value: str) -> str:
        """Write a row by an action of its state, or insert it; return the action."""
        row = connection.execute(ROW, {"id": row_id}).first()
        if row is None:
            if row_id in self.written.writes:
                return ""  # it was deleted: its number stays with the aggregate
            values = {"id": row_id, "number": f"T-{row_id}", "value": value}
            connection.execute(INSERT, values)
            return "insert"

        choices = {"open": ("rename", "assign"), "assigned": ("rename", "close"), "closed": ()}
        action = "" if not choices[row.state] else self.random.choice(choices[row.state])
        if self.random.random() < DELETED_SHARE:
            action = "delete"
        if action:
            connection.execute(STATEMENTS[action], {"id": row_id, "value": value})
        return action


def write_until_refused(url: str, seed: int, number: int, of: int, rows: int, end: Any) -> None:  # noqa: ANN401 - a pipe's end has no public type
    """Write until the table refuses it, or until the pipe says so; then send what was written."""
    options = {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}
    engine = create_engine(url, connect_args=options)
    writer = Writer(engine, Random(seed * of + number), number, of, rows)  # noqa: S311 - no secret
    engine.connect().close()  # what is measured begins with an open connection
    try:
        while not end.poll():
            writer.write()
            time.sleep(PAUSE_SECONDS)
    except DBAPIError as error:
        writer.written.error = str(error.orig)
    engine.dispose()
    end.send(writer.written)
