"""Measures of a process's connections to a database server."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import frozen

from indelible.kernel.clock import Clock
from indelible.kernel.lost_races import LostRaces
from indelible.kernel.standbys import StandbyCounts


@frozen(kw_only=True)
class PoolUse:
    """A pool of connections: the most that it has, and how many of them are free now."""

    size: int
    available: int


class MeasuredStore(Protocol):
    """A store whose database has pools and a clock of its own."""

    @property
    def lost_races(self) -> LostRaces:
        """Return the count of transactions that lost a race."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock of the process."""
        ...

    @property
    def standby_counts(self) -> StandbyCounts | None:
        """Return the counts of the reads of sessions, None without a standby."""
        ...

    def pool_uses(self) -> Mapping[str, PoolUse]:
        """Return the use of each pool, by its name."""
        ...

    def database_time(self) -> datetime:
        """Return the time of the database.

        Raises: StoreUnreachable, and what else a read raises.
        """
        ...
