"""Test payloads that two transactions add at once, and records whose transaction has no change."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from tests.sql.conftest import code

from indelible.kernel.payloads import Payload
from indelible.kernel.rejections import list_rejections, record_rejection
from indelible.kernel.stages import PauseStage
from indelible.kernel.values import TextBlank
from indelible.kernel.webhooks import RecordWebhookRejection, record_webhook_rejection
from indelible.testing.stores import BEGINNING, MAYA
from indelible_sql import SqlStore, SqlTransaction, seal, verify

CONTENT = b'{"leaderboard": []}'
FIRST = Payload.of(CONTENT, content_type="application/json", received_at=BEGINNING)
LATER = Payload.of(CONTENT, content_type="text/html", received_at=BEGINNING + timedelta(minutes=1))


def add(tx: SqlTransaction, payload: Payload) -> Payload:
    return tx.payloads.add(payload)


def test_of_two_transactions_with_the_same_bytes_the_second_gets_the_first_payload(
    store: SqlStore,
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with store.transaction(actor=MAYA, reason="a test") as tx:
            assert tx.payloads.add(FIRST) == FIRST
            second = threads.submit(store.run, add, LATER, actor=MAYA, reason="a test")

        assert second.result() == FIRST

    assert store.read(lambda tx: tx.payloads.get(FIRST.digest)) == FIRST


def test_bytes_that_were_changed_behind_the_guards_are_not_returned(
    sqlite: SqlStore, sqlite_url: str
) -> None:
    sqlite.run(add, FIRST, actor=MAYA, reason="a test")
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("DROP TRIGGER payloads_no_update")
        connection.execute("UPDATE payloads SET bytes = x'00', size = 1")
        connection.commit()

    error = code(lambda: sqlite.read(lambda tx: tx.payloads.get(FIRST.digest)))
    assert error == "ROW_UNREADABLE"


@pytest.mark.slow
def test_seals_cover_payloads_and_rejections(store: SqlStore) -> None:
    store.run(add, FIRST, actor=MAYA, reason="a test")
    record_rejection(
        store, PauseStage(stage="upload"), TextBlank("reason"), actor=MAYA, reason="a test"
    )
    (rejection,) = store.read(list_rejections)
    refused = RecordWebhookRejection.of("alchemy", "INVALID_SIGNATURE", b"{}")
    store.run(record_webhook_rejection, refused, actor=MAYA, reason="a test")

    sealed = seal(store, actor=MAYA, reason="a test")

    assert sealed is not None
    assert sealed.records == len((FIRST, rejection, refused))
    assert verify(store) == ()
