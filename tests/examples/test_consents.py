"""Consents with numbered versions in every store, attacked by forged changes."""

from collections.abc import Generator
from random import Random
from typing import Any, TypeAlias

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, stores_of
from tests.examples.consents import Consent, Grant, consents, grants

from indelible.kernel import Actor, Head, IndelibleError
from indelible.kernel.actions import Command
from indelible.kernel.aggregates import change_for
from indelible.kernel.context_checks import MAX_HEADS
from indelible.kernel.execution import changed
from indelible.kernel.numbered_versions import CHANGES_READ
from indelible.memory.store import MemoryStore
from indelible.testing.own import conformance, machine
from indelible_sql import (
    SqlStore,
    open_store,
)
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.testing import sql_conformance

MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
AnyStore: TypeAlias = Any  # of memory, or of a database


def approving(random: Random) -> int:
    """Draw the number of a version that may be the last."""
    return random.randint(1, 4)


DRAWN = {"approved_version": approving}
TestConsents = conformance(consents, values=DRAWN)
TestWalks = machine(consents, values=DRAWN)
TestOnSqlite = sql_conformance(consents, values=DRAWN)
TestGrants = conformance(evolve(grants, rules={}), others=(consents,))


store = stores_of(consents, grants)


@pytest.fixture
def sql(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url, contexts=(consents, grants), policy=POLICY)
    opened.upgrade(host.owner_url)
    yield opened
    opened.dispose()


def run(store: AnyStore, command: Command[Consent], actor: Actor = MAYA) -> Head[Consent]:
    head: Head[Consent] = store.run(consents.execute, command, actor=actor, reason="a test")
    return head


def drafted(store: AnyStore, number: str = "C-1") -> Head[Consent]:
    return run(store, Consent.draft(number=number, scope="Blood", text="We take blood."))


def given(consent: Head[Consent], version: int) -> Command[Grant]:
    return Grant.give(patient="pat", consent=consent.id, consent_version=version)


def refused(store: AnyStore, handler: Any, command: object) -> str:  # noqa: ANN401 - any handler
    with pytest.raises(IndelibleError) as error:
        store.run(handler, command, actor=MAYA, reason="a test")
    return error.value.code


def unread(store: AnyStore, query: Any, *args: object, **kwargs: object) -> str:  # noqa: ANN401 - any query
    with pytest.raises(IndelibleError) as error:
        store.read(query, *args, **kwargs)
    return error.value.code


def test_a_version_is_another_value_of_a_counted_field(store: AnyStore) -> None:
    head = drafted(store)
    numbers = [head.entity.consent_version]
    steps: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Consent.revise, {"text": "We take much blood."}),
        (Consent.revise, {"text": "We take much blood."}),
        (Consent.annotate, {"note": "read by the board"}),
        (Consent.revise, {"scope": "Blood and tissue", "text": "We take both."}),
        (Consent.revise, {}),
        (Consent.approve, {"approved_version": 3}),
        (Consent.revise, {"text": "We take much blood."}),
    )
    for action, values in steps:
        head = run(store, action(head, **values), NOOR)
        numbers.append(head.entity.consent_version)

    assert numbers == [1, 2, 2, 2, 3, 3, 3, 4]
    entries = store.read(consents.versions, head.id)
    assert [(one.number, one.change.seq, str(one.actor)) for one in entries] == [
        (1, 1, "user:maya"),
        (2, 2, "user:noor"),
        (3, 5, "user:noor"),
        (4, 8, "user:noor"),
    ]


def test_each_version_is_read_as_its_first_change_has_left_it(store: AnyStore) -> None:
    head = drafted(store)
    second = run(store, Consent.revise(head, text="We take much blood."))
    third = run(store, Consent.revise(run(store, Consent.annotate(second, note="a")), scope="All"))

    assert store.read(consents.version, head.id, 1) == head
    assert store.read(consents.version, head.id, 2) == second
    assert store.read(consents.version, head.id, 3) == third


@pytest.mark.parametrize("number", [0, -1, 2, 2**63 - 1, 2**63, 2**80])
def test_an_unknown_number_is_refused(store: AnyStore, number: int) -> None:
    head = drafted(store)

    with pytest.raises(IndelibleError) as error:
        store.read(consents.version, head.id, number)
    assert error.value.code == "CONSENT_VERSION_NOT_FOUND"
    assert error.value.http_status == 404
    assert error.value.detail == {"entity_id": head.id, "number": number}


