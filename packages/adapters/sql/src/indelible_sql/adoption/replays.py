"""The writes of an older table as changes of adopted aggregates, by the actions that are declared.

No edge is made for them: a write that no action explains is a problem, which the host solves by
another write, such as the one that takes it back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from attrs import evolve, frozen

from indelible.kernel import Actor, AuditContext, Change, Head
from indelible.kernel.actions import actions_of
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.audit import HasAuditContext
from indelible.kernel.history import Update
from indelible_sql.adoption.errors import WriteNotDeclared

E = TypeVar("E", bound=Aggregate)


@frozen
class Replay:
    """The value of a row after a write, and the fields that a row sets."""

    wanted: Aggregate
    mapped_fields: frozenset[str]

    def differences(self, before: Aggregate) -> frozenset[str]:
        """Return the fields in which a stored aggregate differs from the row."""
        names: set[str] = set()
        for name in self.mapped_fields - {"id", "status"}:
            if getattr(before, name) != getattr(self.wanted, name):
                names.add(name)
        return frozenset(names)

    def action(self, before: Aggregate) -> str:
        """Return the action that explains the write: the one that changes the fewest fields.

        Raises:
            WriteNotDeclared: No action leads there and changes these fields.
        """
        lifecycle = before.lifecycle
        differences = self.differences(before)
        best: tuple[int, str] | None = None
        for edge in lifecycle.edges:
            changed = (lifecycle.changes or {}).get(edge.action, ())
            is_step = edge.from_state == before.status and edge.to_state == self.wanted.status
            if is_step and differences <= set(changed):
                candidate = (len(changed), edge.action)
                best = candidate if best is None or candidate[0] < best[0] else best
        if best is None:
            raise WriteNotDeclared(
                lifecycle.name,
                before.id,
                str(before.status),
                str(self.wanted.status),
                ", ".join(sorted(differences)) or "nothing",
            )
        return best[1]

    def fields(self, before: Aggregate, action: str, now: datetime, audit: HasAuditContext) -> Any:
        """Return the fields after the action: those of the row, and what follows from the action.

        A field that no column has is emptied, or gets the time, the actor or the reason, as by a
        command.
        """
        declared = actions_of(type(before)).get(action)
        values: dict[str, object] = {}
        if declared is not None:
            values.update(dict.fromkeys(declared.emptied_fields))
            values.update(dict.fromkeys(declared.actor_fields, str(audit.actor)))
            values.update(dict.fromkeys(declared.reason_fields, audit.reason))
            if declared.time_field:
                values[declared.time_field] = now
        for name in self.mapped_fields - {"id", "status"}:
            values[name] = getattr(self.wanted, name)
        return values

    def audit(self, before: Aggregate, action: str, audit: HasAuditContext) -> AuditContext:
        """Return the audit context of the change, with the actor and the reason of the row."""
        declared = actions_of(type(before)).get(action)
        own = AuditContext(actor=audit.actor, reason=audit.reason, request_id=audit.request_id)
        if declared is None:
            return own
        actor = self._first_value(declared.actor_fields)
        reason = self._first_value(declared.reason_fields)
        return evolve(
            own,
            actor=own.actor if actor is None else Actor.parse(actor),
            reason=own.reason if reason is None else reason,
        )

    def _first_value(self, names: Iterable[str]) -> str | None:
        """Return the first value that the row has in these fields; None if it has none."""
        for name in names:
            value = getattr(self.wanted, name)
            if name in self.mapped_fields and value is not None:
                return str(value)
        return None


def replayed(
    audit: HasAuditContext,
    head: Head[E],
    wanted: E,
    mapped_fields: frozenset[str],
    now: datetime,
) -> Update[E] | None:
    """Return the change of a head to what a write has left; None where they are the same.

    Raises:
        WriteNotDeclared: No action explains the write.
        IndelibleError: One of the errors of `change_for`.
    """
    before = head.entity
    replay = Replay(wanted, mapped_fields)
    if before.status == wanted.status and not replay.differences(before):
        return None

    action = replay.action(before)
    own = replay.audit(before, action, audit)
    values = replay.fields(before, action, now, own)
    after = before.transition(action, now=now, **values)
    change: Change = change_for(own, head, after, action)
    return Update(head, change, after)
