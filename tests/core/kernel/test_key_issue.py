"""A key issues other keys of its owner, and no right of theirs is larger than its own."""

from datetime import datetime, timedelta

import pytest

from indelible.kernel import Actor, Forbidden
from indelible.kernel.key_issue import (
    ExpiryPassed,
    ExpiryTooLate,
    IssueKey,
    KeyNotOwned,
    KeyUnusable,
    ScopeNotGranted,
    issue_key,
)
from indelible.kernel.keys import (
    ADMIN,
    CreateKey,
    KeyCreated,
    KeyNotFound,
    KeyPolicy,
    RevokeKey,
    authenticate_key,
    create_key,
    list_keys,
    revoke_key,
)
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import BEGINNING, MAYA, NOOR, CountedIds, TickingClock

POLICY = Policy(keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long"))
LATER = BEGINNING + timedelta(days=1)
MUCH_LATER = BEGINNING + timedelta(days=2)


def empty_store() -> MemoryStore:
    return MemoryStore(policy=POLICY, clock=TickingClock(), ids=CountedIds())


def issuer_of(store: MemoryStore, *scopes: str, expires_at: datetime | None = None) -> KeyCreated:
    """Create a key of Maya's, which issues others."""
    command = CreateKey(owner=MAYA, scopes=scopes, expires_at=expires_at)
    return store.run(create_key, command, actor=Actor.system("tests"), reason="a test")


def issue(
    store: MemoryStore,
    issuer: KeyCreated,
    *scopes: str,
    expires_at: datetime | None = None,
    actor: Actor = MAYA,
) -> KeyCreated:
    """Issue a key with another one."""
    command = IssueKey(issuer_id=issuer.key.id, scopes=scopes, expires_at=expires_at)
    return store.run(issue_key, command, actor=actor, reason="for a script")


def key_count(store: MemoryStore) -> int:
    return len(store.read(list_keys))


def test_a_key_issues_a_key_of_the_same_owner_with_some_of_its_scopes() -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read", "concepts:write", "keys:write")

    issued = issue(store, issuer, "concepts:read", expires_at=LATER)

    assert issued.key.owner == MAYA
    assert issued.key.scopes == ("concepts:read",)
    assert issued.key.expires_at == LATER
    assert store.read(authenticate_key, issued.text, now=BEGINNING) == issued.key
    (creation,) = store.read(lambda tx: tx.history.of("key", issued.key.id))
    assert (creation.action, creation.actor, creation.reason) == ("create", MAYA, "for a script")


def test_an_issued_key_lives_on_when_its_issuer_is_revoked() -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read")
    issued = issue(store, issuer, "concepts:read")

    command = RevokeKey(key_id=issuer.key.id, expected_seq=issuer.seq)
    store.run(revoke_key, command, actor=MAYA, reason="it is old")

    assert store.read(authenticate_key, issued.text, now=BEGINNING) == issued.key


@pytest.mark.parametrize("scopes", [("concepts:read", "concepts:approve"), ("tokens:read",)])
def test_a_key_gives_no_scope_that_it_lacks(scopes: tuple[str, ...]) -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read")

    with pytest.raises(ScopeNotGranted) as refused:
        issue(store, issuer, *scopes)

    assert refused.value.scopes == (scopes[-1],)
    assert isinstance(refused.value, Forbidden)
    assert key_count(store) == 1


def test_only_an_admin_key_gives_the_scope_that_includes_all() -> None:
    store = empty_store()
    everything = issuer_of(store, ADMIN)
    reader = issuer_of(store, "concepts:read")

    assert issue(store, everything, ADMIN).key.scopes == (ADMIN,)
    assert issue(store, everything, "concepts:read").key.scopes == ("concepts:read",)
    with pytest.raises(ScopeNotGranted):
        issue(store, reader, ADMIN)


@pytest.mark.parametrize("expires_at", [None, MUCH_LATER])
def test_a_key_issues_none_that_outlives_it(expires_at: datetime | None) -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read", expires_at=LATER)

    with pytest.raises(ExpiryTooLate):
        issue(store, issuer, "concepts:read", expires_at=expires_at)

    assert key_count(store) == 1
    assert issue(store, issuer, "concepts:read", expires_at=LATER).key.expires_at == LATER


def test_a_key_that_would_have_expired_is_refused() -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read")

    with pytest.raises(ExpiryPassed):
        issue(store, issuer, "concepts:read", expires_at=BEGINNING)


def test_a_revoked_key_issues_none() -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read")
    command = RevokeKey(key_id=issuer.key.id, expected_seq=issuer.seq)
    store.run(revoke_key, command, actor=MAYA, reason="it leaked")

    with pytest.raises(KeyUnusable):
        issue(store, issuer, "concepts:read")


def test_an_expired_key_issues_none() -> None:
    store = empty_store()
    issuer = issuer_of(store, "concepts:read", expires_at=BEGINNING)

    with pytest.raises(KeyUnusable):
        issue(store, issuer, "concepts:read", expires_at=LATER)


def test_nobody_uses_the_key_of_another_owner() -> None:
    store = empty_store()
    issuer = issuer_of(store, ADMIN)

    with pytest.raises(KeyNotOwned):
        issue(store, issuer, "concepts:read", actor=NOOR)
    with pytest.raises(KeyNotOwned):
        issue(store, issuer, "concepts:read", actor=Actor.system("maya"))

    assert key_count(store) == 1


def test_an_unknown_key_issues_none() -> None:
    store = empty_store()
    command = IssueKey(issuer_id="nothing", scopes=("concepts:read",))

    with pytest.raises(KeyNotFound):
        store.run(issue_key, command, actor=MAYA, reason="for a script")
