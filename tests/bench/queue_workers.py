"""Claims and completes work until the time is over; nothing is done with what is claimed."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from attrs import frozen
from tests.bench.queue_tally import Asked, Tally
from tests.bench.statements import Sent
from tests.sql.drivers import watched

from indelible import tokens
from indelible.kernel import Actor, Head
from indelible.kernel.tasks import Lease
from indelible.tokens import Token
from indelible.tokens.rules import GENERATE
from indelible_sql import SqlStore, SqlTransaction, open_store

WHO, WHY = Actor.system("worker"), "its turn has come"
LEASE: Final = timedelta(seconds=60)
SEEN: Final = "seen"
IMAGE: Final = "/images/one.png"
After = Lease | None
Cycle = Callable[[], int]


@frozen
class Claim:
    """The next claim of a worker."""

    stage: str
    limit: int
    after: After


def repeated(tally: Tally, cycle: Cycle) -> None:
    """Claim and complete until the time is over, or nothing is left; the first time is for caches."""
    cycle()
    cycle()
    tally.begin()
    while not tally.is_over and (done := cycle()):
        tally.did(done)


def leased(asked: Asked, tally: Tally) -> None:
    """Ours, with no other write than the lease and its end."""
    store = open_store(asked["url"])
    last: After = None

    def cycle() -> int:
        nonlocal last
        begun = time.perf_counter()
        leases = run(store, claimed, Claim(asked["stage"], asked["batch"], last))
        tally.claimed(begun)
        run(store, lambda tx, leases: tx.tasks.complete(leases), leases)
        last = leases[-1] if leases else None
        return len(leases)

    repeated(tally, cycle)
    store.dispose()


def audited(asked: Asked, tally: Tally) -> None:
    """Ours, with two changes of status, each of them recorded in the transaction of the claim or of its end."""
    store = open_store(asked["url"])
    last: After = None

    def cycle() -> int:
        nonlocal last
        begun = time.perf_counter()
        leases, begun_tokens = run(store, _begun, Claim(GENERATE, asked["batch"], last))
        tally.claimed(begun)
        run(store, _made, (leases, begun_tokens))
        last = leases[-1] if leases else None
        return len(leases)

    repeated(tally, cycle)
    store.dispose()


def run(store: SqlStore, handler: Callable[[SqlTransaction, Any], Any], command: object) -> Any:  # noqa: ANN401
    """What the handler gives."""
    return store.run(handler, command, actor=WHO, reason=WHY)


def claimed(tx: SqlTransaction, claim: Claim) -> tuple[Lease, ...]:
    """What is due behind the last claim; where nothing is, whatever is due."""
    until = tx.clock.now() + LEASE
    found = tx.tasks.claim(claim.stage, limit=claim.limit, until=until, after=claim.after)
    return found or tx.tasks.claim(claim.stage, limit=claim.limit, until=until)


def _begun(tx: SqlTransaction, claim: Claim) -> tuple[tuple[Lease, ...], list[Head[Token]]]:
    leases = claimed(tx, claim)
    return leases, [head for head in tokens.start_generation(tx, leases) if head]


def _made(tx: SqlTransaction, given: tuple[tuple[Lease, ...], list[Head[Token]]]) -> None:
    leases, begun = given
    tx.tasks.complete(leases)
    tokens.finish_generation(tx, [(head, IMAGE) for head in begun])


@frozen
class Queue:
    """The statements of a claim behind a hint and of its end, as a store was seen to send them."""

    claim: Sent
    finish: Sent


def seen(url: str) -> Queue:
    """What a store sends."""
    store, sent = open_store(url), list[Sent]()
    watched(store.engines.writer).before.append(
        lambda text, values: sent.append(Sent(text, values))
    )
    now = datetime.now(UTC)
    run(
        store,
        lambda tx, dues: tx.tasks.enqueue(SEEN, dues),
        {f"{now.timestamp()}-{each}": now for each in range(2)},
    )
    first = run(store, claimed, Claim(SEEN, 1, None))
    leases = (
        run(store, claimed, Claim(SEEN, 1, first[0])) or first
    )  # another worker may look at the same time
    run(store, lambda tx, leases: tx.tasks.complete(leases), leases)
    store.dispose()
    claims = [each for each in sent if "after_id" in (each.values or ())]
    finishes = [each for each in sent if "fenced" in (each.values or ())]
    return Queue(claims[0], finishes[0])


def bare(asked: Asked, tally: Tally) -> None:
    """The same rows and the same two statements, each a transaction of its own, by the bare driver."""
    queue = seen(asked["url"])
    claim, finish = (
        each.text.replace("indelible.", asked["place"]).encode()
        for each in (queue.claim, queue.finish)
    )
    stage = {"of_stage": asked["stage"]}
    hint: dict[str, Any] = {"after_due": datetime(2000, 1, 1, tzinfo=UTC), "after_id": ""}
    with psycopg.connect(asked["bare_url"], autocommit=True) as connection:
        cursor = connection.cursor()

        def cycle() -> int:
            begun, now = time.perf_counter(), datetime.now(UTC)
            given = {
                **queue.claim.values,
                **stage,
                **hint,
                "now": now,
                "until": now + LEASE,
                "limit": asked["batch"],
            }
            rows = cursor.execute(claim, given, prepare=True).fetchall()
            tally.claimed(begun)
            if rows:
                cursor.execute(
                    finish, {**queue.finish.values, **stage, **fenced(rows)}, prepare=True
                )
                assert cursor.rowcount == len(rows)
                hint["after_due"], hint["after_id"] = max((row[3], row[0]) for row in rows)
            return len(rows)

        repeated(tally, cycle)


def fenced(rows: list[Any]) -> Mapping[str, str]:
    """What the end of claims is given."""
    return {
        "ids": json.dumps([row[0] for row in rows]),
        "fenced": json.dumps([f"{row[0]} {row[1]}" for row in rows]),
    }


WAYS: Final[Mapping[str, Callable[[Asked, Tally], object]]] = {
    "bare": bare,
    "leased": leased,
    "audited": audited,
}
