"""A process killed at a failpoint leaves all or nothing, and its request can be repeated."""

from pathlib import Path
from random import Random

import pytest
from tests.chaos.crashes import crash_everywhere
from tests.chaos.kills import kill_writers

from indelible_service.embedded import PostgresServer
from indelible_sql.engine.failpoints import Failpoint

pytestmark = pytest.mark.slow

KILLS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, sqlite_url: str, database: PostgresServer) -> str:
    return sqlite_url if request.param == "sqlite" else database.url


def test_a_kill_at_any_failpoint_leaves_all_or_nothing_and_a_repeated_request_gets_its_result(
    url: str,
) -> None:
    report = crash_everywhere(url, ["edit", "capture"], keys=(True,))
    other_database = "FUSED" if url.startswith("sqlite") else "STEP"
    expected = {
        failpoint for failpoint in Failpoint if failpoint.name.partition("_")[2] != other_database
    }

    assert (report.problems, report.findings) == ([], [])
    assert report.failpoints == expected


def test_a_killed_writer_has_written_what_it_answered_and_no_more(url: str, tmp_path: Path) -> None:
    report = kill_writers(url, KILLS, Random(1), tmp_path / "journal")  # noqa: S311 - no secret

    assert (report.kills, report.problems) == (KILLS, [])
    assert report.answers >= KILLS
    assert len((tmp_path / "journal").read_text().splitlines()) == report.answers
