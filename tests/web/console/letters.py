"""Tasks of a stage `letters` in every state, for tests of the console."""

from datetime import timedelta

from tests.web.console.visitor import Page, Site, Visitor
from tests.web.minting import EARLIER, WORKER, acted, claimed

from indelible.kernel.hung_threads import HungThreads
from indelible.kernel.task_commands import CompleteTasks, complete_tasks
from indelible.kernel.tasks import Task
from indelible.testing.stores import FAR, AnyStore

TASKS = "/console/tasks"


def operator(site: Site) -> Visitor:
    return site.member("console", "admin")


def assert_shown(page: Page, *texts: str) -> None:
    for text in texts:
        assert text in page.words


def completed(store: AnyStore, stage: str, *entity_ids: str) -> None:
    """Complete tasks, one after the other."""
    for entity_id in entity_ids:
        lease = claimed(store, stage, entity_id)
        command = CompleteTasks(leases=(lease,))
        store.run(complete_tasks, command, actor=WORKER, reason="a test")


def letter(site: Site, entity_id: str) -> Task:
    """Return a task of the stage `letters`."""
    return site.store.read(lambda tx: tx.tasks.get("letters", entity_id))


def set_clock_to_last_finish(site: Site) -> None:
    """Set the clock to the time at which `letter-2` finished, which is a database's own."""
    task = letter(site, "letter-2")
    assert task.finished_at is not None
    site.clock.time = task.finished_at


def died(store: AnyStore, entity_id: str, error_class: str, reason: str) -> None:
    """Let a letter die."""
    lease = claimed(store, "letters", entity_id)
    acted(store, lambda tx: tx.tasks.mark_dead(lease, reason=reason, error_class=error_class))


def one_in_each_state(site: Site) -> None:
    """Create a task of the stage `letters` in every state, and set the clock within its lease."""
    store = site.store
    completed(store, "letters", "completed-1")
    died(store, "dead-1", "ValueError", "no such street")
    lease = claimed(store, "letters", "running-1")
    site.clock.time = lease.until - timedelta(minutes=5)
    acted(store, lambda tx: tx.tasks.enqueue("letters", {"canceled-1": EARLIER}))
    acted(store, lambda tx: tx.tasks.cancel("letters", "canceled-1"))
    acted(store, lambda tx: tx.tasks.enqueue("letters", {"waiting-1": EARLIER}))


def report_hung(site: Site, threads: int, stage: str = "letters") -> None:
    """Report hung threads of a stage that has a task."""
    acted(site.store, lambda tx: tx.tasks.enqueue(stage, {"hung-1": FAR}))
    now = site.clock.now()
    report = HungThreads(stage=stage, process="host:1", threads=threads, since=now, expires_at=now)
    acted(site.store, lambda tx: tx.tasks.report_hung_threads(report.renewed(threads, now)))
