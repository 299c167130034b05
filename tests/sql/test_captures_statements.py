"""Test that a capture on SQLite sends few statements and reads each table once."""

from collections.abc import Callable, Generator

import pytest
from tests.sql.statements import Trace, on_sqlite

from indelible.testing.captures.scenarios import X1, worked

TABLES_READ = ("signals", "spaces", "algorithms", "subspaces", "artifacts")
MAX_STATEMENTS = 11


@pytest.fixture
def trace(sqlite_url: str) -> Generator[Trace]:
    with on_sqlite(sqlite_url) as trace:
        yield trace


@pytest.mark.parametrize("names_its_subspace", [False, True])
def test_a_capture_on_sqlite_reads_each_table_once(
    trace: Trace, add_summary_line: Callable[[str], None], *, names_its_subspace: bool
) -> None:
    scenario, subspace_id, *_ = worked(trace.store)
    scenario.capture(X1)
    fields = {"subspace_id": subspace_id} if names_its_subspace else {}

    result, sent = trace.of(lambda: scenario.capture(X1, word_count=100, **fields))
    statements = [text for text in sent if text not in ("BEGIN IMMEDIATE", "COMMIT")]
    add_summary_line(f"statements of a capture on SQLite: {len(statements)}")

    assert result.updates_centroid
    assert len(statements) == MAX_STATEMENTS
    for table in TABLES_READ:
        reads = [text for text in statements if text.startswith(f"SELECT main.{table}.")]
        assert len(reads) == 1, table


def test_a_capture_on_sqlite_computes_in_three_statements(trace: Trace) -> None:
    scenario, *_ = worked(trace.store)
    scenario.capture(X1)

    _, sent = trace.of(lambda: scenario.capture(X1, word_count=100))
    computing = [text for text in sent if "vec_" in text or "least(" in text]

    assert len(computing) == 3
