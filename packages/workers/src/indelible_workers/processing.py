"""Work is claimed and committed, performed with no transaction open, and finished with its fence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from time import monotonic, sleep
from traceback import format_exception_only, format_tb
from typing import Final, Generic, TypeVar

from attrs import frozen

from indelible.kernel import Actor, OutcomeUnknown, Store, Unavailable
from indelible.kernel.stages import (
    MAX_BACKOFF_SECONDS,
    PermanentFailure,
    RetryLater,
    Stage,
    TasksRead,
    TasksWrite,
    backoff_seconds,
)
from indelible.kernel.tasks import Lease, LeaseLost, Leases
from indelible_workers.worker import Worker, logger

SOON_SECONDS: Final = (
    1  # a claim that comes short begins at the front, but not sooner than this after the last one
)
LATE_SECONDS: Final = (
    15  # every claim does, after this: what was leased to a dead process is behind its place
)
FINISHES: Final = 4  # a second apart, while the database is away
LONGEST_SECONDS: Final = 31 * 86_400  # that work may ask to be put off
ADDRESS: Final = re.compile(
    r"(://|\burl: ?)[^\s'\"<>]+", re.IGNORECASE
)  # with its password, or key in it
SECRET: Final = re.compile(
    r"((?:(authorization|cookie)|password|passwd|passphrase|pwd|secret|token|(?:api|access|private)[ _-]?key)"
    r"(?:['\"]\s*,|\\{0,4}['\"]?\s*[=:])\s*|\b(?:bearer|basic)\s+)"
    r"(?:b?\\{0,4}(?:'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?)"
    r"|(?(2)[^'\"\r\n]+|(?:(?:bearer|basic|token)\s+)?[^\s'\",;)}]+))",
    re.IGNORECASE | re.DOTALL,
)
PRIVATE: Final = re.compile(r"(-----BEGIN)(?:(?!-----END).)*", re.DOTALL)
Tx = TypeVar("Tx", bound=TasksWrite)
W = TypeVar("W")
O = TypeVar("O")  # noqa: E741 - an outcome, as the design calls it


def process_batch(
    store: Store[TasksRead, Tx],
    stage: Stage[Tx, W, O],
    *,
    actor: Actor,
    shift: Worker | None = None,
) -> int:
    """Claim a batch of the stage's work and do it; how much was claimed.

    A process that drains again and again gives its shift, which remembers how far it came.
    """
    if shift is None:
        with Worker(store=store, actor=actor).heartbeat() as alone:
            return process_batch(store, stage, actor=actor, shift=alone)
    return (
        0
        if shift.ended.is_set()
        else _Drain(store=store, stage=stage, actor=actor, shift=shift).run()
    )


@frozen(kw_only=True)
class _Drain(Generic[Tx, W, O]):
    store: Store[TasksRead, Tx]
    stage: Stage[Tx, W, O]
    actor: Actor
    shift: Worker

    def run(self) -> int:
        leases, works = self._claim()
        with self.shift.hold_leases(self.stage, leases):
            for lease in filter(self._is_spent, leases):
                self._failed(
                    lease,
                    PermanentFailure(
                        f"{lease.attempt - 1} attempts began, and of the last nothing was heard"
                    ),
                )
            if done := list(self._perform(self._one_by_one(leases) if works is None else works)):
                self._finish(done)
        return len(leases)

    def _claim(self) -> tuple[Leases, Iterable[tuple[Lease, W | None]] | None]:
        """The leases, and what `perform` needs; None instead where the stage refused to say that of all at once."""
        works: Iterable[tuple[Lease, W | None]] | None
        try:
            with self._transaction("claims work") as tx:
                leases, place = self._lease(tx)
                works = self._asked(tx, leases)
        except Exception as error:  # noqa: BLE001 - the database's own come again, and go their way then
            logger.warning(
                "%s: claims one by one, because of %s", self.stage.name, type(error).__name__
            )
            self.shift.places.pop(self.stage.name, None)
            works = None  # what was said of leases whose COMMIT was refused is not of those that come now
            with self._transaction("claims work that is asked for one by one") as tx:
                leases, place = self._lease(tx)
        self.shift.places[self.stage.name] = place
        self.shift.count(self.stage.name, "claimed", len(leases))
        return leases, works

    def _lease(self, tx: Tx) -> tuple[Leases, tuple[Lease | None, float]]:
        limit, now = self.stage.batch, monotonic()
        until = tx.clock.now() + timedelta(seconds=self.stage.lease_seconds)
        after, front_at = self.shift.places.get(self.stage.name, (None, now))
        if now - front_at > LATE_SECONDS:
            after, front_at = None, now
        leases = tx.tasks.claim(self.stage.name, limit=limit, until=until, after=after)
        if after and len(leases) < limit and now - front_at > SOON_SECONDS:
            front_at = now
            leases += tx.tasks.claim(self.stage.name, limit=limit - len(leases), until=until)
        if alone := next(
            (each for each in leases if limit > 1 and self._is_unheard(tx, each)), None
        ):
            tx.tasks.release(
                [each for each in leases if each is not alone]
            )  # what kills is to kill no other's attempt
            return (alone,), (None, now)
        return leases, (leases[-1] if leases else after, front_at if after else now)

    def _is_unheard(self, tx: Tx, lease: Lease) -> bool:
        """Whether it was claimed before, and nothing is known of what became of that."""
        heard = (
            tx.tasks.attempts_of(lease.stage, lease.entity_id, limit=1) if lease.attempt > 1 else ()
        )
        return lease.attempt > 1 and [each.fence for each in heard] != [lease.fence - 1]

    def _asked(self, tx: Tx, leases: Leases) -> list[tuple[Lease, W | None]]:
        fresh = [lease for lease in leases if not self._is_spent(lease)]
        if fresh and self.stage.batch == 1:
            tx.tasks.record_start(fresh)
        return list(zip(fresh, self.stage.claim(tx, fresh), strict=True)) if fresh else []

    def _one_by_one(self, leases: Leases) -> Iterator[tuple[Lease, W | None]]:
        for lease in leases:
            try:
                with self._transaction("claims one piece of work") as tx:
                    works = self._asked(tx, [lease])
            except Exception as error:  # noqa: BLE001 - this is the poison one
                self._failed(lease, error)
            else:
                yield from works

    def _perform(
        self, works: Iterable[tuple[Lease, W | None]]
    ) -> Iterator[tuple[Lease, Sequence[tuple[W, O]]]]:
        unbegun: list[Lease] = []
        for lease, work in works:
            if self.shift.ended.is_set() and self.stage.batch > 1:
                unbegun.append(lease)
                continue
            try:
                done = () if work is None else ((work, self.stage.perform(work)),)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever work raises, it is this work that failed
                self._failed(lease, error)
            else:
                yield lease, done
        if unbegun:
            with self._transaction("gives back work, as its process ends,") as tx:
                tx.tasks.release(unbegun)
            self.shift.count(self.stage.name, "released", len(unbegun))

    def _finish(
        self, done: Sequence[tuple[Lease, Sequence[tuple[W, O]]]], tries: int = FINISHES
    ) -> None:
        """Finish all at once, or, where that is refused, each by itself: one that is poison holds up no other.

        What is done is not done again for a fault of the database: that is asked again, and the fence sees to the rest.
        """
        try:
            with self._transaction("finishes work") as tx:
                tx.tasks.complete([lease for lease, _ in done])
                if outcomes := [each for _, some in done for each in some]:
                    self.stage.finish(tx, outcomes)
        except Exception as error:  # noqa: BLE001 - the database's own come again, and go their way then
            is_fault = isinstance(error, Unavailable | OutcomeUnknown) and not isinstance(
                error, RetryLater
            )
            if is_fault and tries > 1:
                sleep(SOON_SECONDS)
                self._finish(done, tries - 1)
            elif len(done) > 1:
                for each in done:
                    self._finish([each], tries)
            elif (
                isinstance(error, LeaseLost) and tries < FINISHES
            ):  # by a COMMIT, perhaps, whose answer was lost
                logger.warning(
                    "%s: %s was finished already, or is lost", self.stage.name, error.entity_id
                )
            else:
                self._failed(done[0][0], error)
        else:
            self.shift.count(self.stage.name, "finished", len(done))
            self.shift.told.set()  # a stage that comes after may have work now

    def _failed(self, lease: Lease, error: BaseException) -> None:
        asked = error.after_seconds if isinstance(error, RetryLater) else None
        pause = (
            asked
            if isinstance(asked, int | float) and 0 <= asked <= LONGEST_SECONDS
            else backoff_seconds(lease)
        )
        try:
            if isinstance(error, LeaseLost):
                raise error
            if not isinstance(
                error, RetryLater | PermanentFailure
            ):  # raised by mistake: where, but no value: a secret, maybe
                logger.warning(
                    "%s: an error in\n%s", self.stage.name, "".join(format_tb(error.__traceback__))
                )
            if isinstance(error, PermanentFailure) or lease.attempt >= self.stage.max_attempts:
                self._bury(lease, reason_of(error))
            else:
                self._put_off(lease, reason_of(error), pause)
        except LeaseLost:
            logger.warning(
                "%s: what was done with %s was too late", self.stage.name, lease.entity_id
            )
            self.shift.count(self.stage.name, "lost")

    def _bury(self, lease: Lease, reason: str) -> None:
        try:
            with self._transaction("buries work") as tx:
                is_dead = tx.tasks.mark_dead(lease, reason=reason)
                if is_dead and self.stage.on_dead:
                    self.stage.on_dead(tx, lease, reason)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the stage will not have it dead: it is tried for ever, rarely
            self._put_off(lease, reason_of(error), MAX_BACKOFF_SECONDS)
        else:
            logger.error(
                "%s: %s is %s: %s",
                self.stage.name,
                lease.entity_id,
                "dead" if is_dead else "due anew",
                reason,
            )
            self.shift.count(self.stage.name, "buried" if is_dead else "put_off")

    def _put_off(self, lease: Lease, reason: str, seconds: float) -> None:
        with self._transaction("puts work off") as tx:
            tx.tasks.retry_later(
                lease, due_at=tx.clock.now() + timedelta(seconds=seconds), reason=reason
            )
        logger.warning("%s: %s is put off: %s", self.stage.name, lease.entity_id, reason)
        self.shift.count(self.stage.name, "put_off")

    def _is_spent(self, lease: Lease) -> bool:
        return lease.attempt > self.stage.max_attempts

    def _transaction(self, reason: str) -> AbstractContextManager[Tx]:
        return self.store.transaction(actor=self.actor, reason=f"{reason} of {self.stage.name}")


def reason_of(error: BaseException) -> str:
    """The error's class and message, without what may be a secret and without control characters, cut."""
    said = (
        error.reason
        if isinstance(error, PermanentFailure | RetryLater)
        else "".join(format_exception_only(error))
    )
    masked = SECRET.sub(r"\1***", ADDRESS.sub(r"\1***", PRIVATE.sub(r"\1***", said[:10_000])))
    line = " ".join("".join(each if each.isprintable() else " " for each in masked).split())
    return line[:1_000] or type(error).__name__  # as long as a reason may be
