"""Which cutoffs the recorded changes of a retention ever allowed."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from indelible.kernel.retention import MAX_CLOCK_DIFFERENCE, permitted_cutoff
from indelible.testing.stores import BEGINNING

DAY: Final = timedelta(days=1)
WEEK_SECONDS: Final = 7 * 86_400
NOW: Final = BEGINNING + 100 * DAY


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ([], None),
        ([(BEGINNING, "soon")], None),
        ([(BEGINNING, "1234567890")], None),
        ([(BEGINNING, "0")], NOW),
        ([(BEGINNING, str(WEEK_SECONDS))], NOW - 7 * DAY),
        # The first retention was in force for ten days, by clocks that differ a little.
        (
            [(BEGINNING, "0"), (BEGINNING + 10 * DAY, "soon")],
            BEGINNING + 10 * DAY + MAX_CLOCK_DIFFERENCE,
        ),
        ([(BEGINNING, "0"), (BEGINNING + 10 * DAY, str(WEEK_SECONDS))], NOW - 7 * DAY),
        ([(BEGINNING, "0"), (NOW + 10 * DAY, str(WEEK_SECONDS))], NOW),
    ],
)
def test_each_retention_allows_its_age_until_it_changes(
    changes: list[tuple[datetime, str]], allowed: datetime | None
) -> None:
    assert permitted_cutoff(changes, NOW) == allowed
