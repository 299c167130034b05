"""Find and save entities of tokens. Every repository and handler of tokens writes through here."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from attrs import evolve

from indelible.kernel import Head, Stale, instant_after
from indelible.kernel.aggregates import Aggregate, save_change, save_changes
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.rules.saving import action_between

E = TypeVar("E", bound=Aggregate)

NEWEST_FIRST = ("-created_at", "-id")
OLDEST_FIRST = ("created_at", "id")
RECENT_CHANGES = 100  # that are searched for the one that a stale entity was read at


def find_one(
    repository: AggregateReader[E], where: Mapping[str, object], order: Sequence[str] = ("id",)
) -> E | None:
    """Return the first entity with these field values, or None."""
    heads = repository.find(where, order=order, limit=1)
    if not heads:
        return None
    return heads[0].entity


def find_many(
    repository: AggregateReader[E],
    where: Mapping[str, object],
    order: Sequence[str],
    limit: int,
    offset: int = 0,
) -> list[E]:
    """Return the entities with these field values."""
    heads = repository.find(where, order=order, limit=limit, offset=offset)
    return [head.entity for head in heads]


def insert(tx: TokensWrite, repository: AggregateRepository[E], entity: E) -> E:
    """Save a new entity and return it as stored."""
    now = tx.clock.now()
    new = evolve(entity, created_at=now, updated_at=now)
    save_change(tx, repository, None, new, action_between(new.lifecycle, "", new.status))

    return new


def save(tx: TokensWrite, repository: AggregateRepository[E], entity: E) -> E:
    """Save the next state of an entity and return it as stored.

    Raises: NotFound, Stale, InvalidTransition, FieldFixed.
    """
    return save_over(tx, repository, repository.lock(entity.id), entity)


def save_over(tx: TokensWrite, repository: AggregateRepository[E], head: Head[E], entity: E) -> E:
    """Save the next state of an entity over its locked head and return it as stored.

    An entity that equals the stored one is not saved.

    Raises: Stale, InvalidTransition, FieldFixed.
    """
    stored = head.entity
    if stored.updated_at != entity.updated_at:
        raise Stale(entity.id, _seq_of(tx, head, entity), head.revision.seq)
    if stored == entity:
        return entity

    action = action_between(entity.lifecycle, stored.status, entity.status)
    saved = evolve(entity, updated_at=instant_after(stored.updated_at, tx.clock.now()))
    save_change(tx, repository, head, saved, action)

    return saved


def _seq_of(tx: TokensWrite, head: Head[E], entity: E) -> int:
    """Return the seq at which the entity was read, or 0 if that is not a recent one."""
    after = max(0, head.revision.seq - RECENT_CHANGES)
    for change in tx.history.of(entity.lifecycle.name, entity.id, after=after):
        if change.at == entity.updated_at:
            return change.seq

    return 0


def save_all(
    tx: TokensWrite, repository: AggregateRepository[E], updates: Sequence[tuple[Head[E], E]]
) -> list[Head[E]]:
    """Save the next state of many entities, each over its head, and return the new heads.

    Raises: Stale when one head is not the stored one; InvalidTransition, FieldFixed.
    """
    now = tx.clock.now()
    steps: list[tuple[Head[E], E, str]] = []
    for head, entity in updates:
        stored = head.entity
        action = action_between(entity.lifecycle, stored.status, entity.status)
        saved = evolve(entity, updated_at=instant_after(stored.updated_at, now))
        steps.append((head, saved, action))

    return save_changes(tx, repository, steps)
