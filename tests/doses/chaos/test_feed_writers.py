"""A small dose of `feed`: 64 writers, a transaction of another database, nothing skipped."""

from collections.abc import Callable

import pytest
from tests.doses.chaos.feed_writers import Load, follow_writers, foreign_url

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow


def test_the_feed_of_64_writers_skips_and_doubles_nothing(
    database: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    load = Load(changes=6_400, processes=2, writers=64, seed=3, rate=2_000)

    report = follow_writers(database.url, foreign_url(database), load)

    add_summary_line(f"Feed of 64 writers on PostgreSQL: {report}")
    assert report.is_complete, str(report)
    assert report.written >= load.changes
