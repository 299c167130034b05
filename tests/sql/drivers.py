"""Sees each statement as the driver gets it, whichever way a store runs it, and may stop it there."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
from attrs import define, field
from sqlalchemy import Engine, event


@define(eq=False)
class Watch:
    """What is called before and after each statement, with its text and its values."""

    before: list[Callable[[str, Any], object]] = field(factory=list[Callable[[str, Any], object]])
    after: list[Callable[[str, Any], object]] = field(factory=list[Callable[[str, Any], object]])

    def around(self, run: Callable[..., Any], text: Any, values: Any = None, **options: Any) -> Any:
        """Run a statement between the two."""
        for each in self.before:
            each(text, values)
        done = run(text, values, **options)
        for each in self.after:
            each(text, values)
        return done


def watched(engine: Engine) -> Watch:
    """Watches every connection that the engine opens from now on."""
    watch = Watch()
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", lambda *given: given[3].update(factory=_sqlite(watch)))
    else:
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "cursor_factory", _psycopg(watch)))
    return watch


def _sqlite(watch: Watch) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":
            done: Cursor = watch.around(super().execute, sql, parameters)
            return done

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return Connection


def _psycopg(watch: Watch) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return watch.around(super().execute, query, params, **options)

    return Cursor
