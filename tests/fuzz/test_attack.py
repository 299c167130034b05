"""Whatever is sent, a refusal is one of ours and writes nothing."""

from collections.abc import Callable
from random import Random

import pytest
from tests.fuzz.attack import Told, over_http, rows, through_python
from tests.sql.conftest import opened
from tests.web.harness import Web

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import verify

pytestmark = pytest.mark.slow

TIMES = 80


@pytest.mark.parametrize("place", ["sqlite_url", "database"])
def test_hostile_input_is_refused_with_its_code_and_writes_nothing(
    place: str, request: pytest.FixtureRequest, tell: Callable[[str], None]
) -> None:
    found: str | PostgresServer = request.getfixturevalue(place)
    seed, told = request.config.getoption("randomly_seed", 1), Told()
    chance = Random(seed)  # noqa: S311
    with opened(found if isinstance(found, str) else found.url) as store:
        over_http(Web(store), store, chance, TIMES, told)
        through_python(store, chance, TIMES, told)
        findings = verify(store)
    codes = len({answer.split()[-1] for answer in told.answers})
    tell(f"hostile input to {place}, seed {seed}: {told.answers.total()} answers of {codes} codes")

    assert told.wrong == []
    assert told.answers.total() == 2 * TIMES
    assert codes >= 10
    assert findings == ()


def test_a_refused_request_that_wrote_is_reported(sqlite_url: str) -> None:
    with opened(sqlite_url) as store:
        before = rows(store)
        create(store)

        assert rows(store) != before
