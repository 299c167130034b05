"""Count how often an operation waits for PostgreSQL: its round trips, by a proxy.

Statements are not prepared here, since the first use of a prepared statement waits once more.
"""

from collections.abc import Callable, Iterator
from typing import Final

from tests.conftest import POLICY
from tests.doses.bench.rounds import Dose, Measured, Table
from tests.sql.commands import WORKS
from tests.sql.proxy import proxy_to
from tests.testbed import Testbed

from indelible import concepts
from indelible.kernel.task_commands import (
    ClaimTasks,
    CompleteTasks,
    claim_tasks,
    complete_tasks,
)
from indelible.money.handlers.ledger import post_movement, settle
from indelible.testing.money.scenarios import PARTIES, fee, golden
from indelible.testing.stores import MAYA, NOOR, create
from indelible_sql import Pool, SqlStore, open_store

STAGE: Final = "waits"
REASON: Final = "waits"
READ: Final = "get a concept"


def tables(bed: Testbed, _: Dose) -> Iterator[Table]:
    """Count the waits of commands and queries on PostgreSQL."""
    database = bed.postgresql()
    rows: list[Measured] = []
    with proxy_to(database.host, database.port) as proxy:
        store = open_store(proxy.url(database.url), policy=POLICY, pool=Pool(prepare=False))
        create(store)  # opens the connections, and checks the database
        direct = open_store(database.url, policy=POLICY)
        for name, prepare in OPERATIONS.items():
            waits = 0
            for _turn in range(2):  # the second time the store has learned which queries it sends
                act = prepare(store, direct)
                before = proxy.round_trips
                act()
                waits = proxy.round_trips - before
            rows.append(Measured(name=name, unit="round trips", values=(float(waits),)))
        store.dispose()
        direct.dispose()

    yield Table(
        name="waits",
        title="Waits for PostgreSQL",
        description=(
            "The round trips of an operation, with BEGIN and COMMIT. Where the database is on"
            " another machine, each costs 0.3 to 2 ms. A proxy counts them."
        ),
        rows=tuple(rows),
        baseline=READ,
    )


Prepare = Callable[[SqlStore, SqlStore], Callable[[], object]]


def _of_work(name: str) -> Prepare:
    """Return how a command of concepts, keys or captures is prepared."""

    def prepare(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
        work = WORKS[name]
        command = work.prepare(direct)
        actor = NOOR if name == "approve" else MAYA
        return lambda: store.run(work.handler, command, actor=actor, reason=REASON)

    return prepare


def _read(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
    concept_id = create(direct).concept.id
    return lambda: store.read(concepts.get_concept, concept_id)


def _claim(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
    with direct.transaction(actor=MAYA, reason=REASON) as tx:
        tx.tasks.enqueue(STAGE, {"a": tx.clock.now()})
    command = ClaimTasks(stage=STAGE, limit=1, lease_seconds=60)
    return lambda: store.run(claim_tasks, command, actor=MAYA, reason=REASON)


def _complete(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
    with direct.transaction(actor=MAYA, reason=REASON) as tx:
        tx.tasks.enqueue(f"{STAGE}-2", {"a": tx.clock.now()})
    claim = ClaimTasks(stage=f"{STAGE}-2", limit=1, lease_seconds=60)
    leases = direct.run(claim_tasks, claim, actor=MAYA, reason=REASON)
    command = CompleteTasks(leases=leases)
    return lambda: store.run(complete_tasks, command, actor=MAYA, reason=REASON)


def _post(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
    reference = f"reference-{direct.ids.new()}"
    draft = fee(PARTIES[0], reference=reference)
    return lambda: store.run(post_movement, draft, actor=MAYA, reason=REASON)


def _settle(store: SqlStore, direct: SqlStore) -> Callable[[], object]:
    reference = f"reference-{direct.ids.new()}"
    for party in PARTIES:
        draft = fee(party, reference=reference)
        direct.run(post_movement, draft, actor=MAYA, reason=REASON)
    command = golden(f"settlement-{reference}", reference=reference)
    return lambda: store.run(settle, command, actor=MAYA, reason=REASON)


OPERATIONS: Final[dict[str, Prepare]] = {
    READ: _read,
    **{name: _of_work(name) for name in WORKS},
    "claim a task": _claim,
    "complete a task": _complete,
    "post a movement": _post,
    "post a settlement": _settle,
}
