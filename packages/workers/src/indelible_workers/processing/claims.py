"""Claims of a stage's tasks, each behind the one before."""

from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from indelible.kernel import Actor, Store
from indelible.kernel.breaker_commands import claim_probe
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.task_commands import ClaimTasks, claim_tasks
from indelible.kernel.tasks import Lease, Leases
from indelible_workers.worker import ClaimPosition, Worker

# Claims continue behind the last claimed task, so that finished rows are not scanned again.
# A short claim restarts at the front, but at most this often.
MIN_RESTART_SECONDS: Final = 1
# Every claim restarts at the front after this time, because an expired lease of a dead process
# lies before the position.
MAX_RESTART_SECONDS: Final = 15

Tx = TypeVar("Tx", bound=TasksWrite)


@frozen(kw_only=True)
class StageClaims(Generic[Tx]):
    """Claims batches of a stage's tasks for a worker."""

    store: Store[TasksRead, Tx]
    stage: Stage[Tx, Any, Any]
    actor: Actor
    worker: Worker

    def claim(self, tx: Tx) -> tuple[Leases, ClaimPosition]:
        """Claim a batch in a transaction that writes more; return where the next claim begins."""
        limit = self.stage.batch
        now = self.worker.clock.monotonic()
        position = self._current_position(now)

        leases = self._claim_in(tx, limit, position.after)
        restarted_at = position.restarted_at
        is_short = len(leases) < limit
        if position.after and is_short and now - restarted_at > MIN_RESTART_SECONDS:
            restarted_at = now
            leases += self._claim_in(tx, limit - len(leases), None)
        if not leases:
            leases = self._claim_probe(tx)
        if len(leases) < limit:
            self._delay_if_rate_limited(tx)

        suspect = self._isolate_suspect(tx, leases)
        if suspect is not None:
            return (suspect,), ClaimPosition(None, now)
        return leases, _next_position(position, leases, restarted_at, now)

    def claim_alone(self) -> tuple[Leases, ClaimPosition]:
        """Claim a batch with no other write; return where the next claim begins.

        A claim that is committed is kept, so only an empty one restarts at the front.
        """
        now = self.worker.clock.monotonic()
        position = self._current_position(now)
        leases = self._claim_after(position.after)
        if not leases and position.after and now - position.restarted_at > MIN_RESTART_SECONDS:
            position = ClaimPosition(None, now)
            leases = self._claim_after(None)

        is_repeated = any(lease.attempt > 1 for lease in leases)
        if is_repeated:
            reason = f"claim of {self.stage.name} tasks"
            with self.store.transaction(actor=self.actor, reason=reason) as tx:
                suspect = self._isolate_suspect(tx, leases)
            if suspect is not None:
                return (suspect,), ClaimPosition(None, now)
        return leases, _next_position(position, leases, position.restarted_at, now)

    def _claim_in(self, tx: Tx, limit: int, after: Lease | None) -> tuple[Lease, ...]:
        until = tx.clock.now() + timedelta(seconds=self.stage.lease_seconds)
        return tx.tasks.claim(
            self.stage.name, limit=limit, until=until, after=after, rate=self.stage.rate
        )

    def _claim_probe(self, tx: Tx) -> tuple[Lease, ...]:
        """Claim one task of a stage that its breaker has paused, if a probe is due."""
        breaker = self.stage.breaker
        if breaker is None:
            return ()

        until = tx.clock.now() + timedelta(seconds=self.stage.lease_seconds)
        return claim_probe(tx, self.stage.name, breaker, until=until, rate=self.stage.rate)

    def _delay_if_rate_limited(self, tx: Tx) -> None:
        """Delay the next claim if tasks are left that the stage's rate does not permit yet."""
        rate = self.stage.rate
        if rate is None:
            return

        if tx.tasks.count_ready(self.stage.name, tx.clock.now(), limit=1):
            self.worker.delay_claims(self.stage.name, rate)

    def _claim_after(self, after: Lease | None) -> Leases:
        command = ClaimTasks(
            stage=self.stage.name,
            limit=self.stage.batch,
            lease_seconds=self.stage.lease_seconds,
            after=after,
        )
        reason = f"claim of {self.stage.name} tasks"
        return self.store.run(claim_tasks, command, actor=self.actor, reason=reason)

    def _current_position(self, now: float) -> ClaimPosition:
        position = self.worker.claim_positions.get(self.stage.name)
        if position is None or now - position.restarted_at > MAX_RESTART_SECONDS:
            return ClaimPosition(None, now)

        return position

    def _isolate_suspect(self, tx: Tx, leases: Leases) -> Lease | None:
        """Return the first task that may have killed its process, and release the others.

        It is tried alone, so that it costs no other an attempt.
        """
        suspect = self._first_suspect(tx, leases)
        if suspect is not None:
            others = [lease for lease in leases if lease is not suspect]
            tx.tasks.release(others)
        return suspect

    def _first_suspect(self, tx: Tx, leases: Leases) -> Lease | None:
        """Return the first task of a larger batch whose last attempt ended without a record."""
        if self.stage.batch == 1:
            return None

        for lease in leases:
            if _ended_without_record(tx, lease):
                return lease

        return None


def _ended_without_record(tx: TasksWrite, lease: Lease) -> bool:
    if lease.attempt <= 1:
        return False

    attempts = tx.tasks.attempts_of(lease.stage, lease.entity_id, limit=1)
    return [attempt.fence for attempt in attempts] != [lease.fence - 1]


def _next_position(
    position: ClaimPosition, leases: Leases, restarted_at: float, now: float
) -> ClaimPosition:
    """Return the position behind the leases, or the same one behind which nothing was found."""
    if position.after is None:
        restarted_at = now
    last = leases[-1] if leases else position.after
    return ClaimPosition(last, restarted_at)
