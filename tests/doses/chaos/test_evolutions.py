"""A small dose of a lifecycle that grows behind a history: nothing old becomes illegal."""

from collections.abc import Callable
from random import Random

import pytest
from tests.dose_sizes import dose
from tests.doses.chaos.evolutions import evolve_parcels

from indelible_service.embedded import PostgresServer

PARCELS = dose(400, small=100)
SEED = 7


def test_old_changes_are_judged_by_the_edges_of_their_day_on_sqlite(
    sqlite_url: str, add_summary_line: Callable[[str], None]
) -> None:
    report = evolve_parcels(sqlite_url, sqlite_url, PARCELS, Random(SEED))  # noqa: S311 - no secret
    add_summary_line(f"evolutions, SQLite: {report}")
    assert report.problems == []


@pytest.mark.slow
def test_old_changes_are_judged_by_the_edges_of_their_day_on_postgresql(
    database: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    report = evolve_parcels(database.url, database.owner_url, PARCELS, Random(SEED))  # noqa: S311 - no secret
    add_summary_line(f"evolutions, PostgreSQL: {report}")
    assert report.problems == []
