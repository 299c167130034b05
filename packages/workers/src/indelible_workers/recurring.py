"""Work that comes due by the clock, made due by whoever sees it first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from attrs import field, frozen

from indelible.kernel.tasks import TaskKey
from indelible.kernel.values import COUNT, IDENTIFIER, bounded_int, is_identifier
from indelible_workers.processing import reason_of
from indelible_workers.worker import Worker, logger

TICK_SECONDS: Final = 1.0
NAME: Final = {
    "max_length": IDENTIFIER["max_length"] - len("@2026-11-21T04:00:00Z")
}  # that a slot's id has room for


@frozen(kw_only=True)
class Periodic:
    """Work that is due every so many seconds, from 1970 on: each slot is one piece of work of the stage."""

    name: str = field(validator=is_identifier, metadata=NAME)
    stage: str
    every_seconds: int = field(validator=bounded_int, metadata=COUNT)

    def __attrs_post_init__(self) -> None:
        TaskKey(self.stage, self.name)  # as each slot is put, beside those of all others

    def slot(self, now: datetime) -> datetime:
        """When it was due last: of slots that were missed, only the newest is made up for."""
        return datetime.fromtimestamp(
            now.timestamp() // self.every_seconds * self.every_seconds, UTC
        )


def schedule(shift: Worker, periodics: Sequence[Periodic]) -> None:
    """Make each newest slot due, unless it ever was, until the shift ends; several may do so, and any may be late."""
    made, pause = dict.fromkeys(periodics, datetime.min.replace(tzinfo=UTC)), 0.0
    while not shift.ended.wait(pause):
        now, pause = shift.clock.now(), TICK_SECONDS
        if due := {each: slot for each in periodics if made[each] < (slot := each.slot(now))}:
            try:
                with shift.store.transaction(actor=shift.actor, reason="the clock says so") as tx:
                    for each, slot in due.items():
                        tx.tasks.enqueue_once(
                            each.stage, f"{each.name}@{slot:%Y-%m-%dT%H:%M:%SZ}", due_at=slot
                        )
                made |= due
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                logger.warning("nothing is made due: %s", reason_of(error))
                pause = 10 * TICK_SECONDS
