"""History: changes, heads, and the ports of aggregates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, Self, TypeVar

from attrs import field, frozen

from indelible.kernel import digest_schemes
from indelible.kernel.audit import Actor, HasAuditContext
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.conditions import FieldNotOfRecord, WithConditions
from indelible.kernel.digest_schemes import FIRST_SCHEME, added_in, digest_of_scheme
from indelible.kernel.errors import HashChainBroken, IndelibleError, InvalidTransition, Stale
from indelible.kernel.json import digest, encode_canonical, instant_text, sha256_hex, to_json_value
from indelible.kernel.json_limits import DOCUMENT_LIMITS
from indelible.kernel.lifecycle import Lifecycle
from indelible.kernel.lists import ListFilter
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    is_identifier,
    is_instant,
    non_blank_line,
)

Data = Mapping[str, Any]  # a JSON object; its fractions are Decimals
EVERYWHERE: Final[Mapping[str, object]] = {}
# A change has these values of its aggregate in columns of its own.
NOT_IN_CHANGE_DATA: Final = ("id", "status", "created_at", "updated_at")


class Entity(Protocol):
    """The fields that history needs of an entity."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> StrEnum: ...
    @property
    def updated_at(self) -> datetime: ...


E_co = TypeVar("E_co", bound=Entity, covariant=True)


class Revision(NamedTuple):
    """A point in an entity's history: the key that ties its head and next change to a change."""

    seq: int
    state: str
    version: int
    hash: str


NO_REVISION = Revision(seq=0, state="", version=0, hash="")


@frozen(kw_only=True)
class Change:
    """One row of history: an action with its actor, reason and time."""

    lifecycle: str
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    seq: int = field(validator=bounded_int, metadata=COUNT)
    action: str
    from_state: str
    to_state: str
    adds_version: int
    version: int
    actor: Actor
    reason: str = field(validator=non_blank_line, metadata=LINE)
    at: datetime = field(validator=is_instant)
    request_id: str | None
    data: Data
    prev_hash: str
    hash: str
    digest_scheme: int = field(default=FIRST_SCHEME, metadata=added_in(2))

    @property
    def revision(self) -> Revision:
        """Return the revision after this change."""
        return Revision(self.seq, self.to_state, self.version, self.hash)

    @property
    def previous_revision(self) -> Revision:
        """Return the revision before this change."""
        version = self.version - self.adds_version
        return Revision(self.seq - 1, self.from_state, version, self.prev_hash)

    @property
    def edge(self) -> tuple[str, str, str, int]:
        """Return the edge that this change takes."""
        return self.from_state, self.action, self.to_state, self.adds_version

    def digest(self) -> str:
        """Return the digest of every field of its scheme except `hash`."""
        return digest(self.covered_values())

    def covered_values(self) -> dict[str, Any]:
        """Return the fields that the hash covers.

        Raises:
            DigestSchemeUnknown: The scheme is of a later release.
        """
        values = digest_schemes.covered_values(self, self.digest_scheme)
        del values["hash"]
        return values


@frozen(kw_only=True)
class Head(Generic[E_co]):
    """An entity as its last change left it, with that change's revision."""

    entity: E_co
    revision: Revision

    @property
    def id(self) -> str:
        """Return the id of the entity."""
        return self.entity.id

    @property
    def seq(self) -> int:
        """Return the number of the entity's last change."""
        return self.revision.seq

    def expected(self, seq: int) -> Self:
        """Return this head.

        Raises:
            Stale: The head is at another seq.
        """
        if self.revision.seq != seq:
            raise Stale(self.entity.id, seq, self.revision.seq)

        return self


E = TypeVar("E", bound=Entity)


@frozen(kw_only=True)
class Record(WithConditions):
    """An insert-only row that a change adds beside its aggregate.

    The change's data holds the record's digest under `record_name`. `head_fields` maps a field
    of the record to the aggregate's field that must have the same value when it is added. No two
    records of a type have the same value in its `unique_field`. `conditions` holds what each record
    must fulfill.
    """

    record_name: ClassVar[str]
    head_fields: ClassVar[Mapping[str, str]]
    unique_field: ClassVar[str] = ""

    def digest(self, scheme: int) -> str:
        """Return the digest of all fields of a scheme."""
        return digest_of_scheme(self, scheme)

    def _claim_error(self, name: str, expected: str) -> IndelibleError:
        """Return the error about a field that its other fields exclude."""
        return FieldNotOfRecord(self.record_name, name, expected)


class Update(NamedTuple, Generic[E]):
    """One change of an aggregate: its head, the change, its next value, and its bulk records."""

    head: Head[E]
    change: Change
    entity: E
    bulk: Sequence[AnyBulk] = ()


