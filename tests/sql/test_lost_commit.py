"""Test a COMMIT without a reply: the store finds its outcome or raises OutcomeUnknown."""

from collections.abc import Generator

import pytest
from attrs import evolve
from sqlalchemy import create_engine, make_url, text
from tests.conftest import POLICY, Loop
from tests.feeds import changes
from tests.sql.conftest import code
from tests.sql.lost_commits import ProxiedStore, lose_commits, proxied_store
from tests.sql.proxy import Fault

from indelible import captures, concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptSaved
from indelible.kernel import Idempotency, OutcomeUnknown
from indelible.kernel.payloads import Payload
from indelible.kernel.rejections import list_rejections, record_rejection
from indelible.kernel.values import TextBlank
from indelible.testing.captures.scenarios import X1, A, place_in
from indelible.testing.stores import (
    BEGINNING,
    CLEARER,
    MAYA,
    RATIO,
    create,
    do,
    edit,
    within,
)
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlTransaction, open_store, verify

TIMES = 8
FUTURE_TRANSACTION = str(10**9)  # PostgreSQL: "transaction ID is in the future"
CREATE = concepts.CreateConcept(content=RATIO)
IDEMPOTENCY = Idempotency("key-1", ConceptSaved)
PAYLOAD = Payload.of(b"{}", content_type="application/json", received_at=BEGINNING)
FIXTURES = ["proxied", "proxied_async"]


@pytest.fixture
def loop() -> Generator[Loop]:
    running = Loop()
    yield running
    running.stop()


@pytest.fixture
def proxied(database: PostgresServer) -> Generator[ProxiedStore]:
    with proxied_store(database, None) as opened:
        opened.store.feed()  # opens the connection and checks the database
        yield opened


@pytest.fixture
def proxied_async(database: PostgresServer, loop: Loop) -> Generator[ProxiedStore]:
    with proxied_store(database, loop) as opened:
        opened.store.feed()
        yield opened


def count_changes(proxied: ProxiedStore) -> int:
    return len(changes(proxied.direct))


def skip_pauses(proxied: ProxiedStore) -> None:
    """Let the store look an outcome up again without a pause."""
    proxied.sql.pause = lambda _: None


def create_in_block(proxied: ProxiedStore) -> None:
    with proxied.sql.transaction(actor=MAYA, reason="a block") as tx:
        concepts.create_concept(tx, CREATE)


@pytest.mark.slow
@pytest.mark.parametrize("fixture", FIXTURES)
def test_every_lost_commit_has_one_effect_and_the_right_result(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    proxied: ProxiedStore = request.getfixturevalue(fixture)
    lost = lose_commits(proxied, TIMES)

    assert lost.right == {"CUT": TIMES, "SWALLOW": TIMES, "DELAY": TIMES}
    assert lost.handler_runs == {"CUT": 2 * TIMES, "SWALLOW": TIMES, "DELAY": TIMES}
    assert lost.pauses >= TIMES
    assert lost.findings == ()
    assert proxied.proxy.hits == 3 * TIMES


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "error", "committed"),
    [
        (Fault.CUT, "COMMIT_NOT_DONE", 0),
        (Fault.SWALLOW, "", 1),
        (Fault.VANISH, "OUTCOME_UNKNOWN", 1),
    ],
)
def test_a_block_reports_the_outcome_of_its_lost_commit(
    proxied: ProxiedStore, fault: Fault, error: str, committed: int
) -> None:
    skip_pauses(proxied)
    proxied.proxy.plan(fault)

    assert code(create_in_block, proxied) == error
    assert count_changes(proxied) == committed
    if fault is Fault.CUT:
        create_in_block(proxied)
        assert count_changes(proxied) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW])
def test_a_lost_commit_of_a_record_without_a_change_has_one_effect(
    proxied: ProxiedStore, fault: Fault
) -> None:
    skip_pauses(proxied)
    proxied.proxy.plan(fault)
    assert within(proxied.store, lambda tx: tx.payloads.add(PAYLOAD)) == PAYLOAD

    proxied.proxy.plan(fault)
    error = TextBlank("reason")
    record_rejection(proxied.store, CREATE, error, actor=MAYA, reason="a test")

    direct = proxied.direct
    assert direct.read(lambda tx: tx.payloads.get(PAYLOAD.digest)) == PAYLOAD
    assert [rejection.code for rejection in direct.read(list_rejections)] == [error.code]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["block", "host's engine"])
