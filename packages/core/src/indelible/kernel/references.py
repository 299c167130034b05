"""References: fields that hold the id of another aggregate of the host."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from attrs import frozen

from indelible.kernel.errors import UsageError


class HasAggregate(Protocol):
    """The part of a `Context` that its references concern."""

    @property
    def name(self) -> str: ...
    @property
    def aggregate(self) -> type[Any]: ...


C = TypeVar("C", bound=HasAggregate)


@frozen(kw_only=True)
class Reference:
    """The aggregate of the field's id exists; `target` is its class, None for that of the field.

    The memory store, a foreign key of each database and a guard on SQLite hold it. An unknown id is
    the `missing_error` of the target.
    """

    field: str
    target: type[Any] | None
    declared_at: str

    def target_of(self, entity: type[Any]) -> type[Any]:
        """Return the class of the target, for a reference of a class."""
        return entity if self.target is None else self.target

    def is_to_itself(self, entity: Any) -> bool:  # noqa: ANN401 - an aggregate of any class
        """Return whether an aggregate refers to itself."""
        return self.target is None and getattr(entity, self.field) == entity.id


def in_order_of_references(contexts: Iterable[C], known: Iterable[type[Any]] = ()) -> tuple[C, ...]:
    """Return contexts in their order, each after those that its aggregate refers to.

    `known` are the aggregates that the store has beside them. A class can refer only to those
    declared before it, so that there is no circle.

    Raises:
        UsageError: The store has no context of a target; all are named at once.
    """
    waiting = list(contexts)
    faults = tuple(_unknown_targets(waiting, tuple(known)))
    if faults:
        lines = "\n".join(faults)
        raise UsageError(f"the contexts of a store have faults:\n{lines}")

    ordered: list[C] = []
    while waiting:
        targets = {context.aggregate for context in waiting}
        ready = [one for one in waiting if not targets & set(_other_targets(one))]
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return tuple(ordered)


def _unknown_targets(
    contexts: Sequence[HasAggregate], known: tuple[type[Any], ...]
) -> Iterator[str]:
    """Yield the references to aggregates that the store does not have."""
    aggregates = (*known, *(context.aggregate for context in contexts))
    for context in contexts:
        for reference in references_of(context.aggregate):
            target = reference.target_of(context.aggregate)
            if target not in aggregates:
                yield (
                    f"{reference.declared_at}: field {reference.field} of {context.name} refers to"
                    f" {target.__name__}: open the store with its context too"
                )


def references_of(entity: type[Any]) -> Iterator[Reference]:
    """Yield the references of an aggregate, then those of the records that its actions append."""
    yield from entity.references
    seen: set[type[Any]] = set()
    for records in entity.bulk_records.values():
        for record in records:
            if record not in seen:
                seen.add(record)
                yield from references_of_record(record)


def _other_targets(context: HasAggregate) -> Iterator[type[Any]]:
    """Yield the aggregates that a context's own refers to, without itself."""
    for reference in references_of(context.aggregate):
        if reference.target is not None:
            yield reference.target


def references_of_record(record: type[Any]) -> tuple[Reference, ...]:
    """Return the references of a record; bulk records of indelible's own have none."""
    references: tuple[Reference, ...] = getattr(record, "references", ())
    return references