def test_bad_input_is_refused(store: AnyStore) -> None:
    head = drafted(store)

    assert unread(store, consents.version, "unknown", 1) == "CONSENT_NOT_FOUND"
    assert unread(store, consents.versions, "unknown") == "CONSENT_NOT_FOUND"
    assert unread(store, consents.version, "nul\0", 1) == "CONSENT_NOT_FOUND"
    for number in ("1", 1.0, True, None):
        assert unread(store, consents.version, head.id, number) == "WRONG_TYPE"
    for limit in (0, -1, MAX_HEADS + 1):
        assert unread(store, consents.versions, head.id, limit=limit) == "NUMBER_OUT_OF_RANGE"
    for after in (-1, 2**63):
        assert unread(store, consents.versions, head.id, after=after) == "NUMBER_OUT_OF_RANGE"
    assert unread(store, grants.version, head.id, 1) == "GRANT_NOT_FOUND"


def test_versions_come_a_page_at_a_time(store: AnyStore) -> None:
    head = drafted(store)
    for index in range(6):
        head = run(store, Consent.revise(head, text=f"Text {index}"))
        head = run(store, Consent.annotate(head, note=f"Note {index}"))

    numbers: list[int] = []
    while page := store.read(consents.versions, head.id, after=len(numbers), limit=2):
        assert len(page) == min(2, 7 - len(numbers))
        numbers += [entry.number for entry in page]
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    assert store.read(consents.versions, head.id, after=2**63 - 1) == ()


def test_many_commands_count_too(store: AnyStore) -> None:
    heads = [drafted(store, f"C-{index}") for index in range(4)]
    commands = (
        Consent.revise(heads[0], text="Another text"),
        Consent.revise(heads[1], text=heads[1].entity.text),
        Consent.annotate(heads[2], note="read"),
        Consent.revise(heads[3], scope="Tissue"),
    )

    after = store.run(consents.execute_many, commands, actor=MAYA, reason="a batch")
    assert [head.entity.consent_version for head in after] == [2, 1, 1, 2]
    assert [store.read(consents.get, head.id) for head in after] == list(after)


def test_a_reviewer_approves_the_version_that_was_read(store: AnyStore) -> None:
    head = run(store, Consent.revise(drafted(store), text="We take much blood."))

    assert refused(store, consents.execute, Consent.approve(head, approved_version=1)) == "REFUSED"
    head = run(store, Consent.approve(head, approved_version=2))
    assert head.entity.approved_version == 2
    assert run(store, Consent.revise(head, scope="All")).entity.approved_version is None


def test_a_grant_means_the_version_that_was_signed(store: AnyStore) -> None:
    head = run(store, Consent.approve(drafted(store), approved_version=1))
    grant: Head[Grant] = store.run(grants.execute, given(head, 1), actor=NOOR, reason="on paper")
    head = run(store, Consent.revise(head, text="We take much blood."))
    head = run(store, Consent.approve(head, approved_version=2))

    meant = store.read(consents.version, grant.entity.consent, grant.entity.consent_version)
    assert meant.entity.text == "We take blood."
    assert refused(store, grants.execute, given(head, 1)) == "REFUSED"
    assert refused(store, grants.execute_many, (given(head, 2), given(head, 1))) == "REFUSED"
    unknown = Grant.give(patient="sol", consent="unknown", consent_version=1)
    assert refused(store, grants.execute, unknown) == "CONSENT_NOT_FOUND"
    assert len(store.read(grants.list)) == 1


def test_a_long_history_is_read_in_parts() -> None:
    store = MemoryStore(contexts=(consents, grants), policy=POLICY)
    head = drafted(store)
    for index in range(CHANGES_READ + 1):
        head = run(store, Consent.annotate(head, note=f"Note {index}"))
    head = run(store, Consent.revise(head, text="Last"))

    assert store.read(consents.version, head.id, 2) == head
    assert [one.number for one in store.read(consents.versions, head.id)] == [1, 2]


@pytest.mark.parametrize(
    ("values", "guard"),
    [
        ({"consent_version": 3}, "consents_counts_consent_version"),
        ({"consent_version": 1}, "consents_counts_consent_version"),
        ({"text": "We take blood."}, "consents_counts_consent_version"),
    ],
)
def test_the_guard_refuses_a_change_with_a_true_hash(
    sql: SqlStore, values: dict[str, Any], guard: str
) -> None:
    head = drafted(sql)

    def save_forged(tx: Any, _: object) -> None:  # noqa: ANN401 - a transaction of the store
        command = Consent.revise(head, text="We take much blood.")
        entity = changed(command, head.entity, now=tx.clock.now(), actor=MAYA)
        change = change_for(tx, head, entity, "revise")
        forged = evolve(change, data={**change.data, **values})
        forged = evolve(forged, hash=forged.digest())
        consents.of(tx).save(forged, evolve(entity, **values))

    with pytest.raises(GuardViolation) as error:
        sql.run(save_forged, None, actor=MAYA, reason="forged")
    assert error.value.guard == guard
    assert sql.read(consents.get, head.id) == head
