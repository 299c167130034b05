"""Raw writes of heads and changes: legal ones, or with some columns changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import asdict, evolve, frozen
from sqlalchemy import Executable, Insert, Update, insert, update

from indelible.kernel import AuditContext, Change, to_json_value
from indelible.testing.stores import MAYA
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.guards import history_key
from indelible_sql.schema.tables import HISTORY

Row = Mapping[str, Any]

DAY = timedelta(days=1)
AUDIT = AuditContext(actor=MAYA, reason="a raw write", request_id="request-2")


def later_than(instant: datetime) -> datetime:
    """Return the time of the next step of an entity that was updated at the instant.

    It is the same for all steps of the entity.
    """
    return instant + 31 * DAY


@frozen(kw_only=True)
class Step:
    """A legal change, the columns of its head after it, and the inserts of the records it adds.

    `before` holds the writes of other aggregates that have to come first.
    """

    change: Change
    row: Row
    records: tuple[Insert, ...] = ()
    before: tuple[Executable, ...] = ()


def head_write(step: Step, /, **columns: object) -> Insert | Update:
    """Return the insert or update of the step's head, with some columns changed."""
    row = {**step.row, **columns}
    if step.change.seq == 1:
        return insert_head(step.change, **row)

    return update_head(step.change, **row)


def step_writes(step: Step, /, **columns: object) -> tuple[Executable, ...]:
    """Return all writes of a step, with some columns of its head changed."""
    return *step.before, head_write(step, **columns), *step.records, insert_change(step.change)


def update_head(change: Change, /, **columns: object) -> Update:
    """Return the update that advances a head to its change, with some columns changed."""
    head = CATALOG.heads_by_lifecycle[change.lifecycle]
    values = {**_head_values(change), **columns}
    return update(head).where(head.c.id == change.entity_id).values(values)


def insert_head(change: Change, /, **columns: object) -> Insert:
    """Return the insert of the head of a first change, with some columns changed."""
    head = CATALOG.heads_by_lifecycle[change.lifecycle]
    values = {"id": change.entity_id, "created_at": change.at, **_head_values(change), **columns}
    return insert(head).values(values)


def _head_values(change: Change) -> dict[str, Any]:
    """Return the columns of a head that its change determines."""
    values = {
        "status": change.to_state,
        "seq": change.seq,
        "hash": change.hash,
        "updated_at": change.at,
    }
    head = CATALOG.heads_by_lifecycle[change.lifecycle]
    counter = head.c[history_key(head).counter]
    if counter.computed is None:
        values[counter.name] = change.version

    return values


def insert_change(change: Change, /, **columns: object) -> Insert:
    """Return the insert of a change, with some columns changed."""
    return insert(HISTORY).values({**asdict(change, recurse=False), **columns})


def following_change(change: Change, **fields: object) -> Change:
    """Return a change with the next seq, a day later, with its true digest.

    The change need not be legal: the database decides.
    """
    following: dict[str, object] = {
        "seq": change.seq + 1,
        "from_state": change.to_state,
        "prev_hash": change.hash,
        "adds_version": 0,
        "at": change.at + DAY,
        "data": {},
    }
    following.update(fields)
    return with_digest(change, **following)


def with_digest(change: Change, **fields: Any) -> Change:  # noqa: ANN401 - any fields of a change
    """Return the change with other fields and with the digest that matches them."""
    changed = evolve(change, **fields)
    return evolve(changed, hash=changed.digest())


def forged_step(step: Step, **columns: object) -> Step:
    """Return the step with other columns in its head and in its change, which has a true digest."""
    change = with_digest(step.change, data={**step.change.data, **columns})
    return evolve(step, change=change, row={**step.row, **columns})


def following_step(step: Step, *, action: str, to_state: str, columns: Row) -> Step:
    """Return a step after another one that changes some columns. It need not be legal."""
    row = {**step.row, **columns}
    data = {**step.change.data, **{name: to_json_value(value) for name, value in columns.items()}}
    change = following_change(step.change, action=action, to_state=to_state, data=data)
    return Step(change=change, row=row)
