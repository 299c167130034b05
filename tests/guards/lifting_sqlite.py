"""Leave out guards on SQLite: rebuild the database in memory from its statements and rows."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from tests.guards.arena import BY_NAME, Arena, Statement
from tests.guards.lifting import with_dependent

from indelible_sql.schema.columns import SCHEMA


class SqliteLifting:
    """A database whose connections see the file without the guards that are lifted now."""

    def __init__(self, source: Path, *, keys: bool) -> None:
        self._source, self._keys, self._gone = source, keys, frozenset[str]()
        engine = create_engine("sqlite://", poolclass=NullPool, creator=self._open)
        self._arena = Arena(engine.execution_options(schema_translate_map={SCHEMA: None}))

    @property
    def guards(self) -> Collection[str]:
        return tuple(
            guard
            for kind, name, sql in texts(self._source)
            for guard in _guards_in(kind, name, sql)
        )

    def refusal(self, statements: Sequence[Statement], without: Collection[str]) -> str:
        self._gone = frozenset(with_dependent(without))
        return self._arena.refusal(statements)

    def _open(self) -> sqlite3.Connection:
        triggers = self._gone & {name for kind, name, _ in texts(self._source) if kind == "trigger"}
        connection = sqlite3.connect(":memory:")
        connection.deserialize(image(self._source, self._gone - triggers))
        for trigger in sorted(triggers):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if self._keys else 'OFF'}")
        return connection


@cache
def texts(source: Path) -> tuple[tuple[str, str, str], ...]:
    """Return kind, name and statement of each object in the file, in the order of creation."""
    order = "type <> 'table', type <> 'index', rowid"
    wanted = f"SELECT type, name, sql FROM sqlite_master WHERE sql <> '' ORDER BY {order}"
    with closing(sqlite3.connect(source)) as connection:
        return tuple(connection.execute(wanted))


@cache
def _rows(source: Path) -> dict[str, list[dict[str, object]]]:
    with closing(sqlite3.connect(source)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for kind, name, _ in texts(source) if kind == "table"]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
            for name in names
        }


@cache
def image(source: Path, without: frozenset[str]) -> bytes:
    """The file's bytes as they would be without some guards."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, sql in ((name, sql) for kind, name, sql in texts(source) if kind == "table"):
            connection.execute(less(name, sql, without))
            listed = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
            given = [column[1] for column in listed if column[6] == 0]  # not the generated ones
            values = ", ".join(f":{column}" for column in given)
            connection.executemany(
                f"INSERT INTO {name} ({', '.join(given)}) VALUES ({values})", _rows(source)[name]
            )
        for kind, name, sql in texts(source):
            if kind != "table" and name not in without:
                connection.execute(sql)
        connection.commit()
        return connection.serialize()


def _guards_in(kind: str, name: str, sql: str) -> Iterator[str]:
    if kind == "trigger" or sql.startswith("CREATE UNIQUE INDEX"):
        yield name
    elif name in BY_NAME:
        for line in sql.splitlines():
            yield from _guards_of_line(name, line)
        yield from (f"{name} {word}" for word in ("STRICT", "WITHOUT ROWID") if word in sql)


def _guards_of_line(table: str, line: str) -> Iterator[str]:
    first, second, *_ = (*line.replace('"', "").split(), "", "")
    if first in ("CONSTRAINT", "PRIMARY"):
        yield second if first == "CONSTRAINT" else f"{table}_pkey"
        return
    if "NOT NULL" in line:
        yield f"{table}_{first}_not_null"
    if " GENERATED ALWAYS AS " in line:
        yield f"{table}.{first} generated"


def less(table: str, sql: str, without: Collection[str]) -> str:
    """A table's text without some of its guards."""
    if table not in BY_NAME:
        return sql
    head, _, rest = sql.partition("(\n")
    body, _, tail = rest.rpartition("\n)")
    lines = [_less(table, line, without) for line in re.split(r", ?\n", body)]
    if {f"{table} WITHOUT ROWID", str(BY_NAME[table].primary_key.name or f"{table}_pkey")} & {
        *without
    }:
        tail = tail.replace("WITHOUT ROWID,", "")  # a table without rowids needs its primary key
    if f"{table} STRICT" in without:
        tail = re.sub(r",?\s*STRICT", "", tail)
    return f"{head}(\n{', '.join(filter(None, lines))}\n){tail}"


def _less(table: str, line: str, without: Collection[str]) -> str:
    first = line.replace('"', "").split()[0]
    guards = {*_guards_of_line(table, line)} & {*without}
    if guards and first in ("CONSTRAINT", "PRIMARY"):
        return ""
    if f"{table}_{first}_not_null" in guards:
        line = line.replace(" NOT NULL", "")
    return (
        re.sub(r" GENERATED ALWAYS AS \(.*\) STORED", "", line)
        if f"{table}.{first} generated" in guards
        else line
    )


def rules(source: Path) -> frozenset[str]:
    """Every trigger, foreign key and check; keys, NOT NULL and STRICT stay."""
    triggers = {name for kind, name, _ in texts(source) if kind == "trigger"}
    lines = [line for kind, _, sql in texts(source) if kind == "table" for line in sql.splitlines()]
    found = [
        line.split()[1]
        for line in lines
        if re.match(r"\s*CONSTRAINT \w+ (FOREIGN KEY|CHECK)", line)
    ]
    return frozenset({*triggers, *found})
