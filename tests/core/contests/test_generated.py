"""Tests of generated contests: sums, ranks and digests in two orders of the same inputs."""

import pytest
from tests.core.contests.generated import check_contest

pytestmark = pytest.mark.slow

CONTESTS = 400  # fewer contests lack some of the cases below
BATCHES = 4


@pytest.mark.parametrize("batch", range(BATCHES))
def test_generated_contests_settle_to_the_cent_in_any_order(batch: int) -> None:
    settlements = [check_contest(seed) for seed in range(batch, CONTESTS, BATCHES)]

    assert any(settlement.retained_minor for settlement in settlements)
    assert any(settlement.top_up_minor for settlement in settlements)
    assert any(settlement.rounding_minor for settlement in settlements)
