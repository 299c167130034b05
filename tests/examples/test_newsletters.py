"""A long task continues where it stopped, and another one runs in a child process."""

from collections.abc import Generator
from functools import partial

import pytest
from attrs import define, field
from sqlalchemy import create_engine, func, insert, select
from tests.conftest import POLICY
from tests.examples.newsletters import (
    CUSTOMERS,
    METADATA,
    SENT,
    newsletter,
    order_picture,
    pictures,
    send_all,
    stages,
)
from tests.workers.bakery import enqueue, get_task

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease, Priority
from indelible_sql import SqlReading, SqlStore, open_store
from indelible_workers import process_batch

EDITOR = Actor.system("editor")
ADDRESSES = [f"customer-{number}@shop.example" for number in range(5)]


@define
class Mailbox:
    """Letters that were sent, and a number of them after which the task is asked to stop."""

    letters: list[str] = field(factory=list[str])
    handle: LeaseHandle | None = None

    def post(self, _: str, address: str) -> None:
        self.letters.append(address)
        if self.handle is not None and len(self.letters) == 2:
            self.handle.request_stop(StopReason.SHUTDOWN)


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    engine = create_engine(sqlite_url)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(CUSTOMERS), [{"address": address} for address in ADDRESSES])
    engine.dispose()
    opened = open_store(sqlite_url, policy=POLICY)
    yield opened
    opened.dispose()


def claim(store: SqlStore, stage: str) -> Lease:
    enqueue(store, "june", stage=stage)
    with store.transaction(actor=EDITOR, reason="a claim") as tx:
        (lease,) = tx.tasks.claim(stage, limit=1, until=tx.clock.now())
    return lease


def count_sent(store: SqlStore) -> int:
    def count(tx: SqlReading) -> int:
        return int(tx.connection.execute(select(func.count()).select_from(SENT)).scalar_one())

    return store.read(count)


def test_a_newsletter_continues_where_it_stopped(store: SqlStore) -> None:
    handle = LeaseHandle(claim(store, "newsletter"))
    mailbox = Mailbox(handle=handle)
    with pytest.raises(PerformStopped):
        send_all(store, mailbox.post, "june", handle)
    assert count_sent(store) == 2

    assert process_batch(store, newsletter(store, mailbox.post), actor=EDITOR) == 1

    assert mailbox.letters == ADDRESSES
    assert get_task(store, "june", "newsletter").due_at is None


def test_nothing_is_noted_under_a_lost_lease(store: SqlStore) -> None:
    lost = LeaseHandle(claim(store, "newsletter"))
    with store.transaction(actor=EDITOR, reason="another worker") as tx:
        tx.tasks.complete([lost.lease])

    send = partial(send_all, store, Mailbox().post, "june")
    with pytest.raises(LeaseLost):
        send(lost)
    assert count_sent(store) == 0


def test_an_ordered_picture_has_arguments_and_is_urgent_and_can_be_canceled(
    store: SqlStore,
) -> None:
    store.run(order_picture, "portrait", actor=EDITOR, reason="ordered")
    task = get_task(store, "portrait", "picture")
    assert (task.arguments, task.priority) == ({"lines": 400}, Priority.HIGH)

    cancellation = CancelTask(stage="picture", entity_id="portrait")
    store.run(cancel_task, cancellation, actor=EDITOR, reason="the customer has left")
    assert get_task(store, "portrait", "picture").cancel_reason == "the customer has left"
    assert process_batch(store, pictures(), actor=EDITOR) == 0


@pytest.mark.slow
def test_a_picture_is_drawn_in_a_child_process(store: SqlStore) -> None:
    enqueue(store, "portrait", stage="picture")

    assert process_batch(store, pictures(), actor=EDITOR) == 1

    assert get_task(store, "portrait", "picture").due_at is None
    assert [stage.name for stage in stages(store)] == ["newsletter", "picture"]
