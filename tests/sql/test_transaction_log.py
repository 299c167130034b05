"""Test that the log says what became of each transaction, and holds statements only on request."""

import logging

import pytest
from tests.sql.conftest import code
from tests.sql.faults import CREATE, create_in_block

from indelible import concepts
from indelible.testing.stores import MAYA, create, edit
from indelible_sql import SqlStore
from indelible_sql.engine.failpoints import Failpoint, no_failpoint

REASON = "first draft"


class Broken(Exception):
    """An error that is not the library's."""


def lines(caplog: pytest.LogCaptureFixture, start: str) -> list[str]:
    """Return the messages that start so."""
    return [message for message in caplog.messages if message.startswith(start)]


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "indelible")
    return caplog


@pytest.mark.parametrize("failpoint", [*Failpoint])
def test_a_commit_is_logged_after_it_happened(
    failpoint: Failpoint, store: SqlStore, log: pytest.LogCaptureFixture
) -> None:
    """A command that fails at a failpoint before the end of COMMIT is logged as rolled back."""
    saved = create(store)
    reached: list[Failpoint] = []

    def fail(reached_now: Failpoint) -> None:
        if reached_now is failpoint:
            reached.append(failpoint)
            raise Broken

    log.clear()
    store.at_failpoint = fail
    try:
        edit(store, saved)
    except Broken:
        assert reached
    store.at_failpoint = no_failpoint

    is_committed = not reached or failpoint is Failpoint.AFTER_COMMIT
    assert store.read(concepts.get_concept, saved.concept.id).seq == 1 + is_committed
    assert len(lines(log, "committed: 1 changes by user:")) == is_committed
    assert len(lines(log, "rolled back with Broken by user:")) == (not is_committed)


def test_a_refusal_is_logged_with_its_code(store: SqlStore, log: pytest.LogCaptureFixture) -> None:
    saved = create(store)
    edit(store, saved)
    log.clear()

    assert code(edit, store, saved) == "STALE"
    (line,) = lines(log, "rolled back with STALE by ")
    assert "reason" in line
    assert lines(log, "committed") == []


def test_a_block_is_logged_when_it_ends(store: SqlStore, log: pytest.LogCaptureFixture) -> None:
    with store.transaction(actor=MAYA, reason=REASON) as tx:
        concepts.create_concept(tx, CREATE)
        assert lines(log, "committed") == []

    assert len(lines(log, f"committed: 1 changes by {MAYA}, reason '{REASON}'")) == 1


def test_statements_are_logged_only_on_request(
    store: SqlStore, log: pytest.LogCaptureFixture
) -> None:
    create(store)
    assert [line for line in log.messages if "INSERT" in line or "SELECT" in line] == []

    log.set_level(logging.DEBUG, "indelible.sql.statements")
    create_in_block(store)
    assert [line for line in log.messages if "INSERT" in line] != []
