"""Declarations of a host's lifecycles with their dates: what was legal at which time.

`upgrade` stores one whenever the declaration differs from the last one. A change is judged by the
declaration of its time, so that a lifecycle can lose an edge and keep its history.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self, cast

from attrs import evolve, field, frozen
from sqlalchemy import Table

from indelible.kernel import Actor, Lifecycle
from indelible.kernel.json import digest
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD, Edge
from indelible.kernel.numbered_versions import NumberedVersions
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    field_values,
    instance_of,
    is_identifier,
    is_instant,
    non_blank_line,
)
from indelible_sql.schema.tables import HISTORY
from indelible_sql.schema.version_numbers import stored_rule

RETIRED_RULE: Final = "retired_of"
Document = Mapping[str, Any]


@frozen(kw_only=True)
class StoredDeclaration:
    """A lifecycle as it is declared from a time on; `hash` is the digest of the other fields.

    The keys of `document`, as far as changes are judged by them: `edges`, each as the state before,
    the action and the state after; `retired`, the edges that nothing takes any more, each as the
    state before and the action with a space between; `changes`, the fields of each action;
    `initial`, what changed fields begin with; `latest_seconds`, how far a time may be ahead;
    `fields`, each with its column; `numbered_versions`, the `field` with the number of a version
    and the fields whose values it `counts`, where there are any;
    `records`, if actions append any, each with its `actions`.
    """

    lifecycle: str = field(validator=is_identifier, metadata=IDENTIFIER)
    declared_at: datetime = field(validator=is_instant)
    document: Document
    actor: Actor = field(validator=instance_of(Actor))
    reason: str = field(validator=non_blank_line, metadata=LINE)
    hash: str = ""

    @property
    def is_intact(self) -> bool:
        """Return whether `hash` is the digest of the other fields."""
        return self.hash == self.record_digest()

    def record_digest(self) -> str:
        """Return the digest that `hash` must equal."""
        values = field_values(self)
        del values["hash"]
        return digest(values)

    def hashed(self) -> Self:
        """Return the declaration with its hash."""
        return evolve(self, hash=self.record_digest())

    def past_lifecycle(self) -> "PastLifecycle":
        """Return the lifecycle as the document declares it."""
        return PastLifecycle.of(self.lifecycle, self.document)


@frozen(kw_only=True)
class PastLifecycle:
    """A lifecycle as it was once declared, and the keys that its changes' data had.

    `records` are those that actions appended, each with the names of these actions.
    """

    lifecycle: Lifecycle[StrEnum]
    data_keys: frozenset[str]
    versions: NumberedVersions | None
    records: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, name: str, document: Document) -> Self:
        """Return the lifecycle of a document; its states are texts."""
        retired = set(document["retired"])
        edges: list[Edge[StrEnum]] = []
        retired_edges: list[Edge[StrEnum]] = []
        for from_state, action, to_state in document["edges"]:
            edge = Edge(from_state, action, cast("StrEnum", to_state), 0)
            is_retired = step_text(edge) in retired
            (retired_edges if is_retired else edges).append(edge)
        seconds: Mapping[str, Any] = document["latest_seconds"]
        lifecycle = Lifecycle[StrEnum](
            name=name,
            edges=tuple(edges),
            retired=tuple(retired_edges),
            changes={action: tuple(names) for action, names in document["changes"].items()},
            initial=document["initial"],
            latest={key: timedelta(seconds=int(value)) for key, value in seconds.items()},
        )
        records: Mapping[str, Any] = document.get("records", {})
        return cls(
            lifecycle=lifecycle,
            data_keys=frozenset((*document["fields"], *records)),
            versions=stored_rule(document),
            records={name: frozenset(record["actions"]) for name, record in records.items()},
        )

    def missing_records(self, action: str, data: Mapping[str, Any]) -> Iterator[str]:
        """Yield the records that the action appends and the data of its change do not count."""
        for name, actions in self.records.items():
            if action in actions and name not in data:
                yield name

    def is_legal(self, edge: tuple[str, str, str, int]) -> bool:
        """Return whether the declaration had an edge that was not retired."""
        return edge in self.lifecycle.edges


@frozen
class Declarations:
    """All stored declarations of one lifecycle, oldest first."""

    times: Sequence[datetime]
    lifecycles: Sequence[PastLifecycle]

    def at(self, time: datetime) -> Sequence[PastLifecycle]:
        """Return what a change of a time may follow.

        It is the declaration of that time; before the first one, the first. The clock that told
        the time may have been behind that of the upgrade, so each declaration that began within
        MAX_CLOCK_LEAD after it counts too.
        """
        first = max(0, bisect_right(self.times, time) - 1)
        last = max(first + 1, bisect_right(self.times, time + MAX_CLOCK_LEAD))
        return self.lifecycles[first:last]


def step_text(edge: Edge[StrEnum]) -> str:
    """Return the state before an edge and its action as one text, as documents name it."""
    return f"{edge.from_state} {edge.action}"


def retired_guard_name(table: Table) -> str:
    """Return the name of the guard that refuses the retired edges of a table's lifecycle."""
    return f"{HISTORY.name}_{RETIRED_RULE}_{table.name}"
