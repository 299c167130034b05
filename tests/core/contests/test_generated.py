"""Tests of generated contests: sums, ranks and digests in two orders of the same inputs."""

import pytest
from tests.core.contests.generated import check_contest
from tests.dose_sizes import dose

pytestmark = pytest.mark.slow

CONTESTS = dose(400, small=80)  # fewer contests lack some of the cases below
BATCHES = 4


@pytest.mark.parametrize("batch", range(BATCHES))
def test_generated_contests_settle_to_the_cent_in_any_order(batch: int) -> None:
    settlements = [check_contest(seed) for seed in range(batch, CONTESTS, BATCHES)]

    assert any(settlement.retained_minor for settlement in settlements)
    assert any(settlement.top_up_minor for settlement in settlements)
    assert any(settlement.rounding_minor for settlement in settlements)
