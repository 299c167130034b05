"""Hostile input is refused with a code of indelible, and a refused request writes nothing."""

from collections.abc import Callable
from random import Random

import pytest
from tests.doses.fuzz.attack import AttackTally, over_http, rows, through_python
from tests.sql.conftest import opened
from tests.web.harness import Web

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import verify

pytestmark = pytest.mark.slow

TIMES = 80


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_hostile_input_is_refused_with_its_code_and_writes_nothing(
    fixture: str, request: pytest.FixtureRequest, add_summary_line: Callable[[str], None]
) -> None:
    database: str | PostgresServer = request.getfixturevalue(fixture)
    url = database if isinstance(database, str) else database.url
    seed = request.config.getoption("randomly_seed", 1)
    chance = Random(seed)  # noqa: S311 - no secret
    tally = AttackTally()
    with opened(url) as store:
        over_http(Web(store), store, chance, TIMES, tally)
        through_python(store, chance, TIMES, tally)
        findings = verify(store)
    codes = len({answer.split()[-1] for answer in tally.answers})
    total = tally.answers.total()
    add_summary_line(f"hostile input to {fixture}, seed {seed}: {total} answers of {codes} codes")

    assert tally.wrong == []
    assert total == 2 * TIMES
    assert codes >= 10
    assert findings == ()


def test_a_refused_request_that_wrote_is_reported(sqlite_url: str) -> None:
    with opened(sqlite_url) as store:
        before = rows(store)
        create(store)

        assert rows(store) != before