def test_a_commit_in_progress_of_a_record_without_a_change_is_waited_for(
    proxied: ProxiedStore, database: PostgresServer, kind: str
) -> None:
    runs: list[str] = []

    def add(tx: WriteTx, payload: Payload) -> Payload:
        runs.append(payload.digest)
        return tx.payloads.add(payload)

    def add_in_block() -> None:
        with proxied.sql.transaction(actor=MAYA, reason="a block") as tx:
            add(tx, PAYLOAD)

    def add_on_engine() -> None:
        engine = create_engine(
            make_url(proxied.proxy.url(database.url)).set(drivername="postgresql+psycopg")
        )
        store = open_store(engine=engine, policy=POLICY)
        store.pause = proxied.sql.pause
        do(store, add, PAYLOAD)
        engine.dispose()

    proxied.sql.pause = lambda _: proxied.proxy.release()
    proxied.proxy.plan(Fault.DELAY)
    (add_in_block if kind == "block" else add_on_engine)()

    assert runs == [PAYLOAD.digest]
    assert proxied.proxy.hits == 1
    assert proxied.direct.read(lambda tx: tx.payloads.get(PAYLOAD.digest)) == PAYLOAD


@pytest.mark.slow
def test_an_async_block_reports_an_unknown_outcome(proxied_async: ProxiedStore, loop: Loop) -> None:
    skip_pauses(proxied_async)
    proxied_async.proxy.plan(Fault.VANISH)

    async def create_in_async_block() -> None:
        assert proxied_async.async_store is not None
        async with proxied_async.async_store.transaction(actor=MAYA, reason="a block") as tx:
            await tx.run(concepts.create_concept, CREATE)

    with pytest.raises(OutcomeUnknown):
        loop.wait(create_in_async_block())
    assert count_changes(proxied_async) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fixture", FIXTURES)
