"""A process that is killed at a failpoint leaves all or nothing, and the request is answered when it is asked again."""

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


def test_a_kill_at_any_failpoint_leaves_all_or_nothing_and_the_first_answer_comes_again(
    url: str,
) -> None:
    crashed = crash_everywhere(url, ["edit", "capture"], keys=(True,))
    others = {"FUSED"} if url.startswith("sqlite") else {"STEP"}

    assert (crashed.wrong, crashed.findings) == ([], [])
    assert crashed.where == {
        each for each in Failpoint if each.name.partition("_")[2] not in others
    }


def test_a_writer_that_is_killed_had_done_what_it_said_and_no_more(
    url: str, tmp_path: Path
) -> None:
    killed = kill_writers(url, KILLS, Random(1), tmp_path / "journal")  # noqa: S311 - no secret

    assert (killed.times, killed.wrong) == (KILLS, [])
    assert killed.answered >= KILLS
    assert len((tmp_path / "journal").read_text().splitlines()) == killed.answered
