"""How many statements a capture sends on SQLite, and that it reads each thing once."""

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
def test_a_capture_on_sqlite_reads_each_thing_once(
    trace: Trace, tell: Callable[[str], None], *, names_its_subspace: bool
) -> None:
    place, subspace_id, *_ = worked(trace.store)
    place.capture(X1)
    named = {"subspace_id": subspace_id} if names_its_subspace else {}
    result, statements = trace.of(lambda: place.capture(X1, word_count=100, **named))
    own = [text for text in statements if text not in ("BEGIN IMMEDIATE", "COMMIT")]
    tell(f"statements of a capture on SQLite: {len(own)}")

    assert result.updates_centroid
    assert len(own) == MAX_STATEMENTS
    for table in TABLES_READ:
        reads = [text for text in own if text.startswith(f"SELECT main.{table}.")]
        assert len(reads) == 1, table


def test_the_formulas_of_a_capture_are_three_statements(trace: Trace) -> None:
    place, *_ = worked(trace.store)
    place.capture(X1)
    _, statements = trace.of(lambda: place.capture(X1, word_count=100))
    computing = [text for text in statements if "vec_" in text or "least(" in text]

    assert len(computing) == 3
