"""Read from Stripe's list the events that no webhook has delivered.

The list may be long: bodies are kept only of the events that one request stores. The rest is
counted.
"""

from collections.abc import Iterable
from typing import Final

from attrs import define, field

from indelible.app import ReadTx
from indelible.kernel import IndelibleError
from indelible.money import EventObject, EventOrigin
from indelible.money.commands.payments import ReceiveEvent
from indelible.money.rules.events import Environment
from indelible.money.tasks.receiving import check_event
from indelible_web.http.operation import OperationContext
from indelible_web.money.webhooks import environment_of

BATCH: Final = 100  # events of the list that are looked up at once


@define(kw_only=True)
class MissingEvents:
    """The events of Stripe's list that were never received.

    `commands` store the first of them, and `left` is the number of those that may be stored later.
    `refused` names the first of those that may not be stored.
    """

    environment: Environment
    limit: int
    commands: list[ReceiveEvent] = field(factory=list[ReceiveEvent])
    refused: list[str] = field(factory=list[str])
    refused_count: int = 0
    left: int = 0

    def add(self, event: EventObject) -> None:
        """Count a missing event, and keep its body if this request may store it."""
        try:
            command = check_event(event.body, self.environment, EventOrigin.BACKFILL)
        except IndelibleError:
            self.refused_count += 1
            if len(self.refused) < self.limit:
                self.refused.append(event.id)
            return

        if len(self.commands) < self.limit:
            self.commands.append(command)
        else:
            self.left += 1


def read_missing(
    context: OperationContext, listed: Iterable[EventObject], *, limit: int
) -> MissingEvents:
    """Return the events of a list that were never received; bodies of at most `limit` of them."""
    missing = MissingEvents(environment=environment_of(context.settings), limit=limit)
    batch: list[EventObject] = []
    for event in listed:
        batch.append(event)
        if len(batch) == BATCH:
            _add_unknown(context, batch, missing)
            batch.clear()

    _add_unknown(context, batch, missing)
    return missing


def _add_unknown(
    context: OperationContext, batch: list[EventObject], missing: MissingEvents
) -> None:
    event_ids = [event.id for event in batch]

    def read(tx: ReadTx) -> frozenset[str]:
        return frozenset(tx.money.events.joins.unknown(event_ids))

    unknown = context.store.read(read)
    for event in batch:
        if event.id in unknown:
            missing.add(event)