class AggregateReader(Protocol[E_co]):
    """Read access to the aggregates of one lifecycle."""

    def get(self, entity_id: str) -> Head[E_co]:
        """Return the aggregate's head.

        Raises:
            NotFound: The error of this lifecycle, such as TokenNotFound, for an unknown id.
        """
        ...

    def page(self, *, after: str, limit: int) -> tuple[Head[E_co], ...]:
        """Return the next `limit` heads after an id, in order of id."""
        ...

    def list_page(
        self,
        matching: ListFilter,
        *,
        where: Mapping[str, object] = EVERYWHERE,
        after: str,
        limit: int,
    ) -> tuple[Head[E_co], ...]:
        """Return the next `limit` matching heads after a position, in the filter's order.

        Their fields equal `where`. '' is the position before the first.
        """
        ...

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E_co], ...]:
        """Return the heads whose fields equal `where`; a `-` before a field in `order` descends."""
        ...


class AggregateRepository(AggregateReader[E], Protocol[E]):
    """Read and write access to the aggregates of one lifecycle."""

    def lock(self, entity_id: str) -> Head[E]:
        """Return the head, locked until the transaction ends.

        Raises:
            NotFound: The error of this lifecycle, such as TokenNotFound, for an unknown id.
        """
        ...

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """Return the head at the expected seq, locked until the transaction ends.

        Raises:
            NotFound: The error of this lifecycle, such as TokenNotFound, for an unknown id.
            Stale: The aggregate is at another seq.
        """
        ...

    def save(
        self,
        change: Change,
        entity: E,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store the aggregate with its change and the records that the change adds.

        Raises:
            BulkDiffers, BulkMismatch: The bulk records are not those of the change.
            Stale: The stored head is not at the change's previous seq.
            RecordExists: A stored record has the same value in its unique field.
            Conflict: Another aggregate of the parent has the place (see `OnePerParent`).
        """
        ...

    def save_all(self, updates: Sequence[Update[E]]) -> None:
        """Store many aggregates, each with its change.

        Raises:
            Stale: One of the stored heads is not at its change's previous seq; nothing is saved.
            Conflict: Another aggregate of a parent has the place (see `OnePerParent`).
        """
        ...


def next_change(
    audit: HasAuditContext,
    lifecycle: Lifecycle[StrEnum],
    head: Head[Entity] | None,
    entity: Entity,
    action: str,
    data: Data,
) -> Change:
    """Return the change that takes the head to the entity; `head` is None for a new entity.

    Raises:
        InvalidTransition: The lifecycle has no edge for the action, or it leads to another state.
        JsonLimitExceeded: The data exceed DOCUMENT_LIMITS.
    """
    revision = NO_REVISION if head is None else head.revision
    edge = lifecycle.edge(revision.state, action)
    if entity.status != edge.to_state:
        refused = f"{action} to {entity.status}"
        allowed = lifecycle.allowed(revision.state)
        raise InvalidTransition(lifecycle.name, revision.state, refused, allowed)

    values: dict[str, Any] = {
        "lifecycle": lifecycle.name,
        "entity_id": entity.id,
        "seq": revision.seq + 1,
        "action": action,
        "from_state": revision.state,
        "to_state": entity.status.value,
        "adds_version": edge.adds_version,
        "version": revision.version + edge.adds_version,
        "actor": audit.actor,
        "reason": audit.reason,
        "at": entity.updated_at,
        "request_id": audit.request_id,
        "data": to_json_value(data),
        "prev_hash": revision.hash,
    }
    if digest_schemes.DIGEST_SCHEME > FIRST_SCHEME:  # the first one does not cover its number
        values["digest_scheme"] = digest_schemes.DIGEST_SCHEME
    return Change(**values, hash=_hash_of(values))


def _hash_of(values: Mapping[str, Any]) -> str:
    """Return the digest of a change's fields.

    Raises:
        JsonLimitExceeded: The data exceed DOCUMENT_LIMITS.
    """
    # Converting these two here is faster than a conversion of the whole dict.
    json_values = dict(values, actor=str(values["actor"]), at=instant_text(values["at"]))
    text = encode_canonical(json_values)
    if not DOCUMENT_LIMITS.has_room_for(text):
        data = values["data"]
        DOCUMENT_LIMITS.check(data, encode_canonical(data), "data")

    return sha256_hex(text)


def verify_chain(
    lifecycle: Lifecycle[StrEnum], changes: Sequence[Change], revision: Revision = NO_REVISION
) -> Revision:
    """Check that changes of one entity follow from each other, and return the last revision.

    `revision` is the one that the first change must follow.

    Raises:
        HashChainBroken: A change does not follow, takes no declared edge, is of another entity or
            lifecycle, or has another hash.
        DigestSchemeUnknown: A change was hashed by the rules of a later release.
    """
    for change in changes:
        is_of_entity = (
            change.lifecycle == lifecycle.name and change.entity_id == changes[0].entity_id
        )
        follows = change.previous_revision == revision and change.edge in lifecycle.known_edges
        if not is_of_entity or not follows or change.hash != change.digest():
            raise HashChainBroken(change.entity_id, change.seq)
        revision = change.revision

    return revision
