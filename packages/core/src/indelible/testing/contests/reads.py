"""Reads of a contest as it is stored, for the scenarios of the suites."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from attrs import frozen

from indelible import contests
from indelible.app import ReadTx
from indelible.contests import (
    Contest,
    ContestEvent,
    ContestLog,
    ContestSaved,
    Entry,
    SettlementRun,
)
from indelible.contests.entities.records import EventFault, SettlementLine
from indelible.contests.ports import ALL_ENTRIES, EntryFilter
from indelible.kernel import Head
from indelible.testing.stores import BEGINNING, AnyStore

R = TypeVar("R")
Value = Any  # of any field

MAX_ROWS: Final = 100
MAX_EVENTS: Final = 500


@frozen
class ContestReads:
    """A contest of a store that was published at an instant, as it is stored."""

    store: AnyStore
    contest_id: str
    base: datetime = BEGINNING

    @property
    def saved(self) -> ContestSaved:
        """Return the contest as it is stored, with its seq."""
        head = self.store.read(contests.get_contest, self.contest_id)
        return ContestSaved(contest=head.entity, seq=head.revision.seq)

    @property
    def contest(self) -> Contest:
        """Return the contest as it is stored."""
        return self.saved.contest

    @property
    def log_head(self) -> Head[ContestLog]:
        """Return the head of the log."""
        return self.read(lambda tx: tx.contests.logs.get(self.contest_id))

    @property
    def log(self) -> ContestLog:
        """Return the log as it is stored."""
        return self.log_head.entity

    @property
    def events(self) -> tuple[ContestEvent, ...]:
        """Return the events of the log."""
        return self.read(
            lambda tx: tx.contests.logs.events(self.contest_id, after=0, limit=MAX_EVENTS)
        )

    @property
    def runs(self) -> tuple[SettlementRun, ...]:
        """Return the settlement runs, newest first."""
        heads = self.read(lambda tx: tx.contests.runs.of_contest(self.contest_id, limit=MAX_ROWS))
        return tuple(head.entity for head in heads)

    @property
    def entries(self) -> tuple[Head[Entry], ...]:
        """Return the entries in the order of their ids."""
        return self.list_entries()

    @property
    def lines(self) -> tuple[SettlementLine, ...]:
        """Return the lines of the newest settlement run."""
        return self.lines_of(self.runs[0].id)

    def list_entries(
        self, matching: EntryFilter = ALL_ENTRIES, **fields: Value
    ) -> tuple[Head[Entry], ...]:
        """Return the matching entries that have these fields."""
        where = {"contest_id": self.contest_id, **fields}
        return self.read(
            lambda tx: tx.contests.entries.list_page(
                matching, where=where, after="", limit=MAX_ROWS
            )
        )

    def lines_of(self, run_id: str, *, after: int = 0) -> tuple[SettlementLine, ...]:
        """Return the lines of a settlement run after a number."""
        return self.read(
            lambda tx: tx.contests.runs.joins.lines(run_id, after=after, limit=MAX_ROWS)
        )

    def faults(self, number: int, *, after: int = 0) -> tuple[EventFault, ...]:
        """Return the faults of an event after a number."""
        return self.read(
            lambda tx: tx.contests.logs.joins.faults(
                self.contest_id, number, after=after, limit=MAX_ROWS
            )
        )

    def event(self, number: int) -> ContestEvent:
        """Return an event of the log."""
        return self.read(lambda tx: tx.contests.logs.event(self.contest_id, number))

    @property
    def last_change(self) -> dict[str, Value]:
        """Return the data of the contest's last change."""
        changes = self.read(lambda tx: tx.history.of("contest", self.contest_id))
        return dict(changes[-1].data)

    def read(self, query: Callable[[ReadTx], R]) -> R:
        """Return what a query returns."""
        return self.store.read(query)