def test_the_outcome_is_unknown_if_the_server_does_not_come_back(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    proxied: ProxiedStore = request.getfixturevalue(fixture)
    pauses: list[float] = []
    proxied.sql.pause = pauses.append
    proxied.proxy.plan(Fault.VANISH)

    assert code(create, proxied.store) == "OUTCOME_UNKNOWN"
    assert code(create, proxied.store) == "STORE_UNREACHABLE"
    assert 10 <= sum(pauses) <= 60
    assert count_changes(proxied) == 1


@pytest.mark.slow
def test_nothing_is_written_if_the_server_is_gone_before_the_commit(
    proxied: ProxiedStore,
) -> None:
    proxied.proxy.plan(Fault.CUT, b"concept_versions_row")
    proxied.proxy.vanish()

    assert code(create, proxied.store) == "STORE_UNREACHABLE"
    assert count_changes(proxied) == 0


@pytest.mark.slow
def test_a_retry_with_the_same_idempotency_key_returns_the_first_result(
    proxied: ProxiedStore,
) -> None:
    def create_with_key() -> ConceptSaved:
        return do(proxied.store, concepts.create_concept, CREATE, idempotency=IDEMPOTENCY)

    skip_pauses(proxied)
    proxied.proxy.plan(Fault.VANISH)
    first_error = code(create_with_key)
    proxied.proxy.come_back()
    saved = create_with_key()
    view = proxied.direct.read(concepts.get_concept, saved.concept.id)

    assert first_error == "OUTCOME_UNKNOWN"
    assert count_changes(proxied) == 1
    assert view.concept == saved.concept


@pytest.mark.slow
def test_a_lost_commit_with_an_idempotency_key_is_resolved_and_has_a_receipt(
    proxied: ProxiedStore,
) -> None:
    for fault in (Fault.SWALLOW, Fault.CUT):
        idempotency = Idempotency(fault.name, ConceptSaved)
        proxied.proxy.plan(fault)
        first = do(proxied.store, concepts.create_concept, CREATE, idempotency=idempotency)
        repeated = do(proxied.store, concepts.create_concept, CREATE, idempotency=idempotency)

        assert repeated == first
    assert count_changes(proxied) == 2


@pytest.mark.slow
def test_a_look_up_that_is_cut_off_is_repeated(proxied: ProxiedStore) -> None:
    proxied.proxy.plan(Fault.SWALLOW)
    proxied.proxy.plan(Fault.CUT, b"pg_xact_status")
    saved = create(proxied.store)

    assert proxied.proxy.hits == 2
    assert saved.seq == 1
    assert count_changes(proxied) == 1


def test_the_outcome_of_a_hosts_own_rows_is_unknown(proxied: ProxiedStore) -> None:
    def write_own_rows(tx: SqlTransaction, _: object) -> str:
        return str(tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one())

    proxied.proxy.plan(Fault.CUT)

    with pytest.raises(OutcomeUnknown):
        proxied.sql.run(write_own_rows, None, actor=MAYA, reason="a host's own rows")


@pytest.mark.slow
def test_a_commit_is_recognized_if_a_savepoint_was_rolled_back(proxied: ProxiedStore) -> None:
    created = create(proxied.direct)
    rolled_back_edit = concepts.EditConcept(
        concept_id=created.concept.id,
        expected_seq=1,
        content=CLEARER,
        change_note="rolled back",
    )

    def create_and_roll_back_edit(tx: SqlTransaction, _: object) -> ConceptSaved:
        saved = concepts.create_concept(tx, CREATE)
        with tx.connection.begin_nested() as savepoint:
            concepts.edit_concept(tx, rolled_back_edit)
            savepoint.rollback()
        return saved

    proxied.proxy.plan(Fault.SWALLOW)
    proxied.sql.run(create_and_roll_back_edit, None, actor=MAYA, reason="a savepoint")

    assert count_changes(proxied) == 2


@pytest.mark.slow
def test_a_transaction_id_that_a_crashed_server_assigns_again_proves_nothing(
    proxied: ProxiedStore,
) -> None:
    committed_ids: list[str] = []

    def create_and_store_id(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        number = tx.connection.execute(text("SELECT pg_current_xact_id()::text"))
        committed_ids.append(number.scalar_one())

    def create_under_committed_id(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        tx.session.transaction = committed_ids[0]

    proxied.direct.run(create_and_store_id, CREATE, actor=MAYA, reason="after the crash")
    proxied.proxy.plan(Fault.CUT)

    with pytest.raises(OutcomeUnknown):
        proxied.sql.run(create_under_committed_id, CREATE, actor=MAYA, reason="before the crash")
    assert count_changes(proxied) == 1


@pytest.mark.slow
def test_a_transaction_id_that_the_server_does_not_know_was_not_committed(
    proxied: ProxiedStore,
) -> None:
    seqs: list[int] = []

    def create_under_future_id(tx: SqlTransaction, command: concepts.CreateConcept) -> ConceptSaved:
        saved = concepts.create_concept(tx, command)
        if not seqs:
            tx.session.transaction = FUTURE_TRANSACTION
        seqs.append(saved.seq)
        return saved

    proxied.proxy.plan(Fault.CUT)
    proxied.sql.run(create_under_future_id, CREATE, actor=MAYA, reason="a crash before COMMIT")

    assert seqs == [1, 1]
    assert count_changes(proxied) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW, Fault.DELAY])
def test_a_capture_whose_commit_is_lost_is_stored_once(proxied: ProxiedStore, fault: Fault) -> None:
    scenario = place_in(proxied.direct)
    subspace_id = scenario.subspace(A)
    scenario.capture(A, url="https://example.org/before", subspace_id=subspace_id)

    def release(_: float) -> None:
        proxied.proxy.release()

    proxied.sql.pause = release
    proxied.proxy.plan(fault)
    result = evolve(scenario, store=proxied.store).capture(X1, subspace_id=subspace_id)
    signals = scenario.read(captures.list_drift, subspace_id)

    assert [signal.id for signal in signals[1:]] == [result.signal_id]
    assert not result.replayed
    assert verify(proxied.direct) == ()


@pytest.mark.slow
def test_a_query_that_is_cut_off_is_an_error_and_the_next_one_works(
    proxied: ProxiedStore,
) -> None:
    created = create(proxied.store)
    proxied.proxy.plan(Fault.CUT, b"concepts")
    error = code(proxied.store.read, concepts.get_concept, created.concept.id)
    view = proxied.store.read(concepts.get_concept, created.concept.id)

    assert error == "STORE_UNREACHABLE"
    assert view.seq == created.seq
    assert edit(proxied.store, created).seq == created.seq + 1


def test_a_handler_is_not_run_again_if_its_commit_succeeded(proxied: ProxiedStore) -> None:
    runs: list[int] = []

    def count_and_create(tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        runs.append(1)
        return concepts.create_concept(tx, command)

    proxied.proxy.plan(Fault.SWALLOW)
    do(proxied.store, count_and_create, CREATE)

    assert runs == [1]
