"""Intercept each statement at the driver, however a store executes it."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from attrs import define, field
from sqlalchemy import Engine, event

Value = Any  # any argument that a driver accepts
Callback = Callable[[str, Value], object]  # of a statement's text and its values


@define(eq=False)
class Watch:
    """Functions that are called before and after each statement."""

    before: list[Callback] = field(factory=list[Callback])
    after: list[Callback] = field(factory=list[Callback])

    @contextmanager
    def around(self, text: object, values: object) -> Generator[None]:
        """Call the functions before and after the block, which executes a statement."""
        for callback in self.before:
            callback(str(text), values)
        yield
        for callback in self.after:
            callback(str(text), values)


def watched(engine: Engine) -> Watch:
    """Watch every connection that the engine opens from now on."""
    watch = Watch()
    if engine.dialect.name == "sqlite":
        _watch_sqlite(engine, watch)
    else:
        _watch_psycopg(engine, watch)
    return watch


def _watch_sqlite(engine: Engine, watch: Watch) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Value = (), /) -> Self:
            with watch.around(sql, parameters):
                return super().execute(sql, parameters)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: object) -> Cursor:  # type: ignore[override]  # the factory is always this one
            return super().cursor(Cursor)

    def set_connection_class(*args: Value) -> None:
        args[-1]["factory"] = Connection

    event.listen(engine, "do_connect", set_connection_class)


def _watch_psycopg(engine: Engine, watch: Watch) -> None:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Value, params: Value = None, **options: Value) -> Self:
            with watch.around(query, params):
                return super().execute(query, params, **options)

    def set_cursor_class(connection: psycopg.Connection[Any], _: object) -> None:
        connection.cursor_factory = Cursor

    event.listen(engine, "connect", set_cursor_class)
