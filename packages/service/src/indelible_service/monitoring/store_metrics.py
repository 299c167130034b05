"""The metrics of a store in this process."""

from collections.abc import Iterator

from attrs import frozen
from prometheus_client.core import CounterMetricFamily, Metric

from indelible.kernel.lost_races import CountsLostRaces


@frozen(eq=False)  # A registry tells collectors apart by identity.
class StoreCollector:
    """The lost races of a store, read at each scrape."""

    _store: CountsLostRaces

    def collect(self) -> Iterator[Metric]:
        """Yield the number of transactions that another one has made to run again."""
        yield CounterMetricFamily(
            "indelible_store_lost_races",
            "Transactions that lost a race with another one (SQLSTATE 40001 or 40P01, SQLITE_BUSY)"
            " and were rolled back; their commands run again.",
            value=self._store.lost_races.number,
        )
