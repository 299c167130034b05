"""Lose the COMMIT of commands, and check that each took effect once and got its right answer."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

from attrs import define, field, frozen
from tests.conftest import POLICY, Awaited, Loop
from tests.feeds import ALL, settled
from tests.sql.proxy import Fault, Proxy, proxy_to

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptSaved
from indelible.testing.stores import CLEARER, MAYA, RATIO, AnyStore, create
from indelible_service.embedded import PostgresServer
from indelible_sql import AsyncSqlStore, SqlStore, open_async_store, open_store, verify
from indelible_sql.maintenance.findings import Finding

HASTE = 0.04  # of the pauses between two questions, in the gate
Handler = Callable[[WriteTx, Any], ConceptSaved]
KINDS = (Fault.CUT, Fault.SWALLOW, Fault.DELAY)


@define
class Lost:
    """The outcome of lost COMMITs by kind: right answers, and runs of the handler."""

    right: Counter[str] = field(factory=Counter[str])
    handled: Counter[str] = field(factory=Counter[str])
    asked_again: int = 0
    seconds: defaultdict[str, list[float]] = field(
        factory=lambda: defaultdict[str, list[float]](list)
    )
    findings: tuple[Finding, ...] = ()


@frozen
class Behind:
    """A store that reaches its database through the proxy, and one that reaches it directly."""

    store: AnyStore
    sql: SqlStore
    direct: SqlStore
    proxy: Proxy
    awaited: AsyncSqlStore | None = None


@contextmanager
def behind(database: PostgresServer, loop: Loop | None) -> Generator[Behind]:
    """Stores on the database; the one behind the proxy is awaited where there is a loop."""
    direct = open_store(database.url, policy=POLICY)
    with proxy_to(database.host, database.port) as proxy:
        url = proxy.url(database.url)
        if loop is None:
            store = open_store(url, policy=POLICY)
            yield Behind(store, store, direct, proxy)
            store.dispose()
        else:
            awaited = open_async_store(url, policy=POLICY)
            yield Behind(
                cast("AnyStore", Awaited(awaited, loop)), awaited.store, direct, proxy, awaited
            )
            loop.wait(awaited.dispose())
    direct.dispose()


def lose(place: Behind, times: int, haste: float = HASTE) -> Lost:
    """Lose the COMMIT of so many creates and edits of each kind."""
    lost, pause = Lost(), place.sql.pause

    def pause_and_release(seconds: float) -> object:
        """The look-up found the transaction in progress, so now it may end."""
        lost.asked_again += 1
        place.proxy.release()
        return pause(seconds * haste)

    place.sql.pause = pause_and_release
    for kind in KINDS:
        for turn in range(times):
            handled, is_right, seconds = _lose_one(place, kind, is_edit=bool(turn % 2))
            lost.seconds[kind.name].append(seconds)
            lost.handled[kind.name] += handled
            lost.right[kind.name] += is_right
    place.sql.pause = pause
    lost.findings = verify(place.direct)
    return lost


def _lose_one(place: Behind, kind: Fault, *, is_edit: bool) -> tuple[int, bool, float]:
    """Return the runs of the handler, whether answer and history are right, and the seconds."""
    before = create(place.direct) if is_edit else None
    end = settled(place.direct).feed(limit=ALL).cursor
    place.proxy.plan(kind)
    counted, runs = _counted(concepts.edit_concept if before else concepts.create_concept)
    command = _edit(before) if before else concepts.CreateConcept(content=RATIO)
    begun = time.monotonic()
    saved: ConceptSaved = place.store.run(counted, command, actor=MAYA, reason="a lost COMMIT")
    seconds = time.monotonic() - begun
    shown = place.direct.read(concepts.get_concept, saved.concept.id)
    changes = settled(place.direct).feed(after=end).changes
    is_right = (shown.concept, shown.version, shown.seq) == (
        saved.concept,
        saved.version,
        saved.seq,
    )
    is_once = [(each.entity_id, each.seq) for each in changes] == [(saved.concept.id, saved.seq)]
    return len(runs), is_right and is_once, seconds


def _edit(before: ConceptSaved) -> concepts.EditConcept:
    return concepts.EditConcept(
        concept_id=before.concept.id,
        expected_seq=before.seq,
        content=CLEARER,
        change_note="a lost edit",
    )


def _counted(handler: Handler) -> tuple[Handler, list[int]]:
    runs: list[int] = []

    def counting(tx: WriteTx, command: Any) -> ConceptSaved:  # noqa: ANN401 - of either handler
        runs.append(1)
        return handler(tx, command)

    return counting, runs
