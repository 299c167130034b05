"""Count what the simulators of a session of tests have checked."""

from collections import Counter
from typing import Final

TOTALS: Final[Counter[str]] = Counter()  # of this process; in xdist's controller, of all


def summary_line() -> str:
    """Return a line for the summary of a session of tests."""
    return (
        f"Stripe's descriptions: {TOTALS['requests']:,} requests of {TOTALS['simulators']:,}"
        f" simulators, {TOTALS['nonconforming']:,} nonconforming, {TOTALS['planted']:,} planted;"
        f" {TOTALS['objects']:,} objects in events"
    )
