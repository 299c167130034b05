"""A small lifecycle, and histories of its aggregates."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, frozen

from indelible.kernel import Actor, AuditContext, Change, Edge, Head, Lifecycle, next_change

Value = Any  # of any field of a change

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
MAYA: Final = Actor.user("maya")
NOOR: Final = Actor.user("noor")
AUDIT: Final = AuditContext(actor=MAYA, reason="a test", request_id="request-1")


class DoorStatus(StrEnum):
    """The states of a door."""

    OPEN = "OPEN"
    SHUT = "SHUT"


DOOR: Final = Lifecycle(
    name="door",
    edges=(
        Edge("", "hang", DoorStatus.OPEN, 1),
        Edge(DoorStatus.OPEN, "paint", DoorStatus.OPEN, 1),
        Edge(DoorStatus.OPEN, "shut", DoorStatus.SHUT, 0),
        Edge(DoorStatus.SHUT, "open", DoorStatus.OPEN, 0),
    ),
)


@frozen(kw_only=True)
class Door:
    """A door, which is painted, shut and opened."""

    id: str = "d-1"
    status: DoorStatus = DoorStatus.OPEN
    updated_at: datetime = NOW


def door_changes(*actions: str, audit: AuditContext = AUDIT) -> list[Change]:
    """Hang a door, apply the actions one second apart, and return all changes."""
    changes: list[Change] = []
    head: Head[Door] | None = None
    for action in ("hang", *actions):
        state = head.revision.state if head else ""
        updated_at = NOW + timedelta(seconds=len(changes))
        door = Door(status=DOOR.next(state, action), updated_at=updated_at)
        change = next_change(audit, DOOR, head, door, action, {"colour": action})

        changes.append(change)
        head = Head(entity=door, revision=change.revision)

    return changes


def with_valid_hash(change: Change, **fields: Value) -> Change:
    """Return the change with other fields, and with the hash of them."""
    forged = evolve(change, **fields)
    return evolve(forged, hash=forged.digest())
