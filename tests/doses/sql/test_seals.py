"""Seals cover every finished change once, and show what the owner of a database has erased."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from attrs import evolve
from tests.feeds import changes, wait_for_complete_feed
from tests.sql.conftest import opened
from tests.sql.lost_commits import proxied_store
from tests.sql.proxy import Fault
from tests.sql.unguarded import execute_unguarded

from indelible import concepts
from indelible.kernel import Actor, Idempotency
from indelible.kernel.seals import Seal
from indelible.testing.captures.scenarios import A, worked
from indelible.testing.stores import (
    CLEARER,
    MAYA,
    RATIO,
    claim,
    create,
    do,
    edit,
    enqueue,
    submit,
    within,
)
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    Fault as VerifyFault,
)
from indelible_sql import (
    Finding,
    SqlStore,
    export_histories,
    import_histories,
    newest_seal,
    rebuild,
    seal,
    verify,
)
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.seal_tables import SEALS
from indelible_sql.maintenance import seals
from indelible_sql.store.transactions import KernelTransaction

pytestmark = pytest.mark.slow

SEALER = Actor.system("sealer")
SEALERS = 4
PREVIOUS_REVISION = """
    UPDATE {prefix}concepts
    SET (seq, status, current_version, hash, updated_at) = (
      SELECT seq, to_state, version, hash, at
      FROM {prefix}history
      WHERE lifecycle = 'concept' AND entity_id = '{id}' AND seq = {seq} - 1
    )
    WHERE id = '{id}'
"""
ERASED_LAST_CHANGE = (
    PREVIOUS_REVISION,
    "DELETE FROM {prefix}history WHERE entity_id = '{id}' AND seq = {seq}",
)
ERASED_ENTITY = (
    "DELETE FROM {prefix}concepts WHERE id = '{id}'",
    "DELETE FROM {prefix}concept_warnings WHERE concept_id = '{id}'",
    "DELETE FROM {prefix}concept_versions WHERE concept_id = '{id}'",
    "DELETE FROM {prefix}history WHERE entity_id = '{id}'",
)
ERASED_SEALS = ("DELETE FROM {prefix}seal_records", "DELETE FROM {prefix}seals")
RECORD_ERASURES = {
    "receipts": ("DELETE FROM {prefix}receipts",),
    "signals": (
        "DELETE FROM {prefix}artifacts",
        "DELETE FROM {prefix}centroids",
        "DELETE FROM {prefix}signals",
    ),
}
ERASURES = {"a whole entity": ERASED_ENTITY, "a last change": ERASED_LAST_CHANGE}


def seal_now(store: SqlStore) -> Seal:
    """Seal all changes, also those that a transaction of another test hides for a moment."""
    newest = seal(wait_for_complete_feed(store), actor=SEALER, reason="a test")
    assert newest is not None
    return newest


def all_seals(store: SqlStore) -> tuple[Seal, ...]:
    return store.read(
        lambda tx: fetch_all(tx.session, Seal, SEALS.select().order_by(SEALS.c.number), {})
    )


def seal_faults(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Return the number of each seal with a finding, and the detail."""
    return [
        (finding.entity_id, finding.detail)
        for finding in found
        if finding.fault is VerifyFault.SEAL
    ]


def erase(url: str, statements: tuple[str, ...], saved: concepts.ConceptSaved) -> None:
    """Erase as the owner of the database, so that nothing is left but the seals."""
    values = {"prefix": "{prefix}", "id": saved.concept.id, "seq": saved.seq}
    execute_unguarded(url, [statement.format(**values) for statement in statements])


@pytest.fixture
def owner_url(store: SqlStore, request: pytest.FixtureRequest) -> str:
    """Return the address by which the owner of the store's database connects."""
    if store.engines.writer.dialect.name == "sqlite":
        return store.own_url

    database: PostgresServer = request.getfixturevalue("database")
    return database.admin_url


def test_every_finished_change_is_covered_once(store: SqlStore) -> None:
    saved = create(store)
    seal_now(store)
    for _ in range(3):
        saved = edit(store, saved)
    seal_now(store)
    create(store, evolve(RATIO, name="Rate"))
    newest = seal_now(store)

    sealed = all_seals(store)
    assert [one.changes for one in sealed] == [1, 3, 1]
    assert sum(one.changes for one in sealed) == len(changes(store))
    assert newest == sealed[-1] == newest_seal(store)
    assert verify(store, against=sealed[0].reference) == ()
    assert verify(store, against=newest.reference) == ()


