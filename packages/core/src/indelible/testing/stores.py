"""Clocks, ids, transactions and short scenarios of concepts and tasks for all suites."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Idempotency, IndelibleError, Store
from indelible.kernel.tasks import Lease

R = TypeVar("R")
Command = TypeVar("Command")
AnyStore = Store[ReadTx, WriteTx]

MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
FAR: Final = BEGINNING + timedelta(days=900)  # later than any instant of a test's clock
LEASE_END: Final = BEGINNING + timedelta(hours=20)  # of a lease that does not expire in a test
OVER: Final = BEGINNING  # the end of a lease that has expired
RATIO = concepts.ConceptContent(
    name="Ratio", definition="A comparison of two quantities by division."
)
CLEARER = concepts.ConceptContent(
    name="Ratio", definition="How many times one quantity holds another."
)


class TickingClock:
    """A clock that advances by one second with each call, until a test stops it at an instant."""

    def __init__(self, start: datetime = BEGINNING) -> None:
        self._now = start
        self._is_stopped = False

    def now(self) -> datetime:
        """Return the next second, or the instant at which the clock was stopped."""
        if not self._is_stopped:
            self._now += timedelta(seconds=1)
        return self._now

    def stop_at(self, instant: datetime) -> None:
        """Stand still at an instant, so that a test sees the boundary itself."""
        self._now = instant
        self._is_stopped = True


class CountedIds:
    """Ids and secrets that are the same in every run."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        """Return the next id."""
        self._count += 1
        return f"id-{self._count:08d}"

    def secret(self) -> str:
        """Return the next secret, which is predictable."""
        return self.new().encode().hex()


def do(
    store: AnyStore,
    handler: Callable[[WriteTx, Command], R],
    command: Command,
    *,
    actor: Actor = MAYA,
    idempotency: Idempotency[R] | None = None,
) -> R:
    """Run the handler and return its result."""
    return store.run(
        handler,
        command,
        actor=actor,
        reason="a test",
        request_id="request-1",
        idempotency=idempotency,
    )


def within(store: AnyStore, work: Callable[[WriteTx], R]) -> R:
    """Return what `work` returns, run in one transaction."""

    def handler(tx: WriteTx, _: None) -> R:
        return work(tx)

    return do(store, handler, None)


def stop_clock(store: AnyStore, instant: datetime) -> None:
    """Stop the `TickingClock` of a store at an instant."""

    def stop(tx: WriteTx) -> None:
        assert isinstance(tx.clock, TickingClock), tx.clock
        tx.clock.stop_at(instant)

    within(store, stop)


def create(
    store: AnyStore, content: concepts.ConceptContent = RATIO, *, corrects: str | None = None
) -> concepts.ConceptSaved:
    """Create a concept."""
    return do(
        store, concepts.create_concept, concepts.CreateConcept(content=content, corrects=corrects)
    )


def edit(
    store: AnyStore,
    saved: concepts.ConceptSaved,
    content: concepts.ConceptContent = CLEARER,
    *,
    actor: Actor = MAYA,
) -> concepts.ConceptSaved:
    """Edit the concept and return it at its next version."""
    command = concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=content,
        change_note="says it more clearly",
    )
    return do(store, concepts.edit_concept, command, actor=actor)


def submit(store: AnyStore, saved: concepts.ConceptSaved) -> concepts.ConceptSaved:
    """Submit the concept and return it in REVIEW."""
    command = concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=saved.seq)
    return do(store, concepts.submit_concept, command)


def approve(
    store: AnyStore, saved: concepts.ConceptSaved, *, actor: Actor = NOOR
) -> concepts.ConceptSaved:
    """Approve the concept and return it in APPROVED."""
    command = concepts.ApproveConcept(concept_id=saved.concept.id, expected_seq=saved.seq)
    return do(store, concepts.approve_concept, command, actor=actor)


def publish(store: AnyStore, saved: concepts.ConceptSaved) -> concepts.ConceptSaved:
    """Publish the concept and return it in PUBLISHED."""
    command = concepts.PublishConcept(concept_id=saved.concept.id, expected_seq=saved.seq)
    return do(store, concepts.publish_concept, command)


def published(store: AnyStore) -> concepts.ConceptSaved:
    """Create a concept and take it through all states to PUBLISHED."""
    return publish(store, approve(store, submit(store, create(store))))


def refusal(attempt: Callable[[], Any]) -> IndelibleError | None:
    """Return the error that the attempt raises, or None."""
    try:
        attempt()
    except IndelibleError as error:
        return error
    return None


def enqueue(store: AnyStore, *ids: str, stage: str = "work", due_at: datetime = BEGINNING) -> None:
    """Enqueue tasks."""
    within(store, lambda tx: tx.tasks.enqueue(stage, dict.fromkeys(ids, due_at)))


def claim(
    store: AnyStore, limit: int = 1, *, stage: str = "work", until: datetime = LEASE_END
) -> tuple[Lease, ...]:
    """Claim tasks that are due."""
    return within(store, lambda tx: tx.tasks.claim(stage, limit=limit, until=until))


def attempt_numbers(leases: Iterable[Lease]) -> list[int]:
    """Return the number of the attempt that each lease allows."""
    return [lease.attempt for lease in leases]


def ids(tasks: Iterable[Any]) -> list[str]:
    """Return the entity ids of leases or of tasks."""
    return [task.entity_id for task in tasks]
