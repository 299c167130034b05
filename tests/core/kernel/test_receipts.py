"""The same request twice has one effect, and its receipt says what it was."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve, fields, frozen

from indelible.kernel import Actor, Conflict, Idempotency, IdempotencyKeyReused, Invalid, UsageError
from indelible.kernel.idempotency import Receipt
from indelible.kernel.keys import CreateKey, KeyCreated, KeyPolicy, create_key
from indelible.memory import MemoryStore, MemoryTransaction
from indelible.policy import Policy
from indelible.testing.stores import TickingClock

MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
RECEIPT = Receipt(owner=MAYA, key="k", fingerprint="a" * 64, result={"answer": 1}, at=NOW)
FORGED: dict[str, Any] = {
    "owner": NOOR,
    "key": "l",
    "fingerprint": "b" * 64,
    "result": {"answer": 2},
    "at": NOW + timedelta(seconds=1),
}


@frozen
class Add:
    """A command of a host."""

    command_name: ClassVar[str] = "add_one"
    word: str


@frozen
class Subtract:
    """Another command with the same fields."""

    command_name: ClassVar[str] = "subtract_one"
    word: str


@frozen
class Unnamed:
    """A command whose author forgot its name."""


ONE = Add("one")


@frozen
class Answer:
    """What the counter says: with a type of each kind that an answer holds."""

    count: int
    by: Actor
    at: datetime
    words: tuple[str, ...]
    note: str | None


class Counter:
    """Counts how often its handlers ran."""

    def __init__(self) -> None:
        self.count = 0
        self.store = MemoryStore(clock=TickingClock())

    def add(self, tx: MemoryTransaction, command: object) -> Answer:
        self.count += 1
        return Answer(self.count, tx.actor, tx.clock.now(), (str(command),), None)

    def refuse(self, tx: MemoryTransaction, command: object) -> Answer:
        self.add(tx, command)
        raise Conflict

    def ask(
        self,
        command: object = ONE,
        *,
        key: str = "k",
        actor: Actor = MAYA,
        reason: str = "a test",
    ) -> Answer:
        return self.store.run(
            self.add, command, actor=actor, reason=reason, idempotency=Idempotency(key, Answer)
        )


def test_the_first_answer_comes_again_whole_and_the_handler_does_not() -> None:
    counter = Counter()
    first = counter.ask()

    assert counter.ask() == first
    assert isinstance(counter.ask().by, Actor)
    assert counter.count == 1


def test_an_answer_that_is_asked_for_as_another_type_is_wrong_use() -> None:
    as_asked: Any = KeyCreated  # a type checker refuses it
    counter = Counter()
    counter.ask()

    with pytest.raises(UsageError, match="the stored result is no KeyCreated"):
        counter.store.run(
            counter.add, ONE, actor=MAYA, reason="a test", idempotency=Idempotency("k", as_asked)
        )


def test_without_a_key_each_request_is_another() -> None:
    counter = Counter()
    for _ in range(2):
        counter.store.run(counter.add, ONE, actor=MAYA, reason="a test")

    assert counter.count == 2


@pytest.mark.parametrize(
    "other", [{"command": Add("two")}, {"reason": "another"}], ids=["command", "reason"]
)
def test_a_key_given_with_another_request_is_refused(other: dict[str, Any]) -> None:
    counter = Counter()
    counter.ask()

    with pytest.raises(IdempotencyKeyReused) as refused:
        counter.ask(**other)
    assert refused.value.key == "k"
    assert counter.count == 1


def test_a_key_used_with_a_command_of_another_name_is_refused() -> None:
    counter = Counter()
    counter.ask()

    with pytest.raises(IdempotencyKeyReused):
        counter.ask(Subtract("one"))


def test_the_name_of_the_handler_is_no_part_of_a_request() -> None:
    counter = Counter()

    def add_again(tx: MemoryTransaction, command: Add) -> Answer:
        return counter.add(tx, command)

    first = counter.ask()
    again = counter.store.run(
        add_again,
        ONE,
        actor=MAYA,
        reason="a test",
        idempotency=Idempotency("k", Answer),
    )

    assert again == first
    assert counter.count == 1


def test_an_idempotency_key_needs_a_command_with_a_name() -> None:
    counter = Counter()

    with pytest.raises(UsageError, match="command Unnamed has no command_name"):
        counter.ask(Unnamed())
    assert counter.count == 0


@pytest.mark.parametrize("other", [{"key": "l"}, {"actor": NOOR}], ids=["key", "owner"])
def test_another_key_and_another_owner_have_their_own_answer(other: dict[str, Any]) -> None:
    counter = Counter()

    assert (counter.ask().count, counter.ask(**other).count) == (1, 2)


def test_a_refused_request_keeps_no_receipt() -> None:
    counter = Counter()
    with pytest.raises(Conflict):
        counter.store.run(
            counter.refuse, ONE, actor=MAYA, reason="a test", idempotency=Idempotency("k", Answer)
        )

    assert counter.ask().count == 2


def test_a_receipt_is_the_owners_and_its_hash_is_its_digest() -> None:
    counter = Counter()
    answer = counter.ask()
    with counter.store.transaction(actor=MAYA, reason="a look") as tx:
        found, none = tx.receipts.find(MAYA, "k"), tx.receipts.find(NOOR, "k")

    assert none is None
    assert found is not None
    assert found.hash == found.digest()
    assert (found.owner, found.key, found.result["answer"]["count"]) == (MAYA, "k", answer.count)


def test_every_field_of_a_receipt_has_its_forgery() -> None:
    assert [*FORGED, "hash"] == [field.name for field in fields(Receipt)]


@pytest.mark.parametrize("name", FORGED)
def test_a_flipped_field_changes_a_receipts_digest(name: str) -> None:
    assert evolve(RECEIPT, **{name: FORGED[name]}).digest() != RECEIPT.digest()
    assert evolve(RECEIPT, hash="c" * 64).digest() == RECEIPT.digest()


def test_a_key_has_1_to_255_visible_characters() -> None:
    for key in ("k", "k" * 255):
        assert Idempotency(key, Answer).key == key
    for wrong in ("", "k" * 256, "a b", "a\nb", "a\x00"):
        with pytest.raises(Invalid):
            Idempotency(wrong, Answer)


def test_what_is_shown_once_is_in_no_receipt() -> None:
    store = MemoryStore(policy=Policy(keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")))
    idempotency = Idempotency("k", KeyCreated)
    made = store.run(
        create_key,
        CreateKey(owner=MAYA, scopes=("admin",)),
        actor=MAYA,
        reason="a test",
        idempotency=idempotency,
    )
    receipt = store.run(
        lambda tx, _: tx.receipts.find(MAYA, "k"), None, actor=MAYA, reason="a test"
    )

    assert receipt is not None
    assert receipt.result["answer"]["key"]["id"] == made.key.id
    assert made.text
    assert made.text.rpartition("_")[2] not in str(receipt)


def test_a_receipt_bears_the_instant_of_its_transaction() -> None:
    counter = Counter()
    first = counter.ask()
    receipt = counter.store.run(
        lambda tx, _: tx.receipts.find(MAYA, "k"), None, actor=MAYA, reason="a test"
    )

    assert receipt is not None
    assert receipt.at == first.at + timedelta(seconds=1)


def test_a_list_of_texts_is_replayed_too() -> None:
    store = MemoryStore()

    def split_word(_: MemoryTransaction, command: Add) -> list[str]:
        return list(command.word)

    answers: list[list[str]] = []
    for _ in range(2):
        idempotency = Idempotency("k", list[str])
        answers.append(
            store.run(split_word, ONE, actor=MAYA, reason="a test", idempotency=idempotency)
        )

    assert answers == [["o", "n", "e"]] * 2
