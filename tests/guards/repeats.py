"""Choose the part of a large family of cases that the gate repeats; `nox -s guards` repeats all."""

import os
from collections.abc import Iterable
from typing import Final, TypeVar

Case = TypeVar("Case")

EVERY: Final = "every"  # the value of the variable with which each case is repeated
REPEATS_ALL: Final = os.environ.get("INDELIBLE_TEST_GUARDS") == EVERY


def repeated(cases: Iterable[Case], step: int) -> list[Case]:
    """Return every case, or in the gate one of each `step` cases that follow each other."""
    chosen = list(cases)
    return chosen if REPEATS_ALL else chosen[::step]
