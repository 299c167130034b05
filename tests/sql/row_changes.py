"""Random changes of aggregates: births and actions, legal ones and their neighbours."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Any, Final

from attrs import frozen
from tests.sql.condition_rows import ROWS
from tests.sql.row_values import Values, is_repaired, other_value, valid_row

from indelible.kernel import AuditContext, to_json_value
from indelible.kernel.aggregates import Aggregate, change_data, version_of
from indelible.kernel.conditions import NamesActor, presence_in
from indelible.kernel.digest_schemes import DIGEST_SCHEME
from indelible.kernel.history import NO_REVISION, Revision
from indelible.kernel.lifecycle import Edge
from indelible.kernel.values import COUNT, field_values
from indelible.testing.stores import MAYA

AUDIT: Final = AuditContext(actor=MAYA, reason="a random change", request_id="request-1")
HASHES: Final = ("d" * 64, "e" * 64, "f" * 64)  # of a change, and of the two before it
STEPS: Final = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(hours=1),
    timedelta(days=3),
    timedelta(0),
)
# Fields of an aggregate that no action names, beside those that its lifecycle lists.
OF_EVERY_ACTION: Final = ("id", "status", "created_at", "updated_at")


@frozen(kw_only=True)
class RandomChange:
    """A change to a valid aggregate by an action; `before` is None for a birth.

    The action need not lead from the one to the other.
    """

    before: Aggregate | None
    after: Aggregate
    edge: Edge[StrEnum]

    @property
    def action(self) -> str:
        """Return the name of the action."""
        return self.edge.action

    @property
    def revision(self) -> Revision:
        """Return the revision before the change."""
        if self.before is None:
            return NO_REVISION
        seq = 1 if self.before.created_at == self.before.updated_at else 2
        return Revision(seq, self.before.status, version_of(self.before), HASHES[1])

    def rows(self) -> dict[str, Values | None]:
        """Return the head and the change of history, each before and after the change."""
        revision = self.revision
        after = head_row(self.after, seq=revision.seq + 1, hash_of=HASHES[2])
        rows: dict[str, Values | None] = {
            "before": None,
            "predecessor": None,
            "after": after,
            "change": self._change_row(),
        }
        if self.before is not None:
            rows["before"] = head_row(self.before, seq=revision.seq, hash_of=revision.hash)
            rows["predecessor"] = self._predecessor_row(self.before)
        return rows

    def _change_row(self) -> Values:
        revision = self.revision
        return history_row(
            self.after,
            action=self.edge.action,
            from_state=revision.state,
            seq=revision.seq + 1,
            adds_version=self.edge.adds_version,
            version=revision.version + self.edge.adds_version,
            prev_hash=revision.hash,
            hash=HASHES[2],
        )

    def _predecessor_row(self, before: Aggregate) -> Values:
        revision = self.revision
        is_first = revision.seq == 1
        return history_row(
            before,
            action="before",
            from_state="" if is_first else revision.state,
            seq=revision.seq,
            adds_version=revision.version if is_first else 0,
            version=revision.version,
            prev_hash="" if is_first else HASHES[0],
            hash=revision.hash,
        )


def head_row(entity: Aggregate, *, seq: int, hash_of: str) -> Values:
    """Return the columns of a head; the name of a concept is in its versions."""
    return {**field_values(entity), "seq": seq, "hash": hash_of, "name_key": "key"}


def history_row(entity: Aggregate, **columns: object) -> Values:
    """Return the columns of a change that has led to an aggregate."""
    return {
        "lifecycle": entity.lifecycle.name,
        "entity_id": entity.id,
        "to_state": entity.status,
        "actor": AUDIT.actor,
        "reason": AUDIT.reason,
        "at": entity.updated_at,
        "request_id": AUDIT.request_id,
        "data": to_json_value(change_data(entity)),
        "digest_scheme": DIGEST_SCHEME,
        **columns,
    }


def random_changes_of(
    entity: type[Aggregate], *, seed: int, number: int = ROWS
) -> list[RandomChange]:
    """Return random changes of an aggregate, the same ones for a seed."""
    random = Random(f"change of {entity.__name__} {seed}")  # noqa: S311 - no secret
    changes: list[RandomChange] = []
    while len(changes) < number:
        change = _random_change(entity, random)
        if change is not None:
            changes.append(change)
    return changes


def _random_change(entity: type[Aggregate], random: Random) -> RandomChange | None:
    """Return a random change; None if no aggregate can be made that the action leads to.

    A number at the end of 64 bits is left out: PostgreSQL cannot compute what follows it.
    """
    is_never_changed = all(not edge.from_state for edge in entity.lifecycle.edges)
    if random.random() < (0.6 if is_never_changed else 0.2):
        return _random_birth(entity, random)

    row = valid_row(entity, random)
    before = entity(**row)
    is_impossible = version_of(before) > 1 and before.created_at == before.updated_at
    if is_impossible or COUNT["maximum"] in row.values():
        return None

    edges = [edge for edge in entity.lifecycle.edges if edge.from_state == before.status]
    if not edges or random.random() < 0.1:
        edges = [edge for edge in entity.lifecycle.edges if edge.from_state]
    edge = random.choice(edges) if edges else random.choice(entity.lifecycle.edges)
    row.update(status=edge.to_state, updated_at=before.updated_at + random.choice(STEPS))
    if entity.version_field:
        row[entity.version_field] += edge.adds_version
    after = _changed(entity, row, edge, random)
    return None if after is None else RandomChange(before=before, after=after, edge=edge)


def _random_birth(entity: type[Aggregate], random: Random) -> RandomChange | None:
    """Return a random new aggregate, often with the values that its action requires."""
    edges = [edge for edge in entity.lifecycle.edges if not edge.from_state]
    edge = random.choice(edges)
    row = valid_row(entity, random)
    if random.random() < 0.9:
        row.update(entity.lifecycle.initial_fields(edge.action))
        row.update(status=edge.to_state, updated_at=row["created_at"])
        if entity.version_field:
            row[entity.version_field] = edge.adds_version
    after = _changed(entity, row, edge, random)
    return None if after is None else RandomChange(before=None, after=after, edge=edge)


def _changed(
    entity: type[Aggregate], row: Values, edge: Edge[StrEnum], random: Random
) -> Aggregate | None:
    """Return the aggregate after an action that sets its fields, and sometimes another field."""
    names = _fields_of(entity, edge)
    presence = presence_in(entity.conditions, edge.to_state)
    for name in names:
        if random.random() < 0.6 or name in presence:
            row[name] = other_value(entity, name, random)
    for condition in entity.conditions:
        if isinstance(condition, NamesActor) and condition.action == edge.action:
            row[condition.field] = random.choice((str(AUDIT.actor), str(AUDIT.actor), "user:eve"))

    kept = sorted(set(row) - set(OF_EVERY_ACTION))
    if kept and random.random() < 0.4:
        name = random.choice(kept)
        row[name] = other_value(entity, name, random)
        names = [*names, name]
    if not is_repaired(entity, row, names, random):
        return None
    return entity(**row)


def _fields_of(entity: type[Aggregate], edge: Edge[StrEnum]) -> Sequence[Any]:
    """Return the fields that an action sets: all fixed ones if it creates."""
    names = list((entity.lifecycle.changes or {}).get(edge.action, ()))
    if not edge.from_state:
        names.extend(name for name in entity.fixed if name not in names)
    return names
