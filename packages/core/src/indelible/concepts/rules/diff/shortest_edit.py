"""A shortest edit script between two sequences, by Myers' O(ND) algorithm, in bounded time."""

from collections.abc import Sequence
from typing import Final, NamedTuple

MAX_STEPS: Final = 3_000_000  # of comparing one field: about a quarter of a second
STEPS_PER_EDIT: Final = 4  # the cost of trying one more edit


class Stretch(NamedTuple):
    """A run of equal tokens: its start in the old and in the new sequence, and its length."""

    old_start: int
    new_start: int
    length: int


class Path(NamedTuple):
    """The last stretch that an edit script keeps, and the path that leads to it."""

    stretch: Stretch
    previous: "Path | None"


class Reach(NamedTuple):
    """The end of the furthest script on a diagonal: its index in the old sequence, and its path."""

    old_end: int
    path: Path | None


UNREACHED: Final = Reach(-1, None)


class ComparisonBudget:
    """The steps that the comparison of one field may still take."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.remaining_steps = steps

    def spend(self, steps: int) -> bool:
        """Take the steps and return True, or return False where too few remain."""
        if steps > self.remaining_steps:
            return False

        self.remaining_steps -= steps
        return True


def common_stretches(
    old: Sequence[str], new: Sequence[str], budget: ComparisonBudget
) -> list[Stretch]:
    """Return the stretches that a shortest edit keeps, in order.

    When the budget is exhausted, return those of the script that got furthest.
    """
    stretches: list[Stretch] = []
    path = _shortest_path(old, new, budget)
    while path is not None:
        stretches.append(path.stretch)
        path = path.previous

    stretches.reverse()
    return stretches


def _shortest_path(old: Sequence[str], new: Sequence[str], budget: ComparisonBudget) -> Path | None:
    """Return the path of a shortest edit script.

    A diagonal is the index in the old sequence minus the index in the new one. Each round allows
    one edit more and extends the furthest script on every reachable diagonal.
    """
    furthest: dict[int, Reach] = {1: Reach(0, None)}

    for edits in range(len(old) + len(new) + 1):
        steps = 0
        for diagonal in range(-edits, edits + 1, 2):
            # A script enters the diagonal by inserting a token, or by deleting one.
            by_deletion = furthest.get(diagonal - 1, UNREACHED)
            start, path = furthest.get(diagonal + 1, UNREACHED)
            if by_deletion.old_end >= start:
                start, path = by_deletion.old_end + 1, by_deletion.path

            end = start
            while end < len(old) and end - diagonal < len(new) and old[end] == new[end - diagonal]:
                end += 1
            if end > start:
                path = Path(Stretch(start, start - diagonal, end - start), path)

            if end >= len(old) and end - diagonal >= len(new):
                return path
            furthest[diagonal] = Reach(end, path)
            steps += STEPS_PER_EDIT + end - start

        if not budget.spend(steps):
            break

    best_diagonal = max(furthest, key=lambda diagonal: 2 * furthest[diagonal].old_end - diagonal)
    return furthest[best_diagonal].path
