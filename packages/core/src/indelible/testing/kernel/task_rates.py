"""Requirements on claims of a stage with a rate, whatever clock the store has."""

from contextlib import suppress

from indelible.app import WriteTx
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.tasks import Leases
from indelible.testing.kernel.task_commands import TaskCommandsConformance
from indelible.testing.stores import LEASE_END, OVER, AnyStore, do, enqueue, ids, within

# No test takes as long as a permit of this rate.
THREE = RateLimit(tasks=1, per_seconds=86_400, burst=3)
NONE = RateLimit(tasks=0)
MAX_TRIES = 1_000  # each takes longer than a permit of the fast rate on any machine


def claim(
    store: AnyStore, limit: int, rate: RateLimit | None = THREE, *, stage: str = "work"
) -> Leases:
    """Claim tasks of a stage under a rate."""

    def claim_in(tx: WriteTx) -> Leases:
        return tx.tasks.claim(stage, limit=limit, until=LEASE_END, rate=rate)

    return within(store, claim_in)


class TaskRatesConformance(TaskCommandsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_claim_takes_no_more_tasks_than_the_bucket_has_permits(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d", "e")

        assert ids(claim(store, 2)) == ["a", "b"]
        assert ids(claim(store, 9)) == ["c"]
        assert claim(store, 9) == ()

    def test_a_task_that_the_rate_does_not_permit_is_not_leased(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d")
        claim(store, 9)
        task = store.read(lambda tx: tx.tasks.get("work", "d"))

        assert (task.fence, task.attempts, task.lease_owner) == (0, 0, None)
        assert ids(claim(store, 9, None)) == ["d"]

    def test_a_claim_without_tasks_takes_no_permit(self, store: AnyStore) -> None:
        for _ in range(4):
            assert claim(store, 9) == ()
        enqueue(store, "a", "b", "c", "d")

        assert ids(claim(store, 9)) == ["a", "b", "c"]

    def test_claims_under_another_rate_return_no_permit(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d", "e", "f", "g", "h")
        claim(store, 9)

        for _ in range(3):
            claim(store, 1, RateLimit(tasks=1, per_seconds=3_600, burst=1))
            assert claim(store, 9) == ()

    def test_a_rate_of_0_claims_nothing(self, store: AnyStore) -> None:
        enqueue(store, "a")

        assert claim(store, 1, NONE) == ()
        assert ids(claim(store, 1)) == ["a"]

    def test_each_stage_has_its_own_bucket(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d")
        enqueue(store, "e", stage="other")
        claim(store, 9)

        assert ids(claim(store, 9, stage="other")) == ["e"]

    def test_a_claim_that_is_rolled_back_returns_its_permits(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c")
        claim(store, 1)

        def fail(tx: WriteTx) -> None:
            leases = tx.tasks.claim("work", limit=9, until=LEASE_END, rate=THREE)
            assert ids(leases) == ["b", "c"]
            raise RuntimeError

        with suppress(RuntimeError):
            within(store, fail)
        assert ids(claim(store, 9)) == ["b", "c"]

    def test_a_paused_stage_takes_no_permit(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d")
        do(store, pause_stage, PauseStage(stage="work"))

        assert claim(store, 9) == ()

    def test_claims_behind_a_lease_take_permits_too(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c", "d", "e")
        (first,) = claim(store, 1)

        def claim_behind(tx: WriteTx) -> Leases:
            return tx.tasks.claim("work", limit=9, until=LEASE_END, after=first, rate=THREE)

        assert ids(within(store, claim_behind)) == ["b", "c"]

    def test_a_repeated_attempt_takes_another_permit(self, store: AnyStore) -> None:
        enqueue(store, "a")
        for _ in range(3):
            leases = within(
                store, lambda tx: tx.tasks.claim("work", limit=1, until=OVER, rate=THREE)
            )
            assert ids(leases) == ["a"]

        assert claim(store, 1) == ()

    def test_permits_come_back_with_time(self, store: AnyStore) -> None:
        fast = RateLimit(tasks=100_000, burst=1)
        enqueue(store, "a", "b", "c")
        claimed: list[str] = []
        for _ in range(MAX_TRIES):
            if claimed == ["a", "b", "c"]:
                return
            claimed += ids(claim(store, 1, fast))

        raise AssertionError(claimed)
