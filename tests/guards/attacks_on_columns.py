"""For every column: no value, a value out of its shape, a value that the database makes itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Table, insert

from indelible_sql import columns
from indelible_sql.columns import Domain
from indelible_sql.concepts import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.keys import KEYS
from indelible_sql.tables import EDGES, HISTORY, RECEIPTS
from indelible_sql.together import written
from tests.guards.arena import Statement
from tests.guards.kinds import Kind, Write, edge
from tests.guards.raw import NULL, raw
from tests.guards.situation import Situation, answer, born, creating, editing, keep, log, move, remark

OUT_OF_SHAPE: Mapping[Domain, Sequence[object]] = {
    columns.IDENTIFIER: ("", "x" * 201),
    columns.STATE: ("x" * 61,),
    columns.ACTOR: ("maya", "robot:x"),
    columns.SENTENCE: (" ",),
    columns.DIGEST: ("b", "B" * 64),
    columns.LINK: ("b", "g" * 64),
    columns.ORDINAL: (0,),
    columns.NATURAL: (-1,),
    columns.INSTANT: (raw("'1999-12-31T23:59:59.999999+00:00'"), raw("'3000-01-01T00:00:00.000000+00:00'")),
    columns.DOCUMENT: (["a list"],),
    columns.TEXTS: ({"an": "object"},),
}
MAIN: Mapping[Table, Callable[..., Sequence[Statement]]] = {
    HISTORY: lambda s, **other: (move(s.edit), keep(s.version), remark(s.warnings), log(s.edit, **other)),
    VERSIONS: lambda s, **other: (move(s.edit), keep(s.version, **other), remark(s.warnings), log(s.edit)),
    WARNINGS: lambda s, **other: (move(s.edit), keep(s.version), remark(s.warnings, **other), log(s.edit)),
    CONCEPTS: lambda s, **other: (
        born(s.create, **other), keep(s.first), remark(s.first_warnings), log(s.create),
    ),
    KEYS: lambda s, **other: (born(s.grant, **{**s.key, **other}), log(s.grant)),
    RECEIPTS: lambda s, **other: (answer(s.receipt, **other),),
}  # fmt: skip


def new_edge(_: Situation, **other: object) -> Sequence[Statement]:
    return (insert(EDGES).values({**edge("PUBLISHED", "undo", "DRAFT"), **other}),)


WRITES: Mapping[Table, Callable[..., Sequence[Statement]]] = {**MAIN, EDGES: new_edge}


def named(table: Table, column: Column[Any], what: str, value: object) -> tuple[str, Write]:
    write, given = WRITES[table], {column.name: value}
    return f"{table.name}.{column.name} {what}", lambda s: write(s, **given)


def missing() -> Iterator[tuple[str, Write]]:
    for table in WRITES:
        for column in written(table):
            if not column.nullable:
                yield named(table, column, "is NULL", NULL)


def out_of_shape() -> Iterator[tuple[str, Write]]:
    for table in WRITES:
        for column in written(table):
            if isinstance(column.type, Domain):
                for number, value in enumerate(OUT_OF_SHAPE[column.type]):
                    yield named(table, column, f"is no {column.type.name} ({'abc'[number]})", value)


def chosen() -> Iterator[tuple[str, Write]]:
    for table in WRITES:
        for column in table.columns:
            if column.computed is not None:
                value = 7 if isinstance(column.type, BigInteger) else "other"
                yield named(table, column, "is chosen", value)


def of_another_type() -> Iterator[tuple[str, Write]]:
    for table in WRITES:
        column = next(each for each in written(table) if not each.primary_key or table is EDGES)
        yield named(table, column, "is a blob", raw("x'00'"))


COLUMNS: Mapping[str, Kind] = {
    "a value that is missing": dict(missing()),
    "a value out of its shape": dict(out_of_shape()),
    "a value that the database makes": dict(chosen()),
}
TYPES: Kind = dict(of_another_type())
