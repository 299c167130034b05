"""Illegal values of every column: NULL, a malformed value, a value of a generated column."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from sqlalchemy import BigInteger, Column, Table, insert
from tests.guards.arena import Statement
from tests.guards.captured import captured
from tests.guards.kinds import Kind, Write, edge
from tests.guards.minted import HEADS_OF_TOKENS, attempt, put
from tests.guards.raw import NULL, raw
from tests.guards.situation import Row, Situation, answer, born, keep, log, move, remark

from indelible.kernel import Change
from indelible_sql.captures import columns as capture_columns
from indelible_sql.captures.tables import (
    ALGORITHMS,
    ARTIFACTS,
    CENTROIDS,
    SIGNALS,
    SPACES,
    SUBSPACES,
)
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.engine.atomic_write import writable_columns
from indelible_sql.kernel.keys import KEYS
from indelible_sql.kernel.settings import SETTINGS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema import columns
from indelible_sql.schema.columns import Domain
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS
from indelible_sql.tokens import columns as token_columns

NOTHING: Mapping[str, object] = {}
OUT_OF_SHAPE: Mapping[Domain, Sequence[Any]] = {
    columns.IDENTIFIER: ("", "x" * 201),
    columns.NAME_KEY: ("x" * 201,),
    columns.STATE: ("x" * 61,),
    columns.ACTOR: ("maya", "robot:x"),
    columns.NONBLANK_TEXT: (" ",),
    columns.DIGEST: ("b", "B" * 64),
    columns.DIGEST_OR_EMPTY: ("b", "g" * 64),
    columns.ORDINAL: (0,),
    columns.NATURAL: (-1,),
    columns.INSTANT: (
        raw("'1999-12-31T23:59:59.999999+00:00'"),
        raw("'3000-01-01T00:00:00.000000+00:00'"),
    ),
    columns.JSON_OBJECT: (["a list"],),
    columns.JSON_ARRAY: ({"an": "object"},),
    capture_columns.LEVEL: (raw("-1"), raw("4")),
    columns.NUMBER: (inf, -inf),
    columns.FRACTION: (-0.1, 1.1),
    capture_columns.DEPTH: (-0.1, 1.6),
    capture_columns.DISTANCE: (-0.1, 2.1),
    capture_columns.EMBEDDING: ((), (0.0, 0.0, 0.0)),
    token_columns.WALLET: ("0x" + "A" * 40, "0x" + "a" * 39),
    token_columns.CHAIN_HASH: ("0x" + "g" * 64, "a" * 66),
    columns.JSON_VALUE: (raw("'null'"),),
}
HEADS_OF_CAPTURES = (SPACES, SUBSPACES, ALGORITHMS, SETTINGS)
HEADS_OF_ONE = (*HEADS_OF_CAPTURES, *HEADS_OF_TOKENS)  # whose head holds every field
FOLLOWING = (ARTIFACTS, CENTROIDS, SIGNALS)
OTHERS = (
    HISTORY,
    VERSIONS,
    WARNINGS,
    CONCEPTS,
    KEYS,
    RECEIPTS,
    EDGES,
    *FOLLOWING,
    TASKS,
    TASK_ATTEMPTS,
)
WRITTEN = (*OTHERS, *HEADS_OF_ONE)


def birth_of(s: Situation, table: Table, **other: object) -> Sequence[Statement]:
    """The legal birth of a head that holds every field, but for some columns."""
    birth, row = births(s)[table.name]
    return born(birth, **{**row, **other}), log(birth)


def birth_row(s: Situation, table: Table) -> Row:
    """What such a new head holds beside its place."""
    return births(s)[table.name][1]


def births(s: Situation) -> Mapping[str, tuple[Change, Row]]:
    c = s.captures
    own = (c.begin, c.space), (c.part, c.subspace), (c.register, c.algorithm), (c.first, c.setting)
    named = (each.name for each in HEADS_OF_CAPTURES)
    return dict(zip(named, own, strict=True)) | {
        name: (each.change, each.row) for name, each in s.minted.births.items()
    }


def bent(s: Situation, table: Table, **other: object) -> Sequence[Statement]:  # noqa: PLR0911 - one for each table
    """A legal write to the table, but for some columns."""
    if table is EDGES:
        return (insert(EDGES).values({**edge("PUBLISHED", "undo", "DRAFT"), **other}),)
    if table is RECEIPTS:
        return (answer(s.receipt, **other),)
    if table is KEYS:
        return born(s.grant, **{**s.key, **other}), log(s.grant)
    if table in HEADS_OF_ONE:
        return birth_of(s, table, **other)
    if table is TASKS:
        return (put(**other),)
    if table is TASK_ATTEMPTS:
        return (attempt(s.minted, **other),)
    if table in FOLLOWING:
        artifact, centroid, signal = (other if table is each else NOTHING for each in FOLLOWING)
        return captured(s.captures.new, artifact=artifact, centroid=centroid, **signal)
    if table is CONCEPTS:
        return born(s.create, **other), keep(s.first), remark(s.first_warnings), log(s.create)
    version, warnings, change = (
        other if table is each else NOTHING for each in (VERSIONS, WARNINGS, HISTORY)
    )
    return (
        move(s.edit),
        keep(s.version, **version),
        remark(s.warnings, **warnings),
        log(s.edit, **change),
    )


def named(table: Table, column: Column[Any], what: str, value: object) -> tuple[str, Write]:
    given = {column.name: value}
    return f"{table.name}.{column.name} {what}", lambda s: bent(s, table, **given)


def missing() -> Iterator[tuple[str, Write]]:
    for table in WRITTEN:
        for column in writable_columns(table):
            if not column.nullable:
                yield named(table, column, "is NULL", NULL)


def out_of_shape() -> Iterator[tuple[str, Write]]:
    for table in WRITTEN:
        for column in writable_columns(table):
            if isinstance(column.type, Domain):
                for number, value in enumerate(OUT_OF_SHAPE[column.type]):
                    yield named(table, column, f"is no {column.type.name} ({'abc'[number]})", value)


def chosen() -> Iterator[tuple[str, Write]]:
    for table in WRITTEN:
        for column in table.columns:
            if column.computed is not None:
                value = 7 if isinstance(column.type, BigInteger) else "other"
                yield named(table, column, "is chosen", value)


def of_another_type() -> Iterator[tuple[str, Write]]:
    for table in WRITTEN:
        column = next(
            each for each in writable_columns(table) if not each.primary_key or table is EDGES
        )
        yield named(table, column, "is a blob", raw("x'00'"))


COLUMNS: Mapping[str, Kind] = {
    "a value that is missing": dict(missing()),
    "a value out of its shape": dict(out_of_shape()),
    "a value that the database makes": dict(chosen()),
}
TYPES: Kind = dict(of_another_type())
