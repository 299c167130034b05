"""Count the statements that psycopg sends to PostgreSQL, whichever library asks it to."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from attrs import define

Call = Callable[..., Any]


@define
class Count:
    """The statements that have been sent, without BEGIN and COMMIT."""

    sent: int = 0


@contextmanager
def statements_counted() -> Generator[Count]:
    """Count what cursors of this process execute in the block; many at once count singly."""
    count = Count()
    execute: Call = psycopg.Cursor.execute
    execute_many: Call = psycopg.Cursor.executemany

    def counting(cursor: object, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as psycopg's
        count.sent += 1
        return execute(cursor, *arguments, **options)

    def counting_many(cursor: object, query: object, rows: Any, **options: Any) -> Any:  # noqa: ANN401 - as psycopg's
        rows = list(rows)
        count.sent += len(rows)
        return execute_many(cursor, query, rows, **options)

    with (
        patch.object(psycopg.Cursor, "execute", counting),
        patch.object(psycopg.Cursor, "executemany", counting_many),
    ):
        yield count
