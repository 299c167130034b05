"""Failpoints stand before and after every statement of every command."""

from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from tests.chaos.commands import WORKS
from tests.sql.statements import Trace, on_postgresql, on_sqlite

from indelible.testing.stores import create, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.engine.failpoints import Failpoint, no_failpoint

Log = list[str | Failpoint]


@pytest.fixture(params=["sqlite", "postgresql"])
def trace(
    request: pytest.FixtureRequest, sqlite_url: str, database: PostgresServer
) -> Generator[Trace]:
    with (
        on_sqlite(sqlite_url)
        if request.param == "sqlite"
        else on_postgresql(database, prepare=False) as found
    ):
        create(found.store)  # connected and admitted
        yield found


@contextmanager
def logged(trace: Trace) -> Generator[Log]:
    """The statements that are sent, and the failpoints that are reached between them."""
    log: Log = []
    seen = len(trace.take())

    def reach(failpoint: Failpoint) -> None:
        nonlocal seen
        sent = trace.take()[seen:]
        seen += len(sent)
        log.extend([*sent, failpoint])

    trace.store.at_failpoint = reach
    yield log
    log.extend(trace.take()[seen:])
    trace.store.at_failpoint = no_failpoint


def between(log: Log) -> list[tuple[Failpoint, list[str], Failpoint]]:
    """The statements between each failpoint and the next, where there are any."""
    places = [at for at, each in enumerate(log) if isinstance(each, Failpoint)]
    assert (places[0], places[-1]) == (0, len(log) - 1)
    found: list[tuple[Failpoint, list[str], Failpoint]] = []
    for start, end in pairwise(places):
        before, after = log[start], log[end]
        assert isinstance(before, Failpoint)
        assert isinstance(after, Failpoint)
        found.append((before, [str(each) for each in log[start + 1 : end]], after))
    return [each for each in found if each[1]]


@pytest.mark.parametrize("key", [None, "key-1"], ids=["without a key", "under a key"])
@pytest.mark.parametrize("name", WORKS)
def test_every_statement_of_every_command_stands_between_two(
    trace: Trace, name: str, key: str | None
) -> None:
    work = WORKS[name]
    command = work.prepare(trace.store)
    with logged(trace) as log:
        work.ask(trace.store, command, key)
    sent = between(log)
    is_sqlite = trace.store.engines.writer.dialect.name == "sqlite"

    assert [before.name.removeprefix("BEFORE_") for before, _, _ in sent] == [
        after.name.removeprefix("AFTER_") for _, _, after in sent
    ]
    if (
        not is_sqlite
    ):  # psycopg sends BEGIN with the first statement: no call of ours comes between them
        assert sent[0][1].pop(0) == "BEGIN"
    assert all(len(statements) == 1 for _, statements, _ in sent)
    assert (len([each for each in log if each is Failpoint.AFTER_RECEIPT])) == (
        1 if key and work.is_receipted else 0
    )
    assert sent[-1] == (Failpoint.BEFORE_COMMIT, ["COMMIT"], Failpoint.AFTER_COMMIT)


def test_all_of_them_are_met(sqlite_url: str, database: PostgresServer) -> None:
    met: set[Failpoint] = set()
    for opening in (on_sqlite(sqlite_url), on_postgresql(database, prepare=True)):
        with opening as trace, logged(trace) as log:
            WORKS["edit"].ask(trace.store, WORKS["edit"].prepare(trace.store), "key-1")
        met |= {each for each in log if isinstance(each, Failpoint)}

    assert met == set(Failpoint)


def test_what_happens_there_stops_the_command(sqlite: SqlStore) -> None:
    saved = create(sqlite)

    def stop(failpoint: Failpoint) -> None:
        if failpoint is Failpoint.BEFORE_COMMIT:
            raise KeyboardInterrupt

    sqlite.at_failpoint = stop
    with pytest.raises(KeyboardInterrupt):
        create(sqlite)
    sqlite.at_failpoint = no_failpoint

    assert refusal(lambda: create(sqlite)) is None
    assert len(sqlite.feed().changes) == saved.seq + 1
