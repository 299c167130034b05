"""Work that comes due by the clock, made due by whoever sees it first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Final

from attrs import field, frozen

from indelible.kernel import Actor, Clock, Store, SystemClock
from indelible.kernel.stages import WorkRead, WorkWrite
from indelible.kernel.values import COUNT, IDENTIFIER, is_count, is_identifier
from indelible_workers.reasons import reason_of
from indelible_workers.shift import logger

TICK_SECONDS: Final = 1.0
LATER_SECONDS: Final = 10.0


@frozen(kw_only=True)
class Periodic:
    """Work that is due every so many seconds, from 1970 on: each slot is one piece of work of the stage."""

    name: str = field(validator=is_identifier, metadata=IDENTIFIER)
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    every_seconds: int = field(validator=is_count, metadata=COUNT)

    def slot(self, now: datetime) -> datetime:
        """When it was due last: of slots that were missed, only the newest is made up for."""
        return datetime.fromtimestamp(now.timestamp() // self.every_seconds * self.every_seconds, UTC)


def tick(store: Store[WorkRead, WorkWrite], periodics: Sequence[Periodic], *, actor: Actor, now: datetime) -> None:
    """Make each one's newest slot due, unless it ever was."""
    with store.transaction(actor=actor, reason="the clock says so") as tx:
        for each in periodics:
            slot = each.slot(now)
            tx.work.put_once(each.stage, f"{each.name}@{slot:%Y-%m-%dT%H:%M:%SZ}", due_at=slot)


def schedule(
    store: Store[WorkRead, WorkWrite],
    periodics: Sequence[Periodic],
    *,
    actor: Actor,
    ended: Event,
    clock: Clock | None = None,
) -> None:
    """Make slots due as they come, until it is told to end; several may run at once, and any may be late."""
    clock, made, pause = clock or SystemClock(), dict[str, datetime](), 0.0
    while not ended.wait(pause):
        now, pause = clock.now(), TICK_SECONDS
        slots = {each: each.slot(now) for each in periodics}
        try:
            if due := [each for each, slot in slots.items() if made.get(each.name) != slot]:
                tick(store, due, actor=actor, now=now)
                made |= {each.name: slots[each] for each in due}
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            logger.warning("nothing is made due: %s", reason_of(error))
            pause = LATER_SECONDS
