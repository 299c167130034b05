"""API keys: scoped, expiring and revocable; only a keyed digest of the secret is stored."""

import hmac
import re
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, cast

from attrs import Attribute, field, frozen
from attrs.validators import optional

from indelible.kernel.aggregates import Aggregate, save_change
from indelible.kernel.audit import Actor
from indelible.kernel.errors import Invalid, NotFound, UsageError
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.idempotency import NOT_STORED_IN_RECEIPT
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.lists import ListFilter, ListOrder
from indelible.kernel.transaction import ReadTransaction, Transaction, single_statement
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
)

MAX_SCOPE_WORD: Final = 40  # characters before the colon of a scope, and after it
# A context's name is the first word of its scopes: each name of `context_checks.NAME` fits.
SCOPE = re.compile(f"[a-z][a-z0-9_]{{0,{MAX_SCOPE_WORD - 1}}}(:[a-z]{{1,{MAX_SCOPE_WORD}}})?")
MAX_SCOPES = 50
PREFIX = "ind"  # of a key's text
ADMIN: Final = "admin"  # This scope includes every other scope.
OPS: Final = "ops"  # Of operators: what they read, and the actions of runbooks.


class KeyStatus(StrEnum):
    """The states of an API key."""

    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


KEY = Lifecycle(
    name="key",
    edges=(
        Edge("", "create", KeyStatus.ACTIVE, 0),
        Edge(KeyStatus.ACTIVE, "revoke", KeyStatus.REVOKED, 0),
    ),
    changes={},
    initial={},
)


@frozen
class KeyNotFound(NotFound):
    """No API key has this id."""

    message: ClassVar[str] = "Key {key_id} not found."
    key_id: str


@frozen
class InvalidScope(Invalid):
    """A scope, or the number of scopes, is invalid."""

    message: ClassVar[str] = (
        "Scope {scope} is invalid: a key has 1 to 50 scopes, each written `context:verb`, with up "
        "to 40 of a-z, 0-9 and _ and then up to 40 of a-z, or one word such as `admin` or `ops`."
    )
    scope: str


@frozen(kw_only=True)
class KeyPolicy:
    """The pepper with which the secrets of a store's keys are digested.

    A key that was created with `other_pepper` is accepted too, while one replaces the other.
    """

    pepper: bytes = field(default=b"", repr=False)
    other_pepper: bytes = field(default=b"", repr=False)

    def digest(self, secret: str) -> str:
        """Return the keyed digest of a new key's secret.

        Raises:
            UsageError: The store has no pepper.
        """
        return self.digests(secret)[0]

    def digests(self, secret: str) -> tuple[str, ...]:
        """Return the keyed digests of a secret that a key may have.

        Raises:
            UsageError: The store has no pepper.
        """
        if not self.pepper:
            raise UsageError(
                "keys need a pepper: open the store with Policy(keys=KeyPolicy(pepper=...))"
            )
        peppers = filter(None, (self.pepper, self.other_pepper))
        return tuple(hmac.digest(pepper, secret.encode(), "sha256").hex() for pepper in peppers)


def _are_scopes(_: object, __: "Attribute[Any]", scopes: object) -> None:
    if not isinstance(scopes, tuple):
        raise InvalidScope("0 scopes")

    items = cast("tuple[object, ...]", scopes)
    if not 1 <= len(items) <= MAX_SCOPES:
        raise InvalidScope(f"{len(items)} scopes")

    for scope in items:
        if not isinstance(scope, str) or not SCOPE.fullmatch(scope):
            raise InvalidScope(str(scope))


@frozen(kw_only=True)
class Key(Aggregate):
    """An API key: an owner's credential with scopes."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = KEY
    missing_error = KeyNotFound
    fixed: ClassVar[tuple[str, ...]] = ("owner", "scopes", "secret_digest", "expires_at")

    owner: Actor = field(validator=instance_of(Actor))
    scopes: tuple[str, ...] = field(validator=_are_scopes)
    secret_digest: str = field(repr=False, validator=is_digest)
    expires_at: datetime | None = field(validator=optional(is_instant))
    status: KeyStatus = field(validator=instance_of(KeyStatus))

    def accepts(self, secret_digest: str, *, now: datetime) -> bool:
        """Return True if the secret is the key's own and the key is usable."""
        is_own = hmac.compare_digest(self.secret_digest.encode(), secret_digest.encode())
        return is_own and self.is_usable(now=now)

    def is_usable(self, *, now: datetime) -> bool:
        """Return True if the key is neither revoked nor expired."""
        is_expired = self.expires_at is not None and now >= self.expires_at
        return self.status is KeyStatus.ACTIVE and not is_expired

    def grants(self, scope: str) -> bool:
        """Return True if the key has the scope, or the one that includes every scope."""
        return scope in self.scopes or ADMIN in self.scopes


