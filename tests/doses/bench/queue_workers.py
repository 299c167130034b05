"""Workers of ours that claim and complete tasks until their time is over, and do nothing else."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from attrs import evolve, frozen
from tests.doses.bench.queue_tally import Options, Tally
from tests.doses.bench.statements import Sent
from tests.sql.drivers import watched

from indelible import tokens
from indelible.kernel import Actor, Head
from indelible.kernel.task_commands import ClaimTasks, CompleteTasks, claim_tasks, complete_tasks
from indelible.kernel.tasks import Lease, Priority
from indelible.policy import Policy
from indelible.tokens import Token
from indelible.tokens.rules.tasks import GENERATE_STAGE, UPLOAD_STAGE, TokenPolicy
from indelible_sql import SqlStore, SqlTransaction, open_store
from indelible_sql.kernel.task_terms import behind_parameters

WITH_STAGES: Final = Policy(tokens=TokenPolicy(stages=(GENERATE_STAGE, UPLOAD_STAGE)))
WORKER, REASON = Actor.system("worker"), "its turn has come"
LEASE: Final = timedelta(seconds=60)
RECORDED_STAGE: Final = "recorded"
AFTER_DUE, AFTER_ID = behind_parameters(Priority.NORMAL)  # the one that all tasks have
IMAGE: Final = "/images/one.png"
Cycle = Callable[[], int]
Leases = tuple[Lease, ...]
Started = list[Head[Token]]


@frozen
class Claim:
    """The next claim of a worker, behind its last lease."""

    stage: str
    limit: int
    after: Lease | None


def repeat(tally: Tally, cycle: Cycle) -> None:
    """Claim and complete until the time is over or nothing is left; two cycles fill caches."""
    cycle()
    cycle()
    tally.wait_for_start()
    while not tally.is_over:
        completed = cycle()
        if not completed:
            return
        tally.count(completed)


def run_leased(options: Options, tally: Tally) -> None:
    """Claim and complete with no other write than the lease and its end."""
    store = open_store(options["url"], policy=WITH_STAGES)
    last: Lease | None = None

    def cycle() -> int:
        nonlocal last
        started_at = time.perf_counter()
        leases = claim_alone(store, Claim(options["stage"], options["batch"], last))
        tally.count_claim(started_at)
        run(store, complete_tasks, CompleteTasks(leases=leases))
        last = leases[-1] if leases else None
        return len(leases)

    repeat(tally, cycle)
    store.dispose()


def run_audited(options: Options, tally: Tally) -> None:
    """Claim and complete with a change of status in the transaction of each."""
    store = open_store(options["url"], policy=WITH_STAGES)
    last: Lease | None = None

    def cycle() -> int:
        nonlocal last
        started_at = time.perf_counter()
        leases, heads = run(store, _start_generation, Claim(GENERATE_STAGE, options["batch"], last))
        tally.count_claim(started_at)
        run(store, _finish_generation, (leases, heads))
        last = leases[-1] if leases else None
        return len(leases)

    repeat(tally, cycle)
    store.dispose()


def run(store: SqlStore, handler: Callable[[SqlTransaction, Any], Any], command: object) -> Any:  # noqa: ANN401 - the handler's result
    """Run a handler as the worker."""
    return store.run(handler, command, actor=WORKER, reason=REASON)


def claim_alone(store: SqlStore, claim: Claim) -> Leases:
    """Claim what is due behind the last lease, or else whatever is due, with no other write."""
    command = ClaimTasks(stage=claim.stage, limit=claim.limit, after=claim.after)
    leases: Leases = run(store, claim_tasks, command)
    if leases or claim.after is None:
        return leases

    return claim_alone(store, evolve(claim, after=None))


def claim_together(tx: SqlTransaction, claim: Claim) -> Leases:
    """Claim the same tasks in a transaction that writes more."""
    until = tx.clock.now() + LEASE
    leases = tx.tasks.claim(claim.stage, limit=claim.limit, until=until, after=claim.after)
    return leases or tx.tasks.claim(claim.stage, limit=claim.limit, until=until)


def _start_generation(tx: SqlTransaction, claim: Claim) -> tuple[Leases, Started]:
    leases = claim_together(tx, claim)
    heads = tokens.start_generation(tx, leases)
    return leases, [head for head in heads if head]


def _finish_generation(tx: SqlTransaction, started: tuple[Leases, Started]) -> None:
    leases, heads = started
    tx.tasks.complete(leases)
    tokens.finish_generation(tx, [(head, IMAGE) for head in heads])


@frozen
class QueueStatements:
    """The statements of a claim behind a lease and of its end, as the store sends them."""

    claim: Sent
    complete: Sent


def record_statements(url: str) -> QueueStatements:
    """Claim and complete a task through the store, and record the statements."""
    store = open_store(url, policy=WITH_STAGES)
    sent: list[Sent] = []
    watch = watched(store.engines.writer)
    watch.before.append(lambda text, values: sent.append(Sent(text, values)))

    now = datetime.now(UTC)
    dues = {f"{now.timestamp()}-{number}": now for number in range(2)}
    run(store, lambda tx, dues: tx.tasks.enqueue(RECORDED_STAGE, dues), dues)
    first = claim_alone(store, Claim(RECORDED_STAGE, 1, None))
    # Another worker may record at the same time and have taken the second task.
    leases = claim_alone(store, Claim(RECORDED_STAGE, 1, first[0])) or first
    run(store, complete_tasks, CompleteTasks(leases=leases))
    store.dispose()

    claims = [statement for statement in sent if AFTER_ID in (statement.values or ())]
    ends = [statement for statement in sent if "ids_with_fences" in (statement.values or ())]
    return QueueStatements(claims[0], ends[0])


def run_bare(options: Options, tally: Tally) -> None:
    """Send the same two statements by the bare driver, each in a transaction of its own."""
    recorded = record_statements(options["url"])
    claim = recorded.claim.text.replace("indelible.", options["schema"]).encode()
    end = recorded.complete.text.replace("indelible.", options["schema"]).encode()
    claim_values = {
        **recorded.claim.values,
        "task_stage": options["stage"],
        "limit": options["batch"],
        AFTER_DUE: datetime(2000, 1, 1, tzinfo=UTC),
        AFTER_ID: "",
    }
    end_values = {**recorded.complete.values, "task_stage": options["stage"]}

    with psycopg.connect(options["bare_url"], autocommit=True) as connection:
        cursor = connection.cursor()

        def cycle() -> int:
            started_at = time.perf_counter()
            now = datetime.now(UTC)
            claim_values.update(now=now, until=now + LEASE)
            rows = cursor.execute(claim, claim_values, prepare=True).fetchall()
            tally.count_claim(started_at)
            if not rows:
                return 0

            cursor.execute(end, {**end_values, **fences_of(rows)}, prepare=True)
            assert cursor.rowcount == len(rows)
            due, entity_id = max((row[3], row[0]) for row in rows)
            claim_values.update({AFTER_DUE: due, AFTER_ID: entity_id})
            return len(rows)

        repeat(tally, cycle)


def fences_of(rows: Sequence[Any]) -> Mapping[str, str]:
    """Return the values of the statement that completes claimed rows."""
    return {
        "ids": json.dumps([row[0] for row in rows]),
        "ids_with_fences": json.dumps([f"{row[0]} {row[1]}" for row in rows]),
    }


WAYS: Final[Mapping[str, Callable[[Options, Tally], object]]] = {
    "bare": run_bare,
    "leased": run_leased,
    "audited": run_audited,
}
