"""Keys that the owner of a key creates with it: no right of theirs is larger than the key's own."""

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.errors import Forbidden, Invalid
from indelible.kernel.json import instant_text
from indelible.kernel.keys import CreateKey, Key, KeyCreated, KeysWrite, create_key
from indelible.kernel.values import IDENTIFIER, is_identifier


@frozen
class KeyNotOwned(Forbidden):
    """The actor of a transaction is not the owner of the key that it uses."""

    message: ClassVar[str] = "Key {key_id} belongs to another owner than {actor}."
    key_id: str
    actor: str


@frozen
class KeyUnusable(Forbidden):
    """The key that issues another one has expired or is revoked."""

    message: ClassVar[str] = "Key {key_id} is revoked or has expired, so it can issue no key."
    key_id: str


@frozen
class ScopeNotGranted(Forbidden):
    """A new key would have scopes that the key that issues it lacks."""

    message: ClassVar[str] = (
        "A key can only have scopes of the key that issues it, which lacks {scopes}."
    )
    scopes: tuple[str, ...]


@frozen
class ExpiryTooLate(Forbidden):
    """A new key would outlive the key that issues it."""

    message: ClassVar[str] = (
        "A key can only last as long as the key that issues it: until {latest} at the latest."
    )
    latest: str


@frozen
class ExpiryPassed(Invalid):
    """A new key would have expired already."""

    message: ClassVar[str] = "The key would expire at {expires_at}, which has passed."
    expires_at: str


@frozen(kw_only=True)
class IssueKey:
    """Create a key for the owner of another key, within the rights of that key."""

    command_name: ClassVar[str] = "issue_key"
    issuer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


def issue_key(tx: KeysWrite, command: IssueKey) -> KeyCreated:
    """Create a key for the actor with the rights of a key of theirs, or with fewer.

    Raises:
        KeyNotFound: The issuing key does not exist.
        KeyNotOwned: The issuing key belongs to another actor.
        KeyUnusable: The issuing key is revoked or has expired.
        ScopeNotGranted: The issuing key lacks one of the scopes.
        ExpiryTooLate: The key would outlive the issuing key.
        ExpiryPassed: The key would have expired already.
    """
    # The lock orders this with a revocation: a key that is revoked issues no other afterwards.
    issuer = tx.keys.lock(command.issuer_id).entity
    now = tx.clock.now()
    if issuer.owner != tx.actor:
        raise KeyNotOwned(issuer.id, str(tx.actor))
    if not issuer.is_usable(now=now):
        raise KeyUnusable(issuer.id)

    missing = tuple(scope for scope in command.scopes if not issuer.grants(scope))
    if missing:
        raise ScopeNotGranted(missing)
    _check_expiry(issuer, command.expires_at, now)

    new_key = CreateKey(owner=issuer.owner, scopes=command.scopes, expires_at=command.expires_at)
    return create_key(tx, new_key)


def _check_expiry(issuer: Key, expires_at: datetime | None, now: datetime) -> None:
    """Raise ExpiryPassed or ExpiryTooLate unless a key of this issuer may expire then."""
    if expires_at is not None and expires_at <= now:
        raise ExpiryPassed(instant_text(expires_at))
    if issuer.expires_at is None:
        return
    if expires_at is None or expires_at > issuer.expires_at:
        raise ExpiryTooLate(instant_text(issuer.expires_at))
