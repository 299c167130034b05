"""A repeated request with the same idempotency key has one effect and the same result."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve, fields, frozen

from indelible.kernel import (
    Actor,
    Idempotency,
    IdempotencyKeyConflict,
    Invalid,
    UsageError,
)
from indelible.kernel.idempotency import Receipt
from indelible.kernel.keys import CreateKey, KeyCreated, KeyPolicy, create_key
from indelible.memory import MemoryStore, MemoryTransaction
from indelible.policy import Policy
from indelible.testing.stores import TickingClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAYA = Actor.user("maya")
NOOR = Actor.user("noor")
RECEIPT = Receipt(owner=MAYA, key="k", fingerprint="a" * 64, result={"answer": 1}, at=NOW)
FORGED: dict[str, Any] = {
    "owner": NOOR,
    "key": "l",
    "fingerprint": "b" * 64,
    "result": {"answer": 2},
    "at": NOW + timedelta(seconds=1),
}


@frozen
class AddWord:
    """A command of a host."""

    command_name: ClassVar[str] = "add_word"
    word: str


@frozen
class RemoveWord:
    """Another command with the same fields."""

    command_name: ClassVar[str] = "remove_word"
    word: str


@frozen
class Unnamed:
    """A command without a name."""


@frozen
class CallResult:
    """The result of a call, with a field of each type that a receipt can store."""

    call: int
    actor: Actor
    at: datetime
    words: tuple[str, ...]
    note: str | None


ADD_ONE = AddWord("one")


class CallCounter:
    """A store with handlers that count their calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.store = MemoryStore(clock=TickingClock())

    def handle(self, tx: MemoryTransaction, command: object) -> CallResult:
        """Count the call and return its number."""
        self.calls += 1
        return CallResult(self.calls, tx.actor, tx.clock.now(), (str(command),), None)

    def request(
        self,
        command: object = ADD_ONE,
        *,
        key: str = "k",
        actor: Actor = MAYA,
        reason: str = "a test",
    ) -> CallResult:
        """Run the handler with an idempotency key."""
        idempotency = Idempotency(key, CallResult)
        return self.store.run(
            self.handle, command, actor=actor, reason=reason, idempotency=idempotency
        )

    def receipt(self, owner: Actor, key: str) -> Receipt | None:
        """Return the stored receipt."""
        with self.store.transaction(actor=MAYA, reason="a test") as tx:
            return tx.receipts.find(owner, key)


def test_a_result_requested_as_another_type_is_a_usage_error() -> None:
    counter = CallCounter()
    counter.request()
    other_type: Any = KeyCreated  # a type checker refuses it

    with pytest.raises(UsageError, match="the stored result is no KeyCreated"):
        counter.store.run(
            counter.handle,
            ADD_ONE,
            actor=MAYA,
            reason="a test",
            idempotency=Idempotency("k", other_type),
        )


@pytest.mark.parametrize(
    "other_request",
    [{"command": AddWord("two")}, {"reason": "another"}, {"command": RemoveWord("one")}],
    ids=["other values", "other reason", "other command name"],
)
def test_a_key_of_another_request_is_refused(other_request: dict[str, Any]) -> None:
    counter = CallCounter()
    counter.request()

    with pytest.raises(IdempotencyKeyConflict) as refused:
        counter.request(**other_request)
    assert refused.value.key == "k"
    assert counter.calls == 1


def test_the_name_of_the_handler_is_no_part_of_a_request() -> None:
    counter = CallCounter()

    def handle_again(tx: MemoryTransaction, command: AddWord) -> CallResult:
        return counter.handle(tx, command)

    first = counter.request()
    second = counter.store.run(
        handle_again,
        ADD_ONE,
        actor=MAYA,
        reason="a test",
        idempotency=Idempotency("k", CallResult),
    )

    assert second == first
    assert counter.calls == 1


def test_an_idempotency_key_needs_a_command_with_a_name() -> None:
    counter = CallCounter()

    with pytest.raises(UsageError, match="command Unnamed has no command_name"):
        counter.request(Unnamed())
    assert counter.calls == 0


def test_a_receipt_belongs_to_its_owner_and_has_its_digest_as_hash() -> None:
    counter = CallCounter()
    result = counter.request()
    receipt = counter.receipt(MAYA, "k")

    assert counter.receipt(NOOR, "k") is None
    assert receipt is not None
    assert receipt.hash == receipt.digest()
    assert (receipt.owner, receipt.key) == (MAYA, "k")
    assert receipt.result["answer"]["call"] == result.call


def test_every_field_of_a_receipt_has_a_forged_value() -> None:
    assert [*FORGED, "hash"] == [field.name for field in fields(Receipt)]


@pytest.mark.parametrize("name", FORGED)
def test_a_flipped_field_changes_the_digest_of_a_receipt(name: str) -> None:
    forged = evolve(RECEIPT, **{name: FORGED[name]})

    assert forged.digest() != RECEIPT.digest()


def test_the_hash_of_a_receipt_is_no_part_of_its_digest() -> None:
    assert evolve(RECEIPT, hash="c" * 64).digest() == RECEIPT.digest()


@pytest.mark.parametrize("key", ["k", "k" * 255], ids=len)
def test_a_key_has_1_to_255_visible_characters(key: str) -> None:
    assert Idempotency(key, CallResult).key == key


@pytest.mark.parametrize("key", ["", "k" * 256, "a b", "a\nb", "a\x00"], ids=ascii)
def test_another_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        Idempotency(key, CallResult)


def test_what_is_shown_once_is_in_no_receipt() -> None:
    store = MemoryStore(policy=Policy(keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")))
    created = store.run(
        create_key,
        CreateKey(owner=MAYA, scopes=("admin",)),
        actor=MAYA,
        reason="a test",
        idempotency=Idempotency("k", KeyCreated),
    )
    with store.transaction(actor=MAYA, reason="a test") as tx:
        receipt = tx.receipts.find(MAYA, "k")

    assert receipt is not None
    assert receipt.result["answer"]["key"]["id"] == created.key.id
    secret = created.text.rpartition("_")[2]
    assert secret
    assert secret not in str(receipt)


def test_a_list_of_texts_is_replayed() -> None:
    store = MemoryStore()

    def split_word(_: MemoryTransaction, command: AddWord) -> list[str]:
        return list(command.word)

    results: list[list[str]] = []
    for _ in range(2):
        idempotency = Idempotency("k", list[str])
        result = store.run(
            split_word, ADD_ONE, actor=MAYA, reason="a test", idempotency=idempotency
        )
        results.append(result)

    assert results == [["o", "n", "e"], ["o", "n", "e"]]
