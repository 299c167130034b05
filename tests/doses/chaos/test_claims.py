"""A small dose of `claims`: no task is leased to two processes at once."""

from collections.abc import Callable

import pytest
from tests.chain.detections import dice
from tests.doses.chaos.claims import (
    CLAIMED,
    COMPLETING,
    ClaimReport,
    JournalEntry,
    compare,
    count_claims,
)

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow


def test_fifty_thousand_claims_by_eight_processes_never_overlap(
    database: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    report = count_claims(
        database.url, claims=50_000, workers=8, deaths=6, pieces=2_000, chance=dice(3)
    )

    add_summary_line(f"Claims on PostgreSQL by 8 processes: {report}")
    assert report.problems == []
    assert report.claimed + report.unrecorded >= 49_000
    assert report.deaths == 6


def test_claims_of_processes_on_one_sqlite_file_never_overlap(
    sqlite_url: str, add_summary_line: Callable[[str], None]
) -> None:
    report = count_claims(sqlite_url, claims=3_000, workers=3, deaths=2, pieces=300, chance=dice(3))

    add_summary_line(f"Claims on SQLite by 3 processes: {report}")
    assert report.problems == []
    assert report.deaths == 2


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (JournalEntry(CLAIMED, 1, 1, 1.0, 1.1), "used twice"),
        (JournalEntry(CLAIMED, 1, 2, 0.2, 0.4), "leased twice at once"),
        (JournalEntry(CLAIMED, 1, 2, 0.5, 0.6), ""),
    ],
)
def test_a_planted_overlap_is_reported(second: JournalEntry, problem: str) -> None:
    report = ClaimReport()
    first = [JournalEntry(CLAIMED, 1, 1, 0.0, 0.1), JournalEntry(COMPLETING, 1, 1, 0.5, 0.0)]

    compare({"1": first, "2": [second]}, report)

    assert problem in "".join(report.problems)
    assert bool(report.problems) == bool(problem)