def test_nothing_new_makes_no_new_seal(store: SqlStore) -> None:
    assert seal(store, actor=SEALER, reason="a test") is None
    assert newest_seal(store) is None
    create(store)
    first = seal_now(store)

    assert seal_now(store) == first
    assert all_seals(store) == (first,)


def test_concurrent_sealers_make_one_chain(store: SqlStore) -> None:
    saved = create(store)
    for _ in range(3):
        saved = edit(store, saved)
        with ThreadPoolExecutor(SEALERS) as threads:
            sealed = list(threads.map(seal_now, [store] * SEALERS))
        assert len({newest.reference for newest in sealed}) == 1

    assert sum(sealed.changes for sealed in all_seals(store)) == len(changes(store))
    assert verify(store, against=seal_now(store).reference) == ()


def test_a_seal_covers_the_changes_before_its_call_whoever_seals_meanwhile(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = seals.read_unsealed
    create(store)
    read_by_scheduler = wait_for_complete_feed(store).read(original)
    create(store, evolve(RATIO, name="Rate"))
    wait_for_complete_feed(store)
    calls = 0

    def read_unsealed(tx: KernelTransaction) -> seals.Unsealed:
        """Let the scheduler save what it has read between our first read and our save."""
        nonlocal calls
        if calls == 1:
            calls += 1
            return read_by_scheduler
        unsealed = original(tx)
        calls += 1
        if calls == 1:
            seal(store, actor=SEALER, reason="the scheduler")
        return unsealed

    monkeypatch.setattr(seals, "read_unsealed", read_unsealed)
    newest = seal(store, actor=SEALER, reason="a test")

    assert [sealed.changes for sealed in all_seals(store)] == [1, 1]
    assert newest == newest_seal(store)
    assert verify(store) == ()


@pytest.mark.slow
def test_a_change_of_an_open_transaction_is_sealed_later(
    database: PostgresServer, postgresql: SqlStore
) -> None:
    create(postgresql)
    sealed = seal_now(postgresql)
    with (
        opened(database.url) as other,
        other.transaction(actor=MAYA, reason="an open transaction") as tx,
    ):
        concepts.create_concept(tx, concepts.CreateConcept(content=evolve(RATIO, name="Open")))
        create(postgresql, evolve(RATIO, name="Later"))

        assert seal(postgresql, actor=SEALER, reason="a test") == sealed

    assert seal_now(postgresql).changes == 2
    assert verify(postgresql) == ()


@pytest.mark.parametrize("erasure", ERASURES)
def test_an_erasure_before_the_newest_seal_is_found(
    store: SqlStore, owner_url: str, erasure: str
) -> None:
    create(store, evolve(RATIO, name="Rate"))
    saved = submit(store, create(store))
    sealed = seal_now(store)

    erase(owner_url, ERASURES[erasure], saved)

    lost = 2 if erasure == "a whole entity" else 1
    detail = f"covers 3 changes, of which {3 - lost} are stored"
    assert seal_faults(verify(store)) == [("1", detail)]
    assert seal_faults(verify(store, against=sealed.reference)) == [("1", detail)]


@pytest.mark.slow
@pytest.mark.parametrize("erasure", ERASURES)
def test_without_a_seal_an_erasure_leaves_no_trace(
    database: PostgresServer, postgresql: SqlStore, erasure: str
) -> None:
    create(postgresql, evolve(RATIO, name="Rate"))
    seal_now(postgresql)
    saved = submit(postgresql, create(postgresql))

    erase(database.admin_url, ERASURES[erasure], saved)

    assert verify(postgresql) == ()


@pytest.mark.parametrize("record", RECORD_ERASURES)
def test_an_erased_record_outside_of_the_feed_is_found(
    store: SqlStore, owner_url: str, record: str
) -> None:
    scenario, *_ = worked(store)
    scenario.capture(A)
    idempotency = Idempotency("order-1", concepts.ConceptSaved)
    command = concepts.CreateConcept(content=RATIO)
    saved = do(store, concepts.create_concept, command, idempotency=idempotency)
    sealed = seal_now(store)
    assert sealed.records == 2

    erase(owner_url, RECORD_ERASURES[record], saved)

    (fault,) = seal_faults(verify(store))
    assert fault[0] == "1"
    assert fault[1].startswith(f"{record}: no row has the sealed hash")


def test_a_seal_covers_attempts(store: SqlStore) -> None:
    create(store)
    enqueue(store, "a")
    leases = claim(store)
    within(store, lambda tx: tx.tasks.record_start(leases))

    assert seal_now(store).records == 1
    assert verify(store) == ()


def test_many_records_are_sealed_in_several_parts(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MAX_RECORDS", 2)
    for number in range(5):
        idempotency = Idempotency(f"order-{number}", concepts.ConceptSaved)
        command = concepts.CreateConcept(content=evolve(RATIO, name=f"Rate {number}"))
        do(store, concepts.create_concept, command, idempotency=idempotency)

    newest = seal_now(store)

    assert [(sealed.changes, sealed.records) for sealed in all_seals(store)] == [
        (5, 2),
        (0, 2),
        (0, 1),
    ]
    assert verify(store, against=newest.reference) == ()


@pytest.mark.parametrize("erasure", ERASURES)
def test_an_erasure_with_new_seals_differs_from_the_seal_that_was_noted(
    store: SqlStore, owner_url: str, erasure: str
) -> None:
    """The owner removes the seals with the changes, and seals the rest again."""
    create(store, evolve(RATIO, name="Rate"))
    saved = submit(store, create(store))
    noted = seal_now(store)

    erase(owner_url, (*ERASURES[erasure], *ERASED_SEALS), saved)
    assert seal_faults(verify(store)) == []
    assert seal_faults(verify(store, against=noted.reference)) == [
        ("1", "the seal that was noted outside is missing")
    ]

    renewed = seal_now(store)
    detail = f"its hash is {renewed.hash}, but {noted.hash} was noted outside"
    assert seal_faults(verify(store)) == []
    assert seal_faults(verify(store, against=noted.reference)) == [("1", detail)]


def test_a_change_that_is_replaced_with_its_hash_is_found(store: SqlStore, owner_url: str) -> None:
    saved = create(store)
    seal_now(store)
    other_hash = "UPDATE {prefix}history SET hash = '" + "a" * 64 + "' WHERE entity_id = '{id}'"

    erase(owner_url, (other_hash,), saved)

    detail = "a change that it covers is not the one that was sealed"
    assert seal_faults(verify(store)) == [("1", detail)]


@pytest.mark.parametrize(
    ("statement", "details"),
    [
        (
            "DELETE FROM {prefix}seals WHERE number = 1",
            [("2", "does not follow from the seal before it")],
        ),
        (
            "UPDATE {prefix}seals SET reason = 'another' WHERE number = 2",
            [("2", "its hash does not match its content")],
        ),
    ],
)
def test_a_changed_seal_is_found(
    store: SqlStore, owner_url: str, statement: str, details: list[tuple[str, str]]
) -> None:
    saved = create(store)
    seal_now(store)
    saved = edit(store, saved)
    seal_now(store)

    erase(owner_url, (statement,), saved)

    found = seal_faults(verify(store))
    assert [fault for fault in details if fault not in found] == []


def test_seals_stay_with_their_store(store: SqlStore, tmp_path: Path) -> None:
    """An export contains no seal: the imported store seals its own feed."""
    edit(store, create(store), CLEARER)
    sealed = seal_now(store)
    file = BytesIO()
    store.read(export_histories, file)
    file.seek(0)

    with opened(f"sqlite:///{tmp_path / 'imported.db'}") as imported:
        imported.upgrade()
        import_histories(imported, file, by=MAYA)
        assert newest_seal(imported) is None
        own = seal_now(imported)
        assert own.changes == sealed.changes
        assert verify(imported, against=own.reference) == ()

        again = BytesIO()
        imported.read(export_histories, again)
    assert again.getvalue() == file.getvalue()


def test_a_rebuild_leaves_seals_as_they_are(
    store: SqlStore, request: pytest.FixtureRequest
) -> None:
    create(store)
    sealed = seal_now(store)
    owner = None
    if store.engines.writer.dialect.name == "postgresql":
        owner = request.getfixturevalue("database").owner_url

    rebuild(store, owner)

    assert verify(store, against=sealed.reference) == ()


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW])
def test_a_lost_commit_of_a_seal_has_one_effect(database: PostgresServer, fault: Fault) -> None:
    with proxied_store(database, None) as proxied:
        create(proxied.direct)
        wait_for_complete_feed(proxied.direct)
        proxied.store.feed()
        proxied.sql.pause = lambda _: None
        proxied.proxy.plan(fault)

        sealed = seal(proxied.sql, actor=SEALER, reason="a test")

        assert all_seals(proxied.direct) == (sealed,)
        assert proxied.proxy.hits == 1
