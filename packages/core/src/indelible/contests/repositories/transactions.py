"""The transactions of contests: `tx.contests` has their repositories."""

from typing import Protocol

from indelible.contests.entities.contests import Contest
from indelible.contests.repositories.finders import Contests, Entries, Feeds, Logs, Runs
from indelible.kernel import Head
from indelible.kernel.payloads import PayloadsRead, PayloadsWrite
from indelible.kernel.task_ports import TaskQueue, TaskReader


class ContestRepositories(Protocol):
    """The repositories of contests in a transaction: `tx.contests`."""

    def lock_of_entry(self, entry_id: str) -> Head[Contest]:
        """Return the contest of an entry, locked, or raise EntryNotFound."""
        ...

    @property
    def contests(self) -> Contests: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def logs(self) -> Logs: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def runs(self) -> Runs: ...


class ContestsRead(PayloadsRead, Protocol):
    """The transaction that queries on contests need."""

    @property
    def contests(self) -> ContestRepositories: ...
    @property
    def tasks(self) -> TaskReader: ...


class ContestsWrite(PayloadsWrite, Protocol):
    """The transaction that handlers of contests need."""

    @property
    def contests(self) -> ContestRepositories: ...
    @property
    def tasks(self) -> TaskQueue: ...
