"""The report of one drill at one instant."""

from collections import Counter
from collections.abc import Iterable

from attrs import define, field

from indelible.kernel import Change


@define(kw_only=True)
class DrillReport:
    """The numbers of a drill, everything that was lost, and each problem.

    `lost` counts the changes after the restored moment by lifecycle. `adopted` are transfers that
    Stripe had made and the restored database did not know; `pushed` is True if that was so for the
    push of the project's job. `backfilled` are events that `money backfill` has stored.
    `unbooked` are payments of charges that the restored database does not know.
    """

    drill: str
    database: str
    instant: str = ""
    transfers: int = 0
    adopted: int = 0
    is_push_adopted: bool = False
    backfilled: int = 0
    unbooked: int = 0
    is_cursor_refused: bool = False
    lost: Counter[str] = field(factory=Counter[str])
    notes: list[str] = field(factory=list[str])
    problems: list[str] = field(factory=list[str])

    def count_lost(self, changes: Iterable[Change]) -> None:
        """Count the changes that are gone, by lifecycle."""
        for change in changes:
            self.lost[change.lifecycle] += 1

    def require(self, is_right: bool, problem: str) -> None:  # noqa: FBT001 - the claim itself
        """Note the problem unless the claim is right."""
        if not is_right:
            self.problems.append(problem)
