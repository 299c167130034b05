"""An API key: what it opens, until when, and what is kept of its secret."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis.strategies import from_regex, text

from indelible.kernel import Actor, AuditContext, Invalid, InvalidTransition, UsageError
from indelible.kernel.aggregates import change_for
from indelible.kernel.keys import (
    KEY,
    SCOPE,
    CreateKey,
    InvalidScope,
    Key,
    KeyPolicy,
    KeyStatus,
    RevokeKey,
    authenticate_key,
    create_key,
    revoke_key,
)
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import BEGINNING, CountedIds, TickingClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAYA = Actor.user("maya")
AUDIT = AuditContext(actor=MAYA, reason="a test")
KEYS = KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")
DIGEST = KEYS.digest("secret")
OWN = Key(
    id="k-1",
    owner=MAYA,
    scopes=("concepts:read",),
    secret_digest=DIGEST,
    expires_at=NOW + timedelta(days=1),
    status=KeyStatus.ACTIVE,
    created_at=NOW,
    updated_at=NOW,
)
but: Callable[..., Any] = evolve  # a wrong value is the point: no checker may forbid it
CREATE = CreateKey(owner=MAYA, scopes=("concepts:read",))


def opened(policy: KeyPolicy = KEYS) -> MemoryStore:
    return MemoryStore(policy=Policy(keys=policy), clock=TickingClock(), ids=CountedIds())


def test_a_key_is_active_until_it_is_revoked_for_good() -> None:
    revoked = OWN.transition("revoke", now=NOW + timedelta(hours=1))

    assert revoked == evolve(OWN, status=KeyStatus.REVOKED, updated_at=NOW + timedelta(hours=1))
    assert KEY.edges == (("", "create", "ACTIVE", 0), ("ACTIVE", "revoke", "REVOKED", 0))
    with pytest.raises(InvalidTransition):
        revoked.transition("revoke", now=NOW)


def test_a_keys_time_runs_forward_whatever_the_clock_says() -> None:
    assert OWN.transition("revoke", now=NOW - timedelta(days=1)).updated_at == NOW + timedelta(
        microseconds=1
    )


def test_a_key_opens_with_its_own_secret_before_its_end() -> None:
    last = NOW + timedelta(days=1)

    assert OWN.accepts(DIGEST, now=last - timedelta(microseconds=1))
    assert not OWN.accepts(DIGEST, now=last)
    assert not OWN.accepts(KEYS.digest("another"), now=NOW)
    assert not OWN.accepts("", now=NOW)
    assert not OWN.transition("revoke", now=NOW).accepts(DIGEST, now=NOW)
    assert evolve(OWN, expires_at=None).accepts(DIGEST, now=NOW + timedelta(days=365_000))


def test_a_digest_needs_the_pepper_and_tells_secrets_and_peppers_apart() -> None:
    other = KeyPolicy(pepper=b"another pepper for tests, 32 b.")

    assert len({KEYS.digest("a"), KEYS.digest("b"), other.digest("a")}) == 3
    assert KEYS.digest("a") == KEYS.digest("a")
    assert len(KEYS.digest("a")) == 64
    with pytest.raises(UsageError):
        KeyPolicy().digest("a")


@given(from_regex(SCOPE, fullmatch=True))
def test_a_scope_is_a_context_and_a_verb_or_one_word(scope: str) -> None:
    assert evolve(OWN, scopes=(scope,)).scopes == (scope,)


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "Concepts:read",
        "concepts:",
        ":read",
        "concepts:read:all",
        "concepts read",
        "a1",
        "admin\n",
        "é",
    ],
)
def test_another_text_is_no_scope(scope: str) -> None:
    with pytest.raises(InvalidScope) as refused:
        evolve(OWN, scopes=("admin", scope))
    assert refused.value.scope == scope


def test_a_key_has_1_to_50_scopes() -> None:
    for count in (1, 50):
        assert len(evolve(OWN, scopes=("admin",) * count).scopes) == count
    for count in (0, 51):
        with pytest.raises(InvalidScope):
            evolve(OWN, scopes=("admin",) * count)


@pytest.mark.parametrize(
    "bad", [{"id": ""}, {"id": "x" * 201}, {"expires_at": NOW.replace(tzinfo=None)}], ids=repr
)
def test_a_keys_fields_are_checked(bad: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        evolve(OWN, **bad)


def test_a_revocation_names_a_key_and_the_seq_that_was_seen() -> None:
    right = RevokeKey(key_id="k-1", expected_seq=1)
    for bad in ({"key_id": ""}, {"key_id": "x" * 201}, {"expected_seq": 0}, {"expected_seq": True}):
        with pytest.raises(Invalid):
            but(right, **bad)


def test_a_change_keeps_every_column_that_its_head_holds_and_no_secret() -> None:
    place = {"id", "status", "created_at", "updated_at"}

    data = change_for(AUDIT, None, OWN, "create").data

    assert set(data) == {field.name for field in fields(Key)} - place
    assert data["owner"] == "user:maya"


def test_a_new_key_is_shown_once_and_kept_as_a_digest() -> None:
    store = opened()
    made = store.run(create_key, CREATE, actor=MAYA, reason="a test")
    secret = made.text.rpartition("_")[2]

    assert made.text == f"ind_{made.key.id}_{secret}"
    assert (made.seq, made.key.status, made.key.owner, made.key.scopes) == (
        1,
        KeyStatus.ACTIVE,
        MAYA,
        CREATE.scopes,
    )
    assert made.key.secret_digest == KEYS.digest(secret)
    (change,) = store.feed().changes
    for shown in (repr(made), repr(made.key), repr(change), repr(KEYS)):
        assert secret not in shown
    assert made.key.secret_digest not in repr(made)
    assert "a pepper" not in repr(KEYS)


def test_a_key_is_found_by_its_text_until_it_is_revoked() -> None:
    store = opened()
    made = store.run(create_key, CREATE, actor=MAYA, reason="a test")
    assert store.read(authenticate_key, made.text, now=BEGINNING) == made.key

    command = RevokeKey(key_id=made.key.id, expected_seq=made.seq)
    saved = store.run(revoke_key, command, actor=MAYA, reason="it leaked")

    assert (saved.seq, saved.key.status) == (2, KeyStatus.REVOKED)
    assert store.read(authenticate_key, made.text, now=BEGINNING) is None


@given(text(max_size=80))
def test_whatever_else_is_shown_opens_nothing(shown: str) -> None:
    store = opened()
    made = store.run(create_key, CREATE, actor=MAYA, reason="a test")

    for wrong in (
        shown,
        f"ind_{shown}",
        f"ind_{made.key.id}_{shown}",
        f"{shown}_{made.key.id}_",
        made.text + shown + "0",
    ):
        assert store.read(authenticate_key, wrong, now=BEGINNING) is None


def test_a_key_begins_with_ind_and_is_read_whole() -> None:
    store = opened()
    made = store.run(create_key, CREATE, actor=MAYA, reason="a test")
    right = made.text.removeprefix("ind")

    assert store.read(authenticate_key, f"ind{right}", now=BEGINNING) == made.key
    for wrong in (
        right,
        f"key{right}",
        f"IND{right}",
        f" ind{right}",
        f"ind{right} ",
        f"ind{right}\u00e9",
        f"ind_{right}",
    ):
        assert store.read(authenticate_key, wrong, now=BEGINNING) is None


def test_without_a_pepper_no_key_is_made_or_opened() -> None:
    text_of_another = opened().run(create_key, CREATE, actor=MAYA, reason="a test").text

    with pytest.raises(UsageError):
        opened(KeyPolicy()).run(create_key, CREATE, actor=MAYA, reason="a test")
    assert opened().read(authenticate_key, text_of_another, now=BEGINNING) is None
