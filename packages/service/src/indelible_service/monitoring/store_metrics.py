"""The metrics of a store in this process."""

from collections.abc import Iterator

from attrs import frozen
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from indelible.kernel import IndelibleError
from indelible.kernel.standbys import ReadSource
from indelible.kernel.store_measures import MeasuredStore


@frozen(eq=False)  # A registry tells collectors apart by identity.
class StoreCollector:
    """The lost races, the reads, the pools and the clock of a store, read at each scrape."""

    _store: MeasuredStore

    def collect(self) -> Iterator[Metric]:
        """Yield what this process knows of its store, and whether the database answers."""
        yield CounterMetricFamily(
            "indelible_store_lost_races",
            "Transactions that lost a race with another one (SQLSTATE 40001 or 40P01, SQLITE_BUSY)"
            " and were rolled back; their commands run again.",
            value=self._store.lost_races.number,
        )
        yield from self._standby_reads()
        yield from self._pools()
        yield from self._answers()

    def _standby_reads(self) -> Iterator[Metric]:
        """Yield the reads that a standby may answer; a process without one has no figures."""
        reads = CounterMetricFamily(
            "indelible_standby_reads",
            "Reads that a standby may answer, by their source: `standby`, or why the primary has"
            " answered: the standby was `behind` a write of the caller, `failed` the read, or was"
            " `out` because it had failed a moment before.",
            labels=("source",),
        )
        counts = self._store.standby_counts
        if counts is not None:
            for source in ReadSource:
                reads.add_metric((source.value,), counts.number(source))
        yield reads

    def _pools(self) -> Iterator[Metric]:
        size = GaugeMetricFamily(
            "indelible_database_connection_pool_size",
            "The most connections of a pool.",
            labels=("pool",),
        )
        available = GaugeMetricFamily(
            "indelible_database_connection_pool_available",
            "Connections of a pool that are free.",
            labels=("pool",),
        )
        for name, use in self._store.pool_uses().items():
            size.add_metric((name,), use.size)
            available.add_metric((name,), use.available)
        yield size
        yield available

    def _answers(self) -> Iterator[Metric]:
        skew = GaugeMetricFamily(
            "indelible_database_clock_skew_seconds",
            "Time by which the clock of this process is ahead of the database's.",
        )
        is_up = True
        try:
            skew.add_metric((), self._skew_seconds())
        except IndelibleError:
            is_up = False
        yield skew
        yield GaugeMetricFamily(
            "indelible_database_up", "1 if the database answers, 0 if it does not.", value=is_up
        )

    def _skew_seconds(self) -> float:
        """Return the difference of the clocks, as of the middle of the statement."""
        clock = self._store.clock
        before = clock.now()
        of_database = self._store.database_time()
        middle = before + (clock.now() - before) / 2

        return (middle - of_database).total_seconds()
