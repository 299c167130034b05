"""An API key is accepted until it expires or is revoked, and no store has its secret."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.strategies import from_regex, text

from indelible.kernel import Actor, AuditContext, Invalid, UsageError
from indelible.kernel.context_checks import NAME
from indelible.kernel.keys import (
    MAX_SCOPE_WORD,
    CreateKey,
    InvalidScope,
    Key,
    KeyCreated,
    KeyPolicy,
    KeyStatus,
    RevokeKey,
    authenticate_key,
    create_key,
)
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import BEGINNING, CountedIds, TickingClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EXPIRY = NOW + timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
MAYA = Actor.user("maya")
AUDIT = AuditContext(actor=MAYA, reason="a test")
POLICY = KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")
DIGEST = POLICY.digest("secret")
ACTIVE_KEY = Key(
    id="k-1",
    owner=MAYA,
    scopes=("concepts:read",),
    secret_digest=DIGEST,
    expires_at=EXPIRY,
    status=KeyStatus.ACTIVE,
    created_at=NOW,
    updated_at=NOW,
)
CREATE = CreateKey(owner=MAYA, scopes=("concepts:read",))
# The tests pass wrong values on purpose, so no type checker may refuse them.
with_fields: Callable[..., Any] = evolve


def empty_store(policy: KeyPolicy = POLICY) -> MemoryStore:
    return MemoryStore(policy=Policy(keys=policy), clock=TickingClock(), ids=CountedIds())


def created_key(store: MemoryStore) -> KeyCreated:
    return store.run(create_key, CREATE, actor=MAYA, reason="a test")


def authenticated(store: MemoryStore, key_text: str) -> Key | None:
    return store.read(authenticate_key, key_text, now=BEGINNING)


def secret_of(created: KeyCreated) -> str:
    """Return the last part of the key's text `ind_<id>_<secret>`."""
    return created.text.rpartition("_")[2]


def test_a_digest_depends_on_the_secret_and_on_the_pepper() -> None:
    other_policy = KeyPolicy(pepper=b"another pepper for tests, 32 b.")
    digests = {POLICY.digest("a"), POLICY.digest("b"), other_policy.digest("a")}

    assert len(digests) == 3
    assert POLICY.digest("a") == POLICY.digest("a")
    assert len(POLICY.digest("a")) == 64


@given(from_regex(NAME, fullmatch=True))
def test_each_name_of_a_context_is_the_first_word_of_a_scope(name: str) -> None:
    scopes = (name, f"{name}:read", f"{name}:{'v' * MAX_SCOPE_WORD}")

    assert MAX_SCOPE_WORD == 40
    assert evolve(ACTIVE_KEY, scopes=scopes).scopes == scopes


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "Concepts:read",
        "concepts:",
        ":read",
        "concepts:read:all",
        "concepts read",
        "1st:read",
        "_orders:read",
        "orders:read2",
        "orders:read_all",
        "purchase-orders:read",
        "admin\n",
        "orders:read\n",
        "orders\n:read",
        "orders\0:read",
        "a" * (MAX_SCOPE_WORD + 1),
        f"{'a' * (MAX_SCOPE_WORD + 1)}:read",
        f"orders:{'a' * (MAX_SCOPE_WORD + 1)}",
        "é",
        "order\u0661:read",
    ],
)
def test_another_text_is_no_scope(scope: str) -> None:
    with pytest.raises(InvalidScope) as refused:
        evolve(ACTIVE_KEY, scopes=("admin", scope))

    assert refused.value.scope == scope


@pytest.mark.parametrize("count", [1, 50])
def test_a_key_has_1_to_50_scopes(count: int) -> None:
    assert len(evolve(ACTIVE_KEY, scopes=("admin",) * count).scopes) == count


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"id": "x" * 201}, {"expires_at": NOW.replace(tzinfo=None)}], ids=repr
)
def test_the_fields_of_a_key_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        evolve(ACTIVE_KEY, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"key_id": ""}, {"key_id": "x" * 201}, {"expected_seq": 0}, {"expected_seq": True}],
    ids=repr,
)
def test_the_fields_of_a_revocation_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        with_fields(RevokeKey(key_id="k-1", expected_seq=1), **wrong)


def test_a_new_key_is_shown_once_and_kept_as_a_digest() -> None:
    store = empty_store()
    created = created_key(store)
    (change,) = store.feed().changes

    assert created.text == f"ind_{created.key.id}_{secret_of(created)}"
    assert created.seq == 1
    assert created.key.status is KeyStatus.ACTIVE
    assert created.key.owner == MAYA
    assert created.key.scopes == CREATE.scopes
    assert created.key.secret_digest == POLICY.digest(secret_of(created))
    assert secret_of(created) not in repr(change)


def test_no_printed_value_contains_the_secret_its_digest_or_the_pepper() -> None:
    created = created_key(empty_store())

    for value in (created, created.key, POLICY):
        printed = repr(value)
        assert secret_of(created) not in printed
        assert created.key.secret_digest not in printed
        assert "a pepper" not in printed


@given(text(max_size=80))
def test_no_other_text_is_authenticated(other: str) -> None:
    store = empty_store()
    created = created_key(store)

    for wrong in (
        other,
        f"ind_{other}",
        f"ind_{created.key.id}_{other}",
        f"{other}_{created.key.id}_",
        f"{created.text}{other}0",
    ):
        assert authenticated(store, wrong) is None


def test_a_key_begins_with_ind_and_is_compared_whole() -> None:
    store = empty_store()
    created = created_key(store)
    rest = created.text.removeprefix("ind")

    assert authenticated(store, f"ind{rest}") == created.key
    for wrong in (
        rest,
        f"key{rest}",
        f"IND{rest}",
        f" ind{rest}",
        f"ind{rest} ",
        f"ind{rest}\u00e9",
        f"ind_{rest}",
    ):
        assert authenticated(store, wrong) is None


def test_a_store_without_a_pepper_creates_no_key() -> None:
    with pytest.raises(UsageError):
        created_key(empty_store(KeyPolicy()))
