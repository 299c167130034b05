"""How databases find rows: what a statement costs does not grow with what is kept."""

from typing import Any

import pytest
from sqlalchemy.sql.base import Executable

from indelible.testing.stores import RATIO, create, edit
from indelible_sql import SqlStore
from indelible_sql.concepts.statements import (
    GET_CURRENT,
    GET_VERSION,
    GET_WARNINGS,
    LOAD_CURRENT,
    LOAD_TO_EDIT,
    NODES_NAMED,
    RELATED_NAMES,
)
from indelible_sql.engine.prepared import prepare
from indelible_sql.kernel.history import OF_ENTITY

VERSIONS = 30
STATEMENTS = {
    "find": GET_CURRENT,
    "load": LOAD_CURRENT,
    "load to edit": LOAD_TO_EDIT,
    "names": RELATED_NAMES,
    "version": GET_VERSION,
    "warnings": GET_WARNINGS,
    "nodes by name": NODES_NAMED,
    "history": OF_ENTITY,
}


def plan(store: SqlStore, explain: str, statement: Executable, **values: object) -> list[str]:
    """What the database says of how it finds the rows."""
    engine = store.engines.writer
    asked = prepare(statement, engine.dialect, store.schema)
    bound: Any = asked.bind(values)
    with engine.connect() as connection:
        given = tuple(bound) if asked.is_positional else bound
        return [
            " ".join(map(str, row))
            for row in connection.exec_driver_sql(f"{explain} {asked.text}", given)
        ]


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_asks_for_few_rows_reads_no_whole_table_or_index_of_sqlite(
    sqlite: SqlStore, name: str
) -> None:
    saved = create(sqlite)
    values = {
        "concept_id": saved.concept.id,
        "expected_seq": 1,
        "version_number": 1,
        "keys": ["a"],
        "ids": ["b"],
    }
    values |= {"lifecycle": "concept", "entity_id": saved.concept.id, "after": 0, "limit": 10}
    found = plan(sqlite, "EXPLAIN QUERY PLAN", STATEMENTS[name], **values)

    assert found
    assert not [line for line in found if "SCAN" in line and "json_each" not in line]


@pytest.mark.parametrize("name", ["find", "load", "load to edit"])
def test_of_a_concept_with_many_versions_postgresql_reads_one(
    postgresql: SqlStore, name: str
) -> None:
    saved = create(postgresql)
    for _ in range(VERSIONS):
        saved = edit(postgresql, saved, RATIO)
    values = {"concept_id": saved.concept.id, "expected_seq": saved.seq, "keys": ["a"]}
    found = plan(postgresql, "EXPLAIN (ANALYZE)", STATEMENTS[name], **values)

    assert any("concept_versions" in line for line in found)
    assert not [line for line in found if "Rows Removed by Join Filter" in line]
