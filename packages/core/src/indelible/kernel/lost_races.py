"""The number of transactions that lost a race with another one, and were rolled back."""

from threading import Lock

from attrs import define, field


@define(eq=False)
class LostRaces:
    """Counts the lost races of one store in this process; its threads count together."""

    number: int = field(default=0, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    def count(self) -> None:
        """Count one more."""
        with self._lock:
            self.number += 1
