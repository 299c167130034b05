"""Choose how often a test repeats its proof: less often in the runs on other versions.

The gate's main run, on the newest PostgreSQL and one Python, has the whole doses. The runs on other
versions set INDELIBLE_TEST_DOSES to `small`: they prove that each statement and each call has the
same outcome there, and leave many repetitions of one proof to the main run.
"""

import os

SMALL = os.environ.get("INDELIBLE_TEST_DOSES") == "small"


def dose(whole: int, *, small: int) -> int:
    """Return the number of repetitions for this run."""
    return small if SMALL else whole
