"""The metrics of the disk with the data directory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Protocol

from attrs import frozen
from prometheus_client.core import GaugeMetricFamily, Metric


class DiskUsage(Protocol):
    """The size of a disk, and what is free on it, in bytes."""

    @property
    def total(self) -> int:
        """Return the size."""
        ...

    @property
    def free(self) -> int:
        """Return what is free."""
        ...


@frozen(eq=False)  # A registry tells collectors apart by identity.
class DiskCollector:
    """The space of the disk with a directory, read at each scrape."""

    _directory: Path
    _usage_of: Callable[[Path], DiskUsage] = disk_usage

    def collect(self) -> Iterator[Metric]:
        """Yield the size and what is free; no values where the disk cannot be read."""
        size = GaugeMetricFamily(
            "indelible_disk_size_bytes", "The size of the disk with the data directory."
        )
        free = GaugeMetricFamily(
            "indelible_disk_free_bytes", "What is free on the disk with the data directory."
        )
        try:
            usage = self._usage_of(_existing(self._directory))
        except OSError:
            pass
        else:
            size.add_metric((), usage.total)
            free.add_metric((), usage.free)
        yield size
        yield free


def _existing(directory: Path) -> Path:
    """Return the directory, or the one in which it will be created."""
    absolute = directory.absolute()
    for path in (absolute, *absolute.parents):
        if path.exists():
            return path
    return absolute
