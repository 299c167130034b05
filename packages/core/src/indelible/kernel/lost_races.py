"""The number of transactions that lost a race with another one, and were rolled back."""

from threading import Lock
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class CountsLostRaces(Protocol):
    """A store whose transactions can lose a race; one in memory runs them one after the other."""

    @property
    def lost_races(self) -> LostRaces:
        """Return the count."""
        ...
