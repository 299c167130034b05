"""Replays: what a declaration would have refused of a history that another one allowed.

Nothing is written: the changes are read, and judged as if they were commands of today.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from attrs import define, evolve, field, fields_dict
from cattrs import BaseValidationError

from indelible.kernel.actions import actions_of
from indelible.kernel.aggregates import Aggregate, check_step
from indelible.kernel.appends import TooManyRows, record_names
from indelible.kernel.errors import HashChainBroken, IndelibleError
from indelible.kernel.history import Change
from indelible.kernel.numbered_versions import FIRST, NumberedVersions
from indelible.kernel.past import entity_after

E = TypeVar("E", bound=Aggregate)


@define
class AggregateReplay(Generic[E]):
    """The replay of one aggregate's changes, oldest first."""

    entity: type[E]
    _first: Change | None = field(default=None, init=False)
    _before: E | None = field(default=None, init=False)
    _is_numbered: bool = field(default=False, init=False)

    def refusals(self, change: Change) -> Iterator[str]:
        """Yield why the declaration refuses the next change of the aggregate; nothing if it allows.

        A change is judged by itself: what the declaration refused before does not count against it.
        """
        self._first = self._first or change
        before, self._before = self._before, None
        try:
            edge = self.entity.lifecycle.edge(change.from_state, change.action)
            if edge.to_state != change.to_state:
                yield f"action {change.action} leads to {edge.to_state}, not to {change.to_state}"
        except IndelibleError as error:
            yield str(error)
        records = record_names(self.entity)
        for name in sorted(change.data.keys() - fields_dict(self.entity).keys() - records):
            yield f"{name} is no field"
        for name in sorted(change.data.keys() & records):
            yield from _refused_rows(self.entity, change, name)
        try:
            after = entity_after(self.entity, self._first, change).entity
        except HashChainBroken as error:
            yield from _causes(error.__cause__)
            return

        before, after = self._with_numbers(before, after, change)
        self._before = after
        if change.seq > 1 and before is None:
            return  # the change before cannot be read: there is nothing to compare with
        try:
            check_step(before, after, change.action, change)
        except IndelibleError as error:
            yield str(error)

    def _with_numbers(self, before: E | None, after: E, change: Change) -> tuple[E | None, E]:
        """Return two values with the version numbers that changes from before the field lack."""
        rule = self.entity.numbered_versions
        if rule is None or before is None:
            self._is_numbered = rule is not None and rule.field in change.data
            return before, after
        was_numbered, self._is_numbered = self._is_numbered, rule.field in change.data
        if not self._is_numbered:
            after = _with_number(after, rule, rule.expected(before, after))
        elif not was_numbered:
            before = _with_number(before, rule, FIRST)  # as the field has found it
        return before, after


@define
class PlacesReplay:
    """The places of an aggregate's rules of one per parent, while its history is replayed.

    The changes of all aggregates come in the order of the feed.
    """

    entity: type[Aggregate]
    _holders: dict[tuple[str, object], str] = field(factory=dict[tuple[str, object], str])
    _places: dict[tuple[str, str], object] = field(factory=dict[tuple[str, str], object])

    def refusals(self, change: Change) -> Iterator[str]:
        """Yield the rules that refuse the next change, because another aggregate has the place."""
        for rule in self.entity.one_per_parent:
            mine = (rule.name, change.entity_id)
            left = self._places.pop(mine, None)
            if left is not None:
                del self._holders[rule.name, left]
            parent: Any = change.data.get(rule.parent_field)
            if parent is None or change.to_state not in rule.states:
                continue
            holder = self._holders.get((rule.name, parent))
            if holder is not None:
                yield str(rule.error(parent))
                continue
            self._holders[rule.name, parent] = change.entity_id
            self._places[mine] = parent


def _refused_rows(entity: type[Aggregate], change: Change, record: str) -> Iterator[str]:
    """Yield why a change may not append the rows of a record whose number it holds."""
    action = actions_of(entity).get(change.action)
    if action is None:
        return  # its edge is refused already
    appending = action.appending
    count: int = change.data[record]["count"]
    if appending is None or appending.record.record_name != record:
        yield f"action {change.action} appends no {record}"
    elif appending.is_computed and count > appending.max_rows:
        yield str(TooManyRows(change.action, record, appending.max_rows, count))
    elif not appending.is_computed and count != 1:
        yield f"action {change.action} appends one {record}, not {count}"


def _with_number(entity: E, rule: NumberedVersions, number: int) -> E:
    """Return an aggregate with another number of its version."""
    values: dict[str, Any] = {rule.field: number}
    return evolve(entity, **values)


def _causes(error: BaseException | None) -> Iterator[str]:
    """Yield the messages of the errors in a group of errors."""
    if isinstance(error, BaseValidationError):
        for part in error.exceptions:
            yield from _causes(part)
    elif error is not None:
        yield str(error)
