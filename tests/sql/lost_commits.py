"""Lose the COMMIT of commands; check that each took effect once and returned the right result."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

from attrs import define, field, frozen
from tests.conftest import POLICY, Loop, SyncFacade
from tests.feeds import ALL, wait_for_complete_feed
from tests.sql.proxy import Fault, Proxy, proxy_to

from indelible import concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptSaved
from indelible.testing.stores import CLEARER, MAYA, RATIO, AnyStore, create
from indelible_service.embedded import PostgresServer
from indelible_sql import AsyncSqlStore, SqlStore, open_async_store, open_store, verify
from indelible_sql.schema.findings import Finding

SHORT_PAUSES = 0.04  # by what the gate multiplies the pauses between two look-ups of an outcome
Handler = Callable[[WriteTx, Any], ConceptSaved]
KINDS = (Fault.CUT, Fault.SWALLOW, Fault.DELAY)


@define
class LostCommits:
    """The outcome of lost COMMITs: by fault, right results, runs of the handler, and latencies."""

    right: Counter[str] = field(factory=Counter[str])
    handler_runs: Counter[str] = field(factory=Counter[str])
    seconds: defaultdict[str, list[float]] = field(
        factory=lambda: defaultdict[str, list[float]](list)
    )
    pauses: int = 0
    findings: tuple[Finding, ...] = ()


@frozen
class ProxiedStore:
    """A store that reaches its database through a proxy, and one that reaches it directly."""

    store: AnyStore
    sql: SqlStore
    direct: SqlStore
    proxy: Proxy
    async_store: AsyncSqlStore | None = None


@frozen
class Outcome:
    """The outcome of one lost COMMIT."""

    handler_runs: int
    is_right: bool
    seconds: float


@contextmanager
def proxied_store(database: PostgresServer, loop: Loop | None) -> Generator[ProxiedStore]:
    """Open a store through a proxy; with a loop, it is an async store."""
    direct = open_store(database.url, policy=POLICY)
    with proxy_to(database.host, database.port) as proxy:
        url = proxy.url(database.url)
        if loop is None:
            store = open_store(url, policy=POLICY)
            yield ProxiedStore(store, store, direct, proxy)
            store.dispose()
        else:
            async_store = open_async_store(url, policy=POLICY)
            store_in_loop = cast("AnyStore", SyncFacade(async_store, loop))
            yield ProxiedStore(store_in_loop, async_store.store, direct, proxy, async_store)
            loop.wait(async_store.dispose())
    direct.dispose()


def lose_commits(
    proxied: ProxiedStore, times: int, pause_factor: float = SHORT_PAUSES
) -> LostCommits:
    """Lose the COMMIT of this number of commands for each kind of fault."""
    lost = LostCommits()
    pause = proxied.sql.pause

    def release_and_pause(seconds: float) -> object:
        # The store pauses because its look-up found the transaction in progress: let it end.
        lost.pauses += 1
        proxied.proxy.release()
        return pause(seconds * pause_factor)

    proxied.sql.pause = release_and_pause
    for kind in KINDS:
        for number in range(times):
            outcome = _lose_commit(proxied, kind, is_edit=number % 2 == 1)
            lost.seconds[kind.name].append(outcome.seconds)
            lost.handler_runs[kind.name] += outcome.handler_runs
            lost.right[kind.name] += outcome.is_right
    proxied.sql.pause = pause

    lost.findings = verify(proxied.direct)
    return lost


def _lose_commit(proxied: ProxiedStore, kind: Fault, *, is_edit: bool) -> Outcome:
    """Lose the COMMIT of a create or an edit; check its result and its changes."""
    handler: Handler = concepts.create_concept
    command: concepts.CreateConcept | concepts.EditConcept = concepts.CreateConcept(content=RATIO)
    if is_edit:
        handler = concepts.edit_concept
        command = _edit_command(create(proxied.direct))
    handler, runs = _counted(handler)
    cursor = wait_for_complete_feed(proxied.direct).feed(limit=ALL).cursor
    proxied.proxy.plan(kind)

    start = time.monotonic()
    saved: ConceptSaved = proxied.store.run(handler, command, actor=MAYA, reason="a lost COMMIT")
    seconds = time.monotonic() - start

    changes = wait_for_complete_feed(proxied.direct).feed(after=cursor).changes
    has_one_effect = [(change.entity_id, change.seq) for change in changes] == [
        (saved.concept.id, saved.seq)
    ]
    is_right = has_one_effect and _is_stored(proxied.direct, saved)
    return Outcome(len(runs), is_right, seconds)


def _is_stored(store: SqlStore, saved: ConceptSaved) -> bool:
    """Return whether the concept and its version are stored as they were returned."""
    view = store.read(concepts.get_concept, saved.concept.id)
    stored = (view.concept, view.version, view.seq)
    return stored == (saved.concept, saved.version, saved.seq)


def _edit_command(saved: ConceptSaved) -> concepts.EditConcept:
    return concepts.EditConcept(
        concept_id=saved.concept.id,
        expected_seq=saved.seq,
        content=CLEARER,
        change_note="a lost edit",
    )


def _counted(handler: Handler) -> tuple[Handler, list[int]]:
    """Return a handler with the same effect, and a list that grows with each of its runs."""
    runs: list[int] = []

    def count_and_run(tx: WriteTx, command: Any) -> ConceptSaved:  # noqa: ANN401 - any command
        runs.append(1)
        return handler(tx, command)

    return count_and_run, runs
