"""A worker closes each resolved ticket exactly once, whatever fails on the way."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import define, evolve, field
from tests.architecture.sources import ROOT
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host
from tests.examples.mails import (
    MAIL,
    Mail,
    Status,
    Ticket,
    follower,
    mail_stage,
    resolve,
    stages,
    tickets,
)
from tests.workers.bakery import wait_until

from indelible.kernel import Actor, Head, IndelibleError
from indelible.kernel.actions import Command
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RetryLater, Stage
from indelible.kernel.tasks import TaskState
from indelible_service.hosts.modules import host_contexts, host_stages
from indelible_sql import SqlStore, SqlTransaction, open_store, verify
from indelible_workers import process_batch

pytestmark = pytest.mark.slow

__all__ = ["host"]  # the fixture

MAYA, WORKER = Actor.user("maya"), Actor.system("worker")
MODULE = "tests.examples.mails"
MailStage = Stage[SqlTransaction, Mail, None]


@define
class MailServer:
    """A mail server: it sends one mail for each key, and may be down or do something first."""

    keys: list[str] = field(factory=list[str])
    before: Callable[[Mail], object] | None = None
    is_down_after_sending: bool = False

    @property
    def sent(self) -> Counter[str]:
        return Counter(set(self.keys))

    def send(self, mail: Mail) -> str:
        if self.before is not None:
            self.before(mail)
        self.keys.append(mail.key)
        if self.is_down_after_sending:
            self.is_down_after_sending = False
            raise RetryLater("the answer was lost", after_seconds=0)
        return f"mail-{mail.key}"


@pytest.fixture
def store(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url, contexts=(tickets,), policy=POLICY)
    opened.upgrade(host.owner_url)
    yield opened
    assert verify(opened) == ()
    opened.dispose()


def run(store: SqlStore, command: Command[Ticket]) -> Head[Ticket]:
    return store.run(tickets.execute, command, actor=MAYA, reason="a test")


def resolved(store: SqlStore, number: str = "T-1") -> Head[Ticket]:
    """Return a ticket that was resolved by the handler that enqueues its mail."""
    head = run(store, Ticket.open(number=number, requester="ann@example.org"))
    command = Ticket.resolve(head, resolution="Put out.")
    return store.run(resolve, command, actor=MAYA, reason="done")


def process_all(store: SqlStore, stage: MailStage) -> int:
    """Process the due tasks, also those that a failure makes due at once; return how many."""
    number = 0
    while process_batch(store, stage, actor=WORKER):
        number += 1
    return number


def actions(store: SqlStore, head: Head[Ticket]) -> list[tuple[str, str, str]]:
    changes = store.read(tickets.history, head.id)
    return [(change.action, str(change.actor), change.reason) for change in changes]


def state(store: SqlStore, head: Head[Ticket]) -> TaskState:
    return store.read(lambda tx: tx.tasks.get(MAIL, head.id)).state(store.clock.now())


def test_a_ticket_is_closed_once_with_an_actor_and_a_reason(store: SqlStore) -> None:
    server = MailServer()
    head = resolved(store)
    assert process_all(store, mail_stage(store, server.send)) == 1

    closed = store.read(tickets.get, head.id)
    assert (closed.entity.status, closed.entity.mail_id) == (Status.CLOSED, f"mail-{head.id}.2")
    assert actions(store, head) == [
        ("open", "user:maya", "a test"),
        ("resolve", "user:maya", "done"),
        ("close", "system:mailer", "the requester has a mail"),
    ]
    assert server.keys == [f"{head.id}.2"]
    assert state(store, head) is TaskState.COMPLETED


def test_a_refused_resolution_enqueues_nothing(store: SqlStore) -> None:
    head = resolved(store)
    process_all(store, mail_stage(store, MailServer().send))
    with pytest.raises(IndelibleError, match="INVALID_TRANSITION"):
        store.run(resolve, Ticket.resolve(head.id, resolution="x"), actor=MAYA, reason="again")
    assert state(store, head) is TaskState.COMPLETED


def test_a_failed_enqueue_resolves_nothing(store: SqlStore) -> None:
    head = run(store, Ticket.open(number="T-1", requester="ann@example.org"))

    def resolve_and_fail(tx: SqlTransaction, command: Command[Ticket]) -> None:
        resolve(tx, command)
        raise RuntimeError("the process ends")

    with pytest.raises(RuntimeError):
        store.run(resolve_and_fail, Ticket.resolve(head, resolution="x"), actor=MAYA, reason="done")
    assert store.read(tickets.get, head.id).entity.status is Status.OPEN
    assert process_all(store, mail_stage(store, MailServer().send)) == 0


def test_a_mail_whose_answer_is_lost_is_sent_again_with_the_same_key(store: SqlStore) -> None:
    server = MailServer(is_down_after_sending=True)
    head = resolved(store)
    assert process_all(store, mail_stage(store, server.send)) == 2
    assert server.keys == [f"{head.id}.2", f"{head.id}.2"]
    assert [action for action, _, _ in actions(store, head)].count("close") == 1


def test_a_worker_that_fails_after_the_close_closes_and_sends_nothing_again(
    store: SqlStore,
) -> None:
    server = MailServer()
    stage = mail_stage(store, server.send)

    def perform(mail: Mail, handle: LeaseHandle) -> None:
        stage.perform(mail, handle)
        raise RetryLater("the worker fails after its commit", after_seconds=0)

    head = resolved(store)
    assert process_all(store, evolve(stage, perform=perform)) == 2
    assert len(server.keys) == 1
    assert [action for action, _, _ in actions(store, head)] == ["open", "resolve", "close"]
    assert state(store, head) is TaskState.COMPLETED


def test_a_worker_whose_lease_has_ended_closes_nothing(store: SqlStore) -> None:
    server = MailServer()
    head = resolved(store)
    stage = mail_stage(store, server.send)

    def take_over(_: Mail) -> None:
        server.before = None
        with store.transaction(actor=MAYA, reason="the lease has ended") as tx:
            tx.tasks.cancel(MAIL, head.id)

    server.before = take_over
    process_all(store, stage)
    assert store.read(tickets.get, head.id).entity.status is Status.RESOLVED
    assert state(store, head) is TaskState.CANCELED


def test_a_ticket_that_is_reopened_before_its_mail_is_left_alone(store: SqlStore) -> None:
    server = MailServer()
    head = resolved(store)
    run(store, Ticket.reopen(head))
    assert process_all(store, mail_stage(store, server.send)) == 1
    assert (server.keys, state(store, head)) == ([], TaskState.COMPLETED)
    assert store.read(tickets.get, head.id).entity.status is Status.OPEN


def test_a_ticket_that_is_reopened_while_its_mail_is_sent_stays_open(store: SqlStore) -> None:
    server = MailServer()
    head = resolved(store)

    def reopen(mail: Mail) -> None:
        server.before = None
        run(store, Ticket.reopen(mail.ticket))

    server.before = reopen
    process_batch(store, mail_stage(store, server.send), actor=WORKER)
    assert store.read(tickets.get, head.id).entity.status is Status.OPEN
    task = store.read(lambda tx: tx.tasks.get(MAIL, head.id))
    assert (task.error_class, task.attempts) == ("Stale", 1)

    again = Ticket.resolve(head.id, resolution="Put out again.")
    store.run(resolve, again, actor=MAYA, reason="done")
    process_all(store, mail_stage(store, server.send))
    assert server.keys == [f"{head.id}.2", f"{head.id}.4"]
    assert store.read(tickets.get, head.id).entity.mail_id == f"mail-{head.id}.4"


def test_the_follower_enqueues_the_mail_of_a_ticket_that_was_resolved_elsewhere(
    store: SqlStore,
) -> None:
    head = run(store, Ticket.open(number="T-1", requester="ann@example.org"))
    run(store, Ticket.resolve(head, resolution="Put out."))
    stage = follower(store).stage()
    with store.transaction(actor=WORKER, reason="worker start") as tx:
        tx.tasks.enqueue(stage.name, {"tickets_to_mail": tx.clock.now()})
    process_batch(store, stage, actor=WORKER)

    server = MailServer()
    assert process_all(store, mail_stage(store, server.send)) == 1
    assert [action for action, _, _ in actions(store, head)] == ["open", "resolve", "close"]


def test_the_module_exports_its_stages_and_its_context(store: SqlStore) -> None:
    names = [stage.name for stage in host_stages([MODULE], store)]
    assert names == [stage.name for stage in stages(store)] == [MAIL, "follow_tickets"]
    assert host_contexts([MODULE], store) == [tickets]


@contextmanager
def worker(host: HostDatabase, redis_url: str, directory: Path) -> Generator[subprocess.Popen[str]]:
    """Run a worker process in a group of its own, and kill what is left of it."""
    environment = os.environ | {
        "DATABASE_URL": host.url,
        "INDELIBLE_REDIS_URL": redis_url,
        "INDELIBLE_CONTEXTS": MODULE,
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
        "INDELIBLE_DATA_DIR": str(directory),
    }
    command = [sys.executable, "-m", "indelible_service", "work", "--alone", "--module", MODULE]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.dose
def test_workers_that_are_killed_close_each_ticket_once(
    host: HostDatabase, store: SqlStore, redis_url: str, tmp_path: Path
) -> None:
    heads = [resolved(store, f"T-{number}") for number in range(12)]

    def closed() -> int:
        return len(store.read(tickets.list, status=Status.CLOSED))

    with worker(host, redis_url, tmp_path) as process:
        wait_until(lambda: closed() > 0)
        os.killpg(process.pid, signal.SIGKILL)
    with worker(host, redis_url, tmp_path) as process:
        wait_until(lambda: closed() == len(heads))
        in_console = run(store, Ticket.open(number="T-99", requester="ann@example.org"))
        run(store, Ticket.resolve(in_console, resolution="Put out."))
        wait_until(lambda: closed() == len(heads) + 1)  # the follower has enqueued its mail
        # a worker that was killed between a close and its task's end leaves the task to the next
        wait_until(lambda: all(state(store, head) is TaskState.COMPLETED for head in heads))
        wait_until(lambda: state(store, in_console) is TaskState.COMPLETED)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0

    for head in (*heads, in_console):
        assert [action for action, _, _ in actions(store, head)] == ["open", "resolve", "close"]
