"""Test that failpoints are before and after every statement of every command."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from attrs import frozen
from tests.sql.commands import WORKS
from tests.sql.statements import Trace, on_postgresql, on_sqlite

from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.task_commands import ClaimTasks, claim_tasks
from indelible.testing.stores import MAYA, create, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.engine.collecting import TRANSACTION_NUMBER
from indelible_sql.engine.connections import BEGIN_ON_POSTGRESQL
from indelible_sql.engine.failpoints import Failpoint, no_failpoint

pytestmark = pytest.mark.slow

COLLECTED = ("WITH head", "INSERT INTO indelible.receipts")
SENDS_COLLECTED = (Failpoint.BEFORE_COLLECTED, Failpoint.BEFORE_COMMIT)
Log = list[str | Failpoint]  # statements and failpoints in the order in which they are reached


@frozen
class Span:
    """The statements that are sent between a failpoint and the next one."""

    before: Failpoint
    statements: list[str]
    after: Failpoint


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def trace(request: pytest.FixtureRequest) -> Generator[Trace]:
    if request.param == "sqlite":
        opened = on_sqlite(request.getfixturevalue("sqlite_url"))
    else:
        opened = on_postgresql(request.getfixturevalue("database"), prepare=False)

    with opened as trace:
        create(trace.store)  # opens the connection and checks the database
        yield trace


@contextmanager
def logged(trace: Trace) -> Generator[Log]:
    """Log the statements and failpoints of the block."""
    log: Log = []
    logged_statements = len(trace.sent())

    def log_statements() -> None:
        nonlocal logged_statements
        new = trace.sent()[logged_statements:]
        logged_statements += len(new)
        log.extend(new)

    def log_failpoint(failpoint: Failpoint) -> None:
        log_statements()
        log.append(failpoint)

    trace.store.at_failpoint = log_failpoint
    yield log
    log_statements()
    trace.store.at_failpoint = no_failpoint


def spans(log: Log) -> list[Span]:
    """Return the spans that have statements; the log must begin and end with a failpoint."""
    before = log[0]
    assert isinstance(before, Failpoint)
    assert isinstance(log[-1], Failpoint)

    result: list[Span] = []
    statements: list[str] = []
    for entry in log[1:]:
        if isinstance(entry, str):
            statements.append(entry)
            continue
        if statements:
            result.append(Span(before, statements, entry))
        before = entry
        statements = []
    return result


@pytest.mark.dose
@pytest.mark.parametrize("key", [None, "key-1"], ids=["without a key", "under a key"])
@pytest.mark.parametrize("name", WORKS)
def test_every_statement_of_a_command_is_between_its_two_failpoints(
    trace: Trace, name: str, key: str | None
) -> None:
    work = WORKS[name]
    command = work.prepare(trace.store)
    receipts = 1 if key and work.is_receipted else 0

    with logged(trace) as log:
        work.run(trace.store, command, key)
    sent = spans(log)

    if trace.store.engines.is_writer_autocommit:
        assert sent[0].statements.pop(0) == BEGIN_ON_POSTGRESQL
        if sent[0].statements[0] == TRANSACTION_NUMBER:
            sent[0].statements.pop(0)
    collected = 0
    for span in sent:
        moment = span.before.name.removeprefix("BEFORE_")
        assert span.after.name == f"AFTER_{moment}"
        if span.before in SENDS_COLLECTED:
            collected += sum(text.startswith(COLLECTED) for text in span.statements)
        elif span.before is Failpoint.BEFORE_QUERIES:
            assert len(span.statements) > 1
        elif span.statements[0].startswith("SELECT pg_try_advisory_xact_lock"):
            assert len(span.statements) == 2  # the lock and the receipt, in one round trip
        else:
            assert len(span.statements) == 1
    assert collected == log.count(Failpoint.AFTER_COLLECT)
    assert log.count(Failpoint.AFTER_RECEIPT) == receipts
    assert (sent[-1].before, sent[-1].after) == (Failpoint.BEFORE_COMMIT, Failpoint.AFTER_COMMIT)
    assert sent[-1].statements[-1] == "COMMIT"


@pytest.mark.dose
def test_the_statement_of_a_claim_is_between_its_two_failpoints(trace: Trace) -> None:
    claim = ClaimTasks(stage="work", limit=1)
    with logged(trace) as log:
        trace.store.run(claim_tasks, claim, actor=MAYA, reason="a claim")

    moments = [(span.before, len(span.statements), span.after) for span in spans(log)]
    update = (Failpoint.BEFORE_UPDATE, 1, Failpoint.AFTER_UPDATE)
    if trace.store.engines.is_writer_autocommit:
        assert moments == [update]
    else:
        begin = (Failpoint.BEFORE_BEGIN, 1, Failpoint.AFTER_BEGIN)
        assert moments == [begin, update, (Failpoint.BEFORE_COMMIT, 1, Failpoint.AFTER_COMMIT)]
    assert (log[0], log[-1]) == (Failpoint.BEFORE_BEGIN, Failpoint.AFTER_COMMIT)


def test_every_failpoint_is_reached(sqlite_url: str, database: PostgresServer) -> None:
    reached: set[Failpoint] = set()
    for opened in (on_sqlite(sqlite_url), on_postgresql(database, prepare=True)):
        with opened as trace, logged(trace) as log:
            command = WORKS["edit"].prepare(trace.store)
            WORKS["edit"].run(trace.store, command, "key-1")
            claim = ClaimTasks(stage="work", limit=1)
            trace.store.run(claim_tasks, claim, actor=MAYA, reason="a claim")
            with trace.store.transaction(actor=MAYA, reason="a block") as tx:
                pause_stage(tx, PauseStage(stage="work"))
                tx.read_together(
                    lambda: tx.keys.page(after="", limit=9),
                    lambda: tx.stages.page(after="", limit=9),
                )
        for entry in log:
            if isinstance(entry, Failpoint):
                reached.add(entry)

    assert reached == set(Failpoint)


@pytest.mark.dose
def test_an_exception_at_a_failpoint_stops_the_command(sqlite: SqlStore) -> None:
    saved = create(sqlite)

    def interrupt(failpoint: Failpoint) -> None:
        if failpoint is Failpoint.BEFORE_COMMIT:
            raise KeyboardInterrupt

    sqlite.at_failpoint = interrupt
    with pytest.raises(KeyboardInterrupt):
        create(sqlite)
    sqlite.at_failpoint = no_failpoint

    assert refusal(lambda: create(sqlite)) is None
    assert len(sqlite.feed().changes) == saved.seq + 1
