"""The scenarios of the gate: some in turns, so that all have run after a few commits."""

import subprocess
from collections.abc import Sequence
from typing import Final, TypeVar

from tests.architecture.sources import ROOT
from tests.project_jobs import GIT

PER_TURN: Final = 4
T = TypeVar("T")


def of_turn(things: Sequence[T], turn: int, number: int = PER_TURN) -> list[T]:
    """Return so many things of a turn; the next turn begins behind the last of them."""
    if len(things) <= number:
        return list(things)
    first = turn * number
    return [things[(first + offset) % len(things)] for offset in range(number)]


def this_turn() -> int:
    """Return the number of commits: each commit of the project is a turn."""
    count = subprocess.run(
        [GIT, "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(count.stdout)
