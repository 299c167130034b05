"""No piece of work is in two hands at once: a small dose of `claims`."""

from collections.abc import Callable

import pytest
from tests.chain.detections import dice
from tests.chaos.claims import CLAIMED, FINISHING, Claims, Said, compare, count_claims

from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow


def test_fifty_thousand_claims_by_eight_processes_never_overlap(
    database: PostgresServer, tell: Callable[[str], None]
) -> None:
    found = count_claims(
        database.url, claims=50_000, workers=8, deaths=6, pieces=2_000, chance=dice(3)
    )

    tell(f"Claims on PostgreSQL by 8 processes: {found}")
    assert found.wrong == []
    assert found.claimed + found.untold >= 49_000
    assert found.deaths == 6


def test_claims_of_processes_on_one_sqlite_file_never_overlap(
    sqlite_url: str, tell: Callable[[str], None]
) -> None:
    found = count_claims(sqlite_url, claims=3_000, workers=3, deaths=2, pieces=300, chance=dice(3))

    tell(f"Claims on SQLite by 3 processes: {found}")
    assert found.wrong == []
    assert found.deaths == 2


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (Said(CLAIMED, 1, 1, 1.0, 1.1), "given twice"),
        (Said(CLAIMED, 1, 2, 0.2, 0.4), "in two hands"),
        (Said(CLAIMED, 1, 2, 0.5, 0.6), ""),
    ],
)
def test_a_planted_overlap_is_named(second: Said, expected: str) -> None:
    found = Claims()
    first = [Said(CLAIMED, 1, 1, 0.0, 0.1), Said(FINISHING, 1, 1, 0.5, 0.0)]

    compare({"1": first, "2": [second]}, found)

    assert expected in "".join(found.wrong)
    assert bool(found.wrong) == bool(expected)
