"""Test a COMMIT without a reply: the store finds its outcome or raises OutcomeUnknown."""

from collections.abc import Callable, Generator

import pytest
from attrs import evolve
from sqlalchemy import text
from tests.conftest import Loop
from tests.feeds import changes
from tests.sql.lost_commits import Behind, behind, lose
from tests.sql.proxy import Fault

from indelible import captures, concepts
from indelible.app import WriteTx
from indelible.concepts import ConceptSaved
from indelible.kernel import Idempotency, OutcomeUnknown
from indelible.testing.captures.scenarios import X1, A, place_in
from indelible.testing.stores import CLEARER, MAYA, RATIO, create, do, edit, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlTransaction, verify

pytestmark = pytest.mark.slow

TIMES = 8
FUTURE = str(10**9)  # PostgreSQL: "transaction ID is in the future"
CREATE = concepts.CreateConcept(content=RATIO)
ONCE = Idempotency("key-1", ConceptSaved)


@pytest.fixture
def loop() -> Generator[Loop]:
    made = Loop()
    yield made
    made.stop()


@pytest.fixture
def place(database: PostgresServer) -> Generator[Behind]:
    with behind(database, None) as found:
        found.store.feed()  # connected and admitted
        yield found


@pytest.fixture
def awaited(database: PostgresServer, loop: Loop) -> Generator[Behind]:
    with behind(database, loop) as found:
        found.store.feed()
        yield found


def total(place: Behind) -> int:
    return len(changes(place.direct))


def in_a_block(place: Behind) -> Callable[[], None]:
    def attempt() -> None:
        with place.sql.transaction(actor=MAYA, reason="a block") as tx:
            concepts.create_concept(tx, CREATE)

    return attempt


@pytest.mark.parametrize("way", ["place", "awaited"])
def test_every_lost_commit_has_its_effect_once_and_its_right_answer(
    way: str, request: pytest.FixtureRequest
) -> None:
    found: Behind = request.getfixturevalue(way)
    lost = lose(found, TIMES)

    assert lost.right == {"CUT": TIMES, "SWALLOW": TIMES, "DELAY": TIMES}
    assert (lost.handled["CUT"], lost.handled["SWALLOW"], lost.handled["DELAY"]) == (
        2 * TIMES,
        TIMES,
        TIMES,
    )
    assert lost.asked_again >= TIMES
    assert lost.findings == ()
    assert found.proxy.hits == 3 * TIMES


@pytest.mark.parametrize(
    ("fault", "said", "kept"),
    [
        (Fault.CUT, "COMMIT_NOT_DONE", 0),
        (Fault.SWALLOW, "", 1),
        (Fault.VANISH, "OUTCOME_UNKNOWN", 1),
    ],
)
def test_a_block_whose_commit_is_lost_says_what_became_of_it(
    place: Behind, fault: Fault, said: str, kept: int
) -> None:
    place.sql.pause = lambda _: None
    place.proxy.plan(fault)
    refused = refusal(in_a_block(place))

    assert (refused.code if refused else "") == said
    assert total(place) == kept


def test_an_awaited_block_whose_commit_is_lost_says_so_too(awaited: Behind, loop: Loop) -> None:
    awaited.sql.pause = lambda _: None
    awaited.proxy.plan(Fault.VANISH)

    async def attempt() -> None:
        assert awaited.awaited is not None
        async with awaited.awaited.transaction(actor=MAYA, reason="a block") as tx:
            await tx.run(concepts.create_concept, CREATE)

    with pytest.raises(OutcomeUnknown):
        loop.wait(attempt())
    assert total(awaited) == 1


@pytest.mark.parametrize("way", ["place", "awaited"])
def test_where_the_server_is_gone_for_good_the_outcome_is_unknown(
    way: str, request: pytest.FixtureRequest
) -> None:
    found: Behind = request.getfixturevalue(way)
    pauses: list[float] = []
    found.sql.pause = pauses.append
    found.proxy.plan(Fault.VANISH)
    unknown = refusal(lambda: create(found.store))
    unreachable = refusal(lambda: create(found.store))

    assert (unknown and unknown.code, unreachable and unreachable.code) == (
        "OUTCOME_UNKNOWN",
        "STORE_UNREACHABLE",
    )
    assert 10 <= sum(pauses) <= 60
    assert total(found) == 1


def test_where_the_server_is_gone_before_the_commit_nothing_is_written(place: Behind) -> None:
    place.proxy.plan(Fault.CUT, b"concept_versions_row")
    place.proxy.vanish()
    refused = refusal(lambda: create(place.store))

    assert refused is not None
    assert refused.code == "STORE_UNREACHABLE"
    assert total(place) == 0


def test_a_retry_with_the_same_key_gets_the_first_answer(place: Behind) -> None:
    place.sql.pause = lambda _: None
    place.proxy.plan(Fault.VANISH)
    unknown = refusal(lambda: do(place.store, concepts.create_concept, CREATE, idempotency=ONCE))
    place.proxy.come_back()
    answered = do(place.store, concepts.create_concept, CREATE, idempotency=ONCE)

    assert isinstance(unknown, OutcomeUnknown)
    assert total(place) == 1
    assert place.direct.read(concepts.get_concept, answered.concept.id).concept == answered.concept


