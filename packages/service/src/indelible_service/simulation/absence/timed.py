"""The times to recover that the API dates to the second: of transfers, and of events of Stripe."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from indelible_service.simulation.absence.client import OperatorClient
from indelible_service.simulation.absence.episodes import Recovery
from indelible_service.simulation.absence.signs import instant
from indelible_service.simulation.absence.verdict import COMPLETED
from indelible_service.simulation.plan import FaultKind, PlannedFault

# The runbook of a webhook that was disturbed, by its fault.
DISTURBED: Final[Mapping[FaultKind, str]] = {
    FaultKind.WEBHOOK_TWICE: "duplicate-webhook",
    FaultKind.WEBHOOK_DELAY: "webhook-outage",
}


def timed_recoveries(
    client: OperatorClient, faults: Sequence[PlannedFault], start_at: datetime
) -> Iterator[Recovery]:
    """Yield the recoveries of transfers without an answer, and of events of disturbed webhooks.

    A transfer recovers from its first attempt to its completion, an event from its creation at
    Stripe to its outcome.

    Raises: NoAnswer.
    """
    for transfer in client.pages("payouts-stuck", "list-payout-transfers", status=COMPLETED):
        detail = client.read("payout-processing", "get-payout-transfer", transfer_id=transfer["id"])
        if detail["look_ups"]:
            seconds = _between(detail["first_attempt_at"], detail["completed_at"])
            yield Recovery(slug="payout-processing", subject=detail["id"], seconds=seconds)

    for event in client.pages("webhook-outage", "list-stripe-events"):
        created = instant(event["created"])
        for fault in faults:
            begins = start_at + timedelta(seconds=fault.at)
            ends = begins + timedelta(seconds=fault.seconds)
            if fault.kind in DISTURBED and begins <= created < ends:
                seconds = _between(event["created"], event["updated_at"])
                slug = DISTURBED[fault.kind]
                yield Recovery(slug=slug, subject=event["id"], seconds=seconds)


def _between(first: str, second: str) -> int:
    return int((instant(second) - instant(first)).total_seconds())
