"""A small dose of killed adoptions: no row has two first changes, and no write is lost."""

from collections.abc import Callable
from random import Random

import pytest
from tests.doses.chaos.adoptions import Site, adopt_under_kills

from indelible_service.embedded import PostgresServer

ROWS = 1_500
KILLS = 4
SEED = 7


def test_a_killed_adoption_loses_no_write_on_sqlite(
    sqlite_url: str, add_summary_line: Callable[[str], None]
) -> None:
    report = adopt_under_kills(Site(sqlite_url, sqlite_url, ROWS), KILLS, Random(SEED))  # noqa: S311 - no secret
    add_summary_line(f"adoptions, SQLite: {report}")
    assert report.problems == []


@pytest.mark.slow
def test_a_killed_adoption_loses_no_write_on_postgresql(
    database: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    site = Site(database.url, database.owner_url, ROWS)
    report = adopt_under_kills(site, KILLS, Random(SEED))  # noqa: S311 - no secret
    add_summary_line(f"adoptions, PostgreSQL: {report}")
    assert report.problems == []