@frozen(kw_only=True, slots=False)
class KeyFilter(ListFilter):
    """The keys of a list, and their order."""

    status: KeyStatus | None = None
    owner: Actor | None = None
    order: ListOrder | None = None


ALL_KEYS: Final = KeyFilter()


@frozen(kw_only=True)
class CreateKey:
    """Create an API key for an actor."""

    command_name: ClassVar[str] = "create_key"
    owner: Actor
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


@frozen(kw_only=True)
class RevokeKey:
    """Revoke an API key for good."""

    command_name: ClassVar[str] = "revoke_key"
    key_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class KeySaved:
    """An API key, and the seq that the next command on it must expect."""

    key: Key
    seq: int


@frozen(kw_only=True)
class KeyCreated(KeySaved):
    """A new API key with its text `ind_<id>_<secret>`, which no store contains.

    A replay under the same idempotency key has an empty text. Where the text is lost, revoke the
    key and create another one.
    """

    text: str = field(default="", repr=False, metadata=NOT_STORED_IN_RECEIPT)


class HasKeyPolicy(Protocol):
    """The keys' part of a store's policy."""

    @property
    def keys(self) -> KeyPolicy: ...


class KeysRead(ReadTransaction, Protocol):
    """The transaction that queries on keys need."""

    @property
    def keys(self) -> AggregateReader[Key]: ...
    @property
    def policy(self) -> HasKeyPolicy: ...


class KeysWrite(KeysRead, Transaction, Protocol):
    """The transaction that handlers of keys need."""

    @property
    def keys(self) -> AggregateRepository[Key]: ...


def create_key(tx: KeysWrite, command: CreateKey) -> KeyCreated:
    """Create a key; only the result contains its secret."""
    key_id = tx.ids.new()
    secret = tx.ids.secret()
    key = Key.create(
        "create",
        now=tx.clock.now(),
        id=key_id,
        owner=command.owner,
        scopes=command.scopes,
        secret_digest=tx.policy.keys.digest(secret),
        expires_at=command.expires_at,
    )
    seq = save_change(tx, tx.keys, None, key, "create")
    return KeyCreated(key=key, seq=seq, text=f"{PREFIX}_{key_id}_{secret}")


def revoke_key(tx: KeysWrite, command: RevokeKey) -> KeySaved:
    """Revoke a key; the next request with it is refused."""
    head = tx.keys.load(command.key_id, expected_seq=command.expected_seq)
    key = head.entity.transition("revoke", now=tx.clock.now())
    seq = save_change(tx, tx.keys, head, key, "revoke")
    return KeySaved(key=key, seq=seq)


@single_statement
def list_keys(
    tx: KeysRead, *, matching: KeyFilter = ALL_KEYS, after: str = "", limit: int = 100
) -> tuple[KeySaved, ...]:
    """Return the next `limit` matching keys after a position, revoked ones included."""
    heads = tx.keys.list_page(matching, after=after, limit=limit)
    return tuple(KeySaved(key=head.entity, seq=head.revision.seq) for head in heads)


@single_statement
def get_key(tx: KeysRead, key_id: str) -> KeySaved:
    """Return the key.

    Raises:
        KeyNotFound: No key has this id.
    """
    head = tx.keys.get(key_id)
    return KeySaved(key=head.entity, seq=head.revision.seq)


@single_statement
def authenticate_key(tx: KeysRead, text: str, *, now: datetime) -> Key | None:
    """Return the key that the text belongs to, or None without a reason."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    is_printable = all(part.isascii() and part.isprintable() for part in (key_id, secret))
    if prefix != PREFIX or not is_printable:
        return None

    try:
        key = tx.keys.get(key_id).entity
    except KeyNotFound:
        return None

    # Every digest is compared, so that the time does not tell which one the key has.
    answers = [key.accepts(digest, now=now) for digest in tx.policy.keys.digests(secret)]
    return key if any(answers) else None
