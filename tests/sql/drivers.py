"""Intercept each statement at the driver, however a store runs it, and stop it if asked."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from attrs import define, field
from sqlalchemy import Engine, event


@define(eq=False)
class Watch:
    """What is called before and after each statement, with its text and its values."""

    before: list[Callable[[str, Any], object]] = field(factory=list[Callable[[str, Any], object]])
    after: list[Callable[[str, Any], object]] = field(factory=list[Callable[[str, Any], object]])

    @contextmanager
    def around(self, text: object, values: object) -> Generator[None]:
        """A statement runs inside."""
        for each in self.before:
            each(str(text), values)
        yield
        for each in self.after:
            each(str(text), values)


def watched(engine: Engine) -> Watch:
    """Watches every connection that the engine opens from now on."""
    watch = Watch()
    sqlite, cursor = _sqlite(watch), _psycopg(watch)

    def on_sqlite(*given: Any) -> None:  # noqa: ANN401 - the last are the driver's own arguments
        given[-1]["factory"] = sqlite

    def on_psycopg(connection: psycopg.Connection[Any], _: object) -> None:
        connection.cursor_factory = cursor

    is_sqlite = engine.dialect.name == "sqlite"
    event.listen(engine, *(("do_connect", on_sqlite) if is_sqlite else ("connect", on_psycopg)))
    return watch


def _sqlite(watch: Watch) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> Self:  # noqa: ANN401 - whatever the driver takes
            with watch.around(sql, parameters):
                return super().execute(sql, parameters)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: object) -> Cursor:  # type: ignore[override]
            return super().cursor(Cursor)

    return Connection


def _psycopg(watch: Watch) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401 - whatever it takes
            with watch.around(query, params):
                return super().execute(query, params, **options)

    return Cursor
