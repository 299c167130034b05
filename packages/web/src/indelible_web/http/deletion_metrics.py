"""The metric of the rows that were deleted from operational tables."""

from collections.abc import Iterator

from attrs import frozen
from prometheus_client.core import CounterMetricFamily, Metric

from indelible.app import AppContext
from indelible.kernel import IndelibleError
from indelible.kernel.retention import deleted_rows


@frozen(eq=False)  # A registry tells collectors apart by identity.
class DeletionCollector:
    """The numbers of deleted rows, which the store keeps, read at each scrape."""

    _app_context: AppContext

    def collect(self) -> Iterator[Metric]:
        """Yield the deleted rows of each table; nothing if the store does not answer."""
        try:
            deleted = self._app_context.store.read(deleted_rows)
        except IndelibleError:
            return

        counter = CounterMetricFamily(
            "indelible_deleted_rows",
            "Rows that were older than the retention of their table and were deleted, by any"
            " process.",
            labels=("table",),
        )
        for table, number in deleted.items():
            counter.add_metric((table.value,), number)
        yield counter
