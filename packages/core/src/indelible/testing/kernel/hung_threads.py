"""Requirements on the reports of hung threads."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel import SystemClock
from indelible.kernel.hung_threads import HUNG_SECONDS, HungThreads
from indelible.testing.kernel.task_rates import TaskRatesConformance
from indelible.testing.stores import BEGINNING, AnyStore, enqueue, within

NOW: Final = BEGINNING + timedelta(hours=1)
# SQL stores delete by the database's clock, and refuse a report that does not expire within a day.
LIVE_UNTIL: Final = SystemClock().now() + timedelta(hours=20)
TWO: Final = HungThreads(
    stage="work", process="host-1", threads=2, since=BEGINNING, expires_at=LIVE_UNTIL
)


def report(store: AnyStore, *reports: HungThreads) -> None:
    """Store reports in one transaction."""

    def write(tx: WriteTx) -> None:
        for one in reports:
            tx.tasks.report_hung_threads(one)

    within(store, write)


def live(store: AnyStore, now: datetime = NOW, stage: str | None = None) -> tuple[HungThreads, ...]:
    """Return the reports that have not expired."""
    return store.read(lambda tx: tx.tasks.hung_threads(now, stage=stage))


class HungThreadsConformance(TaskRatesConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_hung_threads_are_listed_by_stage_and_process(self, store: AnyStore) -> None:
        other_process = evolve(TWO, process="host-2", threads=1)
        other_stage = evolve(TWO, stage="also")
        report(store, other_process, TWO, other_stage)

        assert live(store) == (other_stage, TWO, other_process)
        assert live(store, stage="work") == (TWO, other_process)

    def test_a_report_replaces_the_one_before_of_its_process(self, store: AnyStore) -> None:
        later = TWO.renewed(3, NOW)
        report(store, TWO)
        report(store, later)

        assert live(store) == (later,)

    def test_a_report_that_is_not_renewed_expires(self, store: AnyStore) -> None:
        report(store, TWO.renewed(1, NOW))
        end = NOW + timedelta(seconds=HUNG_SECONDS)

        assert len(live(store, end - timedelta(microseconds=1))) == 1
        assert live(store, end) == ()

    def test_a_report_that_is_ended_is_not_listed(self, store: AnyStore) -> None:
        report(store, TWO)
        report(store, TWO.ended(NOW))

        assert live(store) == ()

    def test_a_report_ends_no_sooner_than_it_began(self, store: AnyStore) -> None:
        ahead = evolve(TWO, since=NOW + timedelta(hours=1))
        report(store, ahead.ended(NOW))

        assert live(store, NOW + timedelta(hours=1)) == ()

    def test_only_expired_reports_are_deleted(self, store: AnyStore) -> None:
        report(store, TWO, evolve(TWO, process="ended", expires_at=BEGINNING))

        assert within(store, lambda tx: tx.tasks.prune_hung_threads()) == 1
        assert within(store, lambda tx: tx.tasks.prune_hung_threads()) == 0
        assert live(store, BEGINNING - timedelta(days=1)) == (TWO,)

    def test_a_report_that_is_rolled_back_is_not_stored(self, store: AnyStore) -> None:
        def fail(tx: WriteTx) -> None:
            tx.tasks.report_hung_threads(TWO)
            raise RuntimeError

        with suppress(RuntimeError):
            within(store, fail)
        assert live(store) == ()

    def test_statistics_add_the_hung_threads_of_all_processes(self, store: AnyStore) -> None:
        enqueue(store, "a")
        enqueue(store, "b", stage="quick")
        report(store, TWO, evolve(TWO, process="host-2"))
        report(store, evolve(TWO, process="host-3", expires_at=NOW))

        quick, work = store.read(lambda tx: tx.tasks.backlogs(NOW))
        assert (quick.hung_threads, work.hung_threads) == (0, 2 * TWO.threads)
