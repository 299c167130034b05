"""A process killed at a failpoint leaves all or nothing, and its request can be repeated."""

from pathlib import Path
from random import Random

import pytest
from tests.doses.chaos.crashes import crash_everywhere
from tests.doses.chaos.kills import kill_writers

from indelible_service.embedded import PostgresServer
from indelible_sql.engine.failpoints import Failpoint

pytestmark = pytest.mark.slow

KILLS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite_url: str, database: PostgresServer) -> str:
    if request.param == "sqlite":
        return sqlite_url

    return database.url


def test_a_kill_at_any_failpoint_leaves_all_or_nothing_and_a_repeated_request_gets_its_result(
    url: str,
) -> None:
    # PostgreSQL writes what a handler has collected, SQLite in several steps.
    is_sqlite = url.startswith("sqlite")
    other_ways = ("_COLLECT", "_COLLECTED", "_QUERIES") if is_sqlite else ("_STEP",)
    expected = {
        failpoint
        for failpoint in Failpoint
        if not failpoint.name.endswith((*other_ways, "_FUSED", "_UPDATE"))
    }

    report = crash_everywhere(url, ["edit", "publish", "capture"], keys=(True,))

    assert report.problems == []
    assert report.findings == []
    assert report.failpoints == expected


def test_a_killed_writer_leaves_exactly_the_changes_of_its_answers(
    url: str, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"

    report = kill_writers(url, KILLS, Random(1), journal)  # noqa: S311 - no secret

    assert report.problems == []
    assert report.kills == KILLS
    assert report.answers >= KILLS
    assert len(journal.read_text().splitlines()) == report.answers
