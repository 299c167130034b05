"""Requirements on the one query that tells a dispatcher what is due and when to look again."""

from datetime import datetime, timedelta
from typing import Final

from indelible.app import ReadTx
from indelible.kernel.breakers import BREAKER
from indelible.kernel.demand import Demand, StageDemand
from indelible.kernel.stages import PauseStage, ResumeStage, pause_stage, resume_stage
from indelible.kernel.task_commands import EnqueueTask, enqueue_task
from indelible.kernel.tasks import Priority
from indelible.kernel.transaction import single_statement
from indelible.testing.kernel.breakers import plan_probe_now, trip
from indelible.testing.kernel.task_runs import MAILS
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    MAYA,
    AnyStore,
    claim,
    create,
    do,
    enqueue,
    within,
)
from indelible.testing.suite import Suite

LATER: Final = BEGINNING + timedelta(hours=1)
EVENING: Final = LATER + timedelta(hours=1)
NIGHT: Final = LATER + timedelta(hours=2)
MICROSECOND: Final = timedelta(microseconds=1)


@single_statement
def _demand(tx: ReadTx, stages: tuple[str, ...], now: datetime, limit: int) -> Demand:
    return tx.tasks.demand(stages, now, limit=limit)


def demands(
    store: AnyStore, *stages: str, now: datetime = LATER, limit: int = 9
) -> list[StageDemand]:
    """Return the demand of each stage."""
    return list(store.read(_demand, stages, now, limit).stages)


def last_change(store: AnyStore) -> str:
    """Return the name of the last change."""
    return store.read(_demand, ("work",), LATER, 1).last_change


def demand_of(stage: str, **fields: object) -> StageDemand:
    """Return the demand of a stage without tasks, except for these fields."""
    values: dict[str, object] = {
        "due": 0,
        "next_due": None,
        "paused_by": None,
        "probe_at": None,
        **fields,
    }
    return StageDemand(stage=stage, **values)  # type: ignore[arg-type] # each has its type


class TaskDemandsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_the_demand_of_all_stages_is_one_answer(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", due_at=BEGINNING)
        enqueue(store, "later", due_at=NIGHT)
        enqueue(store, "first", stage="also", due_at=EVENING)
        claim(store)

        assert demands(store, "work", "none", "also") == [
            demand_of("also", next_due=EVENING),
            demand_of("none"),
            demand_of("work", due=2, next_due=NIGHT),
        ]
        assert demands(store, "also", now=EVENING) == [demand_of("also", due=1)]
        assert demands(store) == []

    def test_tasks_of_all_priorities_are_in_demand_up_to_the_limit(self, store: AnyStore) -> None:
        for priority in Priority:
            for due_at in (BEGINNING, NIGHT - timedelta(minutes=priority)):
                command = EnqueueTask(
                    stage=MAILS,
                    entity_id=f"{priority.name}-{due_at:%H}",
                    due_at=due_at,
                    priority=priority,
                )
                do(store, enqueue_task, command)

        first = NIGHT - timedelta(minutes=Priority.LOW)
        assert demands(store, "work") == [demand_of("work", due=3, next_due=first)]
        assert demands(store, "work", limit=2) == [demand_of("work", due=2, next_due=first)]

    def test_a_task_is_in_demand_again_at_the_end_of_its_lease(self, store: AnyStore) -> None:
        enqueue(store, "a")
        claim(store, until=EVENING)

        times = (EVENING - MICROSECOND, EVENING)
        assert [demands(store, "work", now=at)[0].due for at in times] == [0, 1]

    def test_a_pause_says_who_decided_it(self, store: AnyStore) -> None:
        enqueue(store, "a")
        do(store, pause_stage, PauseStage(stage="work"))
        (paused,) = demands(store, "work")
        do(store, resume_stage, ResumeStage(stage="work"))
        (resumed,) = demands(store, "work")

        assert paused == demand_of("work", due=1, paused_by=MAYA)
        assert paused.claimable(FAR, has_breaker=True) == 0
        assert resumed == demand_of("work", due=1)

    def test_a_breaker_demands_one_task_when_its_probe_is_due(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        trip(store)
        within(store, plan_probe_now)
        (demand,) = demands(store, "work")

        probe_at = demand.probe_at
        assert (demand.paused_by, demand.due) == (BREAKER, 2)
        assert probe_at is not None
        before = probe_at - timedelta(seconds=1)
        assert [demand.claimable(at, has_breaker=True) for at in (before, probe_at)] == [0, 1]
        assert [demand.next_at(at) for at in (before, probe_at)] == [probe_at, None]
        assert demand.claimable(probe_at, has_breaker=False) == 0

    def test_the_last_change_is_named(self, store: AnyStore) -> None:
        names = [last_change(store)]
        for _ in range(2):
            create(store)
            names.append(last_change(store))
        enqueue(store, "a")

        assert len(set(names)) == len(names)
        assert last_change(store) == names[-1]
