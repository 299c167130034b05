"""Reading history: filters of changes, the feed, and the port of every aggregate's changes."""

from datetime import datetime
from typing import Any, Final, Protocol

from attrs import field, fields, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.history import Change
from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.values import IDENTIFIER, is_identifier, is_instant


@frozen(kw_only=True)
class ChangeFilter:
    """The changes of one lifecycle, entity, actor or action, and those of a time.

    `since` is the first instant, and `until` the first one that no longer belongs to the time. A
    field that is None excludes nothing.
    """

    lifecycle: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    entity_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    actor: Actor | None = None
    action: str | None = field(default=None, validator=optional(is_identifier), metadata=IDENTIFIER)
    since: datetime | None = field(default=None, validator=optional(is_instant))
    until: datetime | None = field(default=None, validator=optional(is_instant))

    def conditions(self) -> dict[str, Any]:
        """Return the fields that are set; a subclass may have others, which are no conditions."""
        conditions: dict[str, Any] = {}
        for attribute in fields(ChangeFilter):
            value = getattr(self, attribute.name)
            if value is not None:
                conditions[attribute.name] = value

        return conditions

    def matches(self, change: Change) -> bool:
        """Return True if the change belongs to the filter."""
        if self.since is not None and change.at < self.since:
            return False
        if self.until is not None and change.at >= self.until:
            return False

        expected = self.conditions()
        for name in ("lifecycle", "entity_id", "actor", "action"):
            if name in expected and getattr(change, name) != expected[name]:
                return False

        return True


ALL_CHANGES: Final = ChangeFilter()


@frozen(kw_only=True)
class Feed:
    """Changes of all aggregates in the order in which they became visible, and the next cursor."""

    changes: tuple[Change, ...]
    cursor: str


class History(Protocol):
    """The changes of every aggregate."""

    def of(
        self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """Return an aggregate's changes after a seq, oldest first; none for an unknown id."""
        ...

    def feed(self, *, after: str, limit: int, matching: ChangeFilter = ALL_CHANGES) -> Feed:
        """Return the next `limit` matching changes after a cursor; '' is the beginning.

        Raises:
            ForeignCursor: The cursor names no change of this store.
        """
        ...

    def newest(self, *, limit: int) -> Feed:
        """Return the last `limit` changes in the order of the feed, and the cursor behind them."""
        ...

    def backwards(
        self, *, before: str = "", limit: int, matching: ChangeFilter = ALL_CHANGES
    ) -> Feed:
        """Return the last `limit` matching changes before a cursor, newest first; '' is the end.

        The cursor of the result is that of its oldest change, so that the next page is read
        `before` it. It is a cursor of the feed too: the feed continues after that change.
        """
        ...

    def count_by_minute(self, *, since: datetime, limit: int) -> MinuteCounts:
        """Return the number of changes in each minute since a time, of the last `limit` changes."""
        ...

    def changed_lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles that have a change; reads one change of each."""
        ...
