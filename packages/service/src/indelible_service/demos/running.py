"""The demonstration that runs in a data directory: one at a time, with a record for the workers."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final

import cattrs
from attrs import asdict, evolve, frozen
from cattrs.errors import BaseValidationError

from indelible.kernel import Unavailable
from indelible_service.instance.locked_records import LockedRecord

NAME: Final = "demo"  # of the lock and the record in the data directory


@frozen
class DemoRunning(Unavailable):
    """Another demonstration runs in the data directory."""

    message: ClassVar[str] = (
        "Demonstration {demonstration} is already running in {directory} (process {pid})."
    )
    demonstration: str
    directory: str
    pid: int | None


@frozen(kw_only=True)
class Demonstration:
    """A running demonstration; with a port, it is the provider of tournaments of the instance."""

    name: str
    pid: int
    provider_port: int | None = None


@frozen
class RunningDemonstration:
    """The demonstration that this process runs; it holds the data directory's lock."""

    _record: LockedRecord
    _demonstration: Demonstration

    def publish_provider(self, port: int) -> None:
        """Let the workers of the data directory ask for tournaments at a port of this machine."""
        self._record.write(asdict(evolve(self._demonstration, provider_port=port)))


@contextmanager
def only_demonstration(directory: Path, name: str) -> Generator[RunningDemonstration]:
    """Keep other demonstrations out of a data directory until the block ends.

    Raises: DemoRunning, FileUnusable.
    """
    directory = directory.absolute()
    record = LockedRecord(directory, NAME)
    with record.hold() as is_ours:
        if not is_ours:
            other = _read(record)
            raise DemoRunning(
                other.name if other else "unknown", str(directory), other.pid if other else None
            )

        demonstration = Demonstration(name=name, pid=os.getpid())
        try:
            record.write(asdict(demonstration))
            yield RunningDemonstration(record, demonstration)
        finally:
            record.remove()


def running_demonstration(directory: Path) -> Demonstration | None:
    """Return the demonstration that runs in the directory; a killed one has released its lock."""
    record = LockedRecord(directory, NAME)
    return _read(record) if record.is_locked() else None


def _read(record: LockedRecord) -> Demonstration | None:
    with suppress(BaseValidationError):  # another release wrote other fields
        return cattrs.structure(record.read(), Demonstration)

    return None
