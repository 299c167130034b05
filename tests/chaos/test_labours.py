"""Work goes on while its workers, their clock, Redis and PostgreSQL are killed: a small dose of `labours`."""

from collections.abc import Callable

import pytest
from tests.chain.detections import dice
from tests.chaos.labours import labour

pytestmark = pytest.mark.slow


def test_every_unit_is_done_once_or_dead_with_a_reason_whoever_is_killed(
    tell: Callable[[str], None],
) -> None:
    laboured = labour(units=300, kills=8, seconds=12, chance=dice(7), lease_seconds=3)

    tell(f"Work while its workers and servers are killed: {laboured}")
    assert laboured.wrong == []
    assert sum(laboured.killed.values()) == 8
    assert laboured.dead >= 1