def test_a_lost_commit_under_a_key_is_resolved_and_kept(place: Behind) -> None:
    for fault in (Fault.SWALLOW, Fault.CUT):
        idempotency = Idempotency(fault.name, ConceptSaved)
        place.proxy.plan(fault)
        first = do(place.store, concepts.create_concept, CREATE, idempotency=idempotency)

        assert do(place.store, concepts.create_concept, CREATE, idempotency=idempotency) == first
    assert total(place) == 2


def test_a_look_up_that_is_cut_off_is_asked_again(place: Behind) -> None:
    place.proxy.plan(Fault.SWALLOW)
    place.proxy.plan(Fault.CUT, b"pg_xact_status")
    saved = create(place.store)

    assert place.proxy.hits == 2
    assert total(place) == saved.seq == 1


def test_a_lost_commit_of_a_hosts_own_rows_is_never_answered_as_done(place: Behind) -> None:
    def own(tx: SqlTransaction, _: object) -> str:
        return str(tx.connection.execute(text("SELECT pg_current_xact_id()")).scalar_one())

    place.proxy.plan(Fault.CUT)
    refused = refusal(lambda: place.sql.run(own, None, actor=MAYA, reason="a host's own rows"))

    assert isinstance(refused, OutcomeUnknown)


def test_what_a_savepoint_took_back_does_not_hide_that_the_rest_was_committed(
    place: Behind,
) -> None:
    created = create(place.direct)

    def handler(tx: SqlTransaction, _: object) -> ConceptSaved:
        kept = concepts.create_concept(tx, CREATE)
        with tx.connection.begin_nested() as savepoint:
            command = concepts.EditConcept(
                concept_id=created.concept.id,
                expected_seq=1,
                content=CLEARER,
                change_note="taken back",
            )
            concepts.edit_concept(tx, command)
            savepoint.rollback()
        return kept

    place.proxy.plan(Fault.SWALLOW)
    place.sql.run(handler, None, actor=MAYA, reason="a savepoint")

    assert total(place) == 2


def test_a_number_that_a_crashed_server_has_given_again_is_no_proof(place: Behind) -> None:
    given_again: list[str] = []

    def note(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        given_again.append(tx.session.transaction or "")

    def handler(tx: SqlTransaction, command: concepts.CreateConcept) -> None:
        concepts.create_concept(tx, command)
        tx.session.transaction = given_again[0]

    place.direct.run(note, CREATE, actor=MAYA, reason="after the crash")
    place.proxy.plan(Fault.CUT)
    refused = refusal(lambda: place.sql.run(handler, CREATE, actor=MAYA, reason="before the crash"))

    assert isinstance(refused, OutcomeUnknown)
    assert total(place) == 1


def test_a_number_that_a_crashed_server_has_not_given_again_was_not_committed(
    place: Behind,
) -> None:
    def handler(tx: SqlTransaction, command: concepts.CreateConcept) -> ConceptSaved:
        saved = concepts.create_concept(tx, command)
        if not runs:
            tx.session.transaction = FUTURE
        runs.append(saved.seq)
        return saved

    runs: list[int] = []
    place.proxy.plan(Fault.CUT)
    place.sql.run(
        handler, CREATE, actor=MAYA, reason="the server crashes before the COMMIT is kept"
    )

    assert (runs, total(place)) == ([1, 1], 1)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW, Fault.DELAY])
def test_a_capture_whose_commit_is_lost_is_kept_once_and_answered(
    place: Behind, fault: Fault
) -> None:
    space = place_in(place.direct)
    part = space.subspace(A)
    space.capture(A, url="https://example.org/before", subspace_id=part)

    def release(_: float) -> None:
        place.proxy.release()

    place.sql.pause = release
    place.proxy.plan(fault)
    result = evolve(space, store=place.store).capture(X1, subspace_id=part)
    kept = space.read(captures.list_drift, part)

    assert [each.id for each in kept[1:]] == [result.signal_id]
    assert not result.replayed
    assert verify(place.direct) == ()


def test_a_query_that_is_cut_off_is_unreachable_and_the_next_one_works(place: Behind) -> None:
    created = create(place.store)
    place.proxy.plan(Fault.CUT, b"concepts")
    refused = refusal(lambda: place.store.read(concepts.get_concept, created.concept.id))

    assert refused is not None
    assert refused.code == "STORE_UNREACHABLE"
    assert (
        place.store.read(concepts.get_concept, created.concept.id).seq
        == edit(place.store, created).seq - 1
    )


def test_a_handler_is_not_run_again_when_its_commit_had_happened(place: Behind) -> None:
    runs: list[int] = []

    def handler(tx: WriteTx, command: concepts.CreateConcept) -> ConceptSaved:
        runs.append(1)
        return concepts.create_concept(tx, command)

    place.proxy.plan(Fault.SWALLOW)
    do(place.store, handler, CREATE)

    assert runs == [1]
