"""Adopt the rows of a host's older table, while others go on writing it, until the cut-over."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Generic, TypeVar

from attrs import define, frozen
from sqlalchemy import Connection, func, inspect, select, update
from sqlalchemy.event import listen

from indelible.kernel import (
    Actor,
    AuditContext,
    Conflict,
    Invalid,
    Stale,
    StoreBusy,
)
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.contexts import Context
from indelible_sql.adoption.copying import Copying
from indelible_sql.adoption.draining import Drained, Draining
from indelible_sql.adoption.errors import (
    AdoptionFinished,
    AdoptionOfOther,
    RowsRefused,
    SourceBusy,
)
from indelible_sql.adoption.findings import DEFAULT_EXAMPLES, MAX_EXAMPLES, Refusal
from indelible_sql.adoption.journal import (
    KIND,
    PHASE,
    SOURCE,
    Journal,
    Kind,
    Phase,
)
from indelible_sql.adoption.mapping import SAME_NAMES, FieldMapping, RowMapping
from indelible_sql.adoption.observing import check_number, observe, open_mapping
from indelible_sql.adoption.problems import journaled_refusals
from indelible_sql.adoption.sources import Source
from indelible_sql.adoption.statements import rows, run
from indelible_sql.engine.connections import address, begin_immediate, sqlite_cursor
from indelible_sql.engine.errors import GuardViolation, StoreTimeout, translate_errors
from indelible_sql.schema.columns import quoted
from indelible_sql.schema.migrate import MIGRATION_LOCK, owner_engine
from indelible_sql.store.kernel_store import AnySqlStore
from indelible_sql.store.owners import owner_address

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R")

DEFAULT_BATCH: Final = 500
MAX_BATCH: Final = 10_000
MAX_LOCKED_WRITES: Final = 200  # that the cut-over may still drain while writers wait
LOCK_ATTEMPTS: Final = 20
# The journal must become shorter while others write, so that their share is smaller then.
DRAINING_REST: Final = 0.25
LOCK_MILLISECONDS: Final = 500  # of each attempt, for which writers of the table may wait
REFUSALS: Final = (Conflict, Invalid, Stale, GuardViolation)  # of one row; others are of the store


@frozen
class Adopted:
    """The result of an adoption.

    `births` and `changes` are those of this call. `problems` are writes that no action explains
    and `superseded` those that a later write has made good; `deleted` rows were adopted before they
    were deleted, and their aggregates stay. `pause_seconds` is the time for which the cut-over let
    nobody write the older table.
    """

    births: int
    changes: int
    problems: tuple[Refusal, ...]
    superseded: tuple[Refusal, ...]
    deleted: tuple[Refusal, ...]
    is_finished: bool
    pause_seconds: float = 0.0


def adopt(
    store: AnySqlStore,
    context: Context[Any],
    source: Source,
    *,
    actor: Actor,
    reason: str,
    mapping: FieldMapping = SAME_NAMES,
    cut_over: bool = True,
    batch: int = DEFAULT_BATCH,
    examples: int = DEFAULT_EXAMPLES,
    owner_url: str | None = None,
) -> Adopted:
    """Make every row of a table an aggregate, and let the table refuse writes then.

    A call that was killed is repeated: it goes on where it was. Each row gets one first change,
    such as `adopt_closed`, in transactions of `batch` rows. Programs may write the table meanwhile:
    what they change in an adopted row becomes a change by the action that explains it. Without
    `cut_over` they may go on after the call, and a later call adopts what they have done.
    `owner_url` is needed where another role than the store's owns the tables.

    Raises:
        RowsRefused: The declaration refuses rows; nothing has begun, or the cut-over has not.
        AdoptionFinished, AdoptionOfOther: The context has adopted a table, or adopts another one.
        SourceBusy: Long transactions held the table for all attempts of the cut-over.
        IndelibleError: The errors of `observe`.
    """
    check_number("batch", batch, maximum=MAX_BATCH)
    check_number("examples", examples, maximum=MAX_EXAMPLES)
    audit = AuditContext(actor=actor, reason=reason)
    with translate_errors():
        compiled = open_mapping(store, context, source, mapping)
        journal = Journal(context.name, compiled.source, store.engines.writer.dialect)
        owner = owner_address(store, owner_url)
        adoption = _Adoption(store, context, compiled, journal, audit, batch, owner)
        if adoption.phase() is None:
            _refuse_rows(store, context, source, mapping, compiled.source.label)
            adoption.begin()
        return adoption.run(cut_over=cut_over, examples=examples)


def _refuse_rows(
    store: AnySqlStore, context: Context[Any], source: Source, mapping: FieldMapping, label: str
) -> None:
    """Raise RowsRefused where the declaration refuses rows."""
    observed = observe(store, context, source, mapping=mapping, examples=1)
    if observed.refused_rows:
        raise RowsRefused(label, observed.refused_rows, _rules(observed.refusals))


def _rules(refusals: tuple[Refusal, ...]) -> str:
    texts: list[str] = []
    for refusal in refusals:
        subject = f" {refusal.field}" if refusal.field else ""
        texts.append(f"{refusal.code}{subject}: {refusal.count}")
    return "; ".join(texts)


@define
class _Counts:
    """The births and the other changes of a call."""

    births: int = 0
    changes: int = 0


@frozen
class _Adoption(Generic[E]):
    """One call of `adopt`."""

    store: AnySqlStore
    context: Context[E]
    mapping: RowMapping[E]
    journal: Journal
    audit: AuditContext
    batch: int
    owner_url: str

    def phase(self) -> Phase | None:
        """Return the phase of the adoption, None before it has begun.

        Raises:
            AdoptionFinished: It is finished.
            AdoptionOfOther: It is one of another table.
        """
        progress = self.store.read(self._progress)
        if progress is None:
            return None
        if progress[SOURCE] != self.journal.source.label:
            raise AdoptionOfOther(self.context.name, progress[SOURCE], self.journal.source.label)
        if progress[PHASE] == Phase.FINISHED:
            raise AdoptionFinished(self.journal.source.label, self.context.name)
        return Phase(progress[PHASE])

    def begin(self) -> None:
        """Create the journal, in one transaction of the owner."""
        self._while_nobody_writes(self._create)

    def _create(self, connection: Connection) -> bool:
        """Create the tables and the triggers, unless another call was first."""
        if self._progress_of(connection) is not None:
            return True
        for statement in self.journal.creation(connection):
            run(connection, statement)
        values = {SOURCE: self.journal.source.label, PHASE: str(Phase.COPYING)}
        run(connection, self.journal.progress.insert().values(values))
        role = self._role()
        if role is not None:
            for statement in self.journal.grants(quoted(connection, role)):
                run(connection, statement)
        return True

    def run(self, *, cut_over: bool, examples: int) -> Adopted:
        """Copy the rows, drain the journal, and cut over."""
        copying = Copying(self.context, self.mapping, self.journal)
        draining = Draining(self.context, self.mapping, self.journal)
        counts = _Counts()
        if self.phase() is Phase.COPYING:
            self._copy(copying, counts)
        self._run(draining.retry, None)
        self._drain(draining, counts)
        pause_seconds = 0.0
        if cut_over:
            self._refuse_problems()
            pause_seconds = self._cut_over(draining, counts)
        listing = partial(journaled_refusals, journal=self.journal, examples=examples)
        return Adopted(
            births=counts.births,
            changes=counts.changes,
            problems=self.store.read(listing, kind=Kind.SAVED),
            superseded=self.store.read(listing, kind=Kind.SUPERSEDED),
            deleted=self.store.read(listing, kind=Kind.GONE),
            is_finished=cut_over,
            pause_seconds=pause_seconds,
        )

    def _copy(self, copying: Copying[E], counts: _Counts) -> None:
        """Copy all rows."""
        is_over = False

        def copy(limit: int) -> int:
            nonlocal is_over
            read, adopted = self._run(copying.copy, limit)
            is_over = read < limit
            counts.births += adopted
            return read

        while not is_over:
            self._step(copy, copying.pass_over)

    def _drain(self, draining: Draining[E], counts: _Counts) -> None:
        """Drain the journal until it has less than a batch."""
        count = self.batch

        def drain(limit: int) -> int:
            drained = self._run(draining.drain, limit)
            self._count(drained, counts)
            return drained.writes

        while count >= self.batch:
            count = self._step(drain, draining.pass_over, rest=DRAINING_REST)

    def _count(self, drained: Drained, counts: _Counts) -> None:
        counts.births += drained.births
        counts.changes += drained.changes

    def _step(
        self,
        work: Callable[[int], int],
        pass_over: Callable[[Any, str], None],
        *,
        rest: float = 1.0,
    ) -> int:
        """Do a batch; where the database refuses it, find the row by doing one at a time.

        SQLite has one writer: between two batches the others get a share of the time of a batch.
        """
        began = time.monotonic()
        try:
            return work(self.batch)
        except REFUSALS:
            pass
        finally:
            if self.journal.is_sqlite:
                self.store.pause(rest * (time.monotonic() - began))
        count = 0
        for _ in range(self.batch):
            try:
                done = work(1)
            except REFUSALS as error:
                self._run(pass_over, str(error))
                continue
            count += done
            if not done:
                break
        return count

    def _run(self, handler: Callable[[Any, Any], R], command: Any) -> R:
        """Run a handler in a transaction of the store."""
        actor, reason = self.audit.actor, self.audit.reason
        result: R = self.store.run(handler, command, actor=actor, reason=reason)
        return result

    def _refuse_problems(self) -> None:
        """Raise RowsRefused where the journal has writes that no action explains."""
        problems = self.store.read(
            partial(journaled_refusals, journal=self.journal, kind=Kind.SAVED, examples=1)
        )
        if problems:
            total = sum(problem.count for problem in problems)
            raise RowsRefused(self.journal.source.label, total, _rules(problems))

    def _cut_over(self, draining: Draining[E], counts: _Counts) -> float:
        """Drain the last writes while nobody writes, let the table refuse writes, and commit.

        Return the seconds for which writers waited.
        """

        def catch_up() -> None:
            self._drain(draining, counts)
            self._refuse_problems()

        finish = partial(self._finish, draining=draining, counts=counts)
        return self._while_nobody_writes(finish, catch_up)

    def _while_nobody_writes(
        self, work: Callable[[Connection], bool], between: Callable[[], None] | None = None
    ) -> float:
        """Work in a transaction of the owner while nobody writes the table, until it returns True.

        Return the seconds for which writers waited. `between` is done before another attempt.
        """
        for attempt in range(LOCK_ATTEMPTS):
            if attempt and between is not None:
                between()
            try:
                with self._owned() as connection:
                    began = time.monotonic()
                    self._lock(connection)
                    is_done = work(connection)
            except (StoreTimeout, StoreBusy):
                continue
            if is_done:
                return time.monotonic() - began
        raise SourceBusy(self.journal.source.label, LOCK_ATTEMPTS, LOCK_MILLISECONDS)

    def _finish(self, connection: Connection, draining: Draining[E], counts: _Counts) -> bool:
        """Drain the journal and install the refusals; return False where too much is left."""
        if self._open_writes(connection) > MAX_LOCKED_WRITES:
            return False
        with self.store.transaction(
            actor=self.audit.actor, reason=self.audit.reason, connection=connection
        ) as tx:
            drained = draining.drain(tx, MAX_LOCKED_WRITES)
        if self._open_writes(connection):
            return False  # a problem, which the next attempt names
        for statement in self.journal.cut_over():
            run(connection, statement)
        phase = {PHASE: str(Phase.FINISHED)}
        run(connection, update(self.journal.progress).values(phase))
        self._count(drained, counts)
        return True

    def _open_writes(self, connection: Connection) -> int:
        writes = self.journal.writes
        is_open = writes.c[KIND].in_([str(Kind.SAVED), str(Kind.DELETED)])
        statement = select(func.count()).select_from(writes).where(is_open)
        return int(run(connection, statement).scalar_one())

    def _lock(self, connection: Connection) -> None:
        """Let nobody else write the older table; SQLite has one writer."""
        if not self.journal.is_sqlite:
            run(connection, f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
            run(connection, self.journal.lock())

    @contextmanager
    def _owned(self) -> Generator[Connection]:
        """Open a transaction of the owner, beside which nobody migrates."""
        engine = owner_engine(self.owner_url)
        if self.journal.is_sqlite:
            listen(engine, "connect", _prepare_sqlite)
            listen(engine, "begin", begin_immediate)
        with translate_errors(), engine.begin() as connection:
            if not self.journal.is_sqlite:
                run(connection, MIGRATION_LOCK)
            yield connection

    def _role(self) -> str | None:
        """Return the application's role where another one owns the tables."""
        if self.journal.is_sqlite or self.store.url is None:
            return None
        role = address(self.store.url).username
        return None if role == address(self.owner_url).username else role

    def _progress(self, tx: Any) -> dict[str, Any] | None:
        return self._progress_of(tx.connection)

    def _progress_of(self, connection: Connection) -> dict[str, Any] | None:
        """Return the row of the adoption's progress, None before it has begun."""
        table = self.journal.progress
        if not inspect(connection).has_table(table.name, schema=self.journal.schema):
            return None
        (row,) = rows(connection, select(table))
        return row


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
