"""The rows of breakers and of refused webhook requests in the situation, and new ones."""

from collections.abc import Mapping
from typing import Final

from tests.guards.writes import Row

from indelible.app import WriteTx
from indelible.kernel.breakers import BreakerState
from indelible.kernel.values import field_values
from indelible.kernel.webhooks import WebhookRejection
from indelible.testing.stores import BEGINNING

BROKEN: Final = "broken"
OTHER_BROKEN: Final = "other-broken"
OUTAGES: Final = 5
NEW_BREAKER: Final[Mapping[str, object]] = {"stage": "new", "outages": 0, "probe_at": None}


def refusal_of(rejection_id: str) -> WebhookRejection:
    unhashed = WebhookRejection(
        id=rejection_id,
        endpoint="alchemy",
        code="INVALID_SIGNATURE",
        body_digest="a" * 64,
        body_size=2,
        at=BEGINNING,
        request_id="request-1",
    )
    return unhashed.with_hash()


STORED_REFUSAL: Final = refusal_of("webhook-rejection-1")
NEW_REFUSAL: Final[Row] = field_values(refusal_of("webhook-rejection-2"))


def add_breakers(tx: WriteTx) -> None:
    """Store two breakers and a refused webhook request."""
    for stage in (BROKEN, OTHER_BROKEN):
        for number in range(1, OUTAGES + 1):
            tx.breakers.lock(stage)
            tx.breakers.save(BreakerState(stage=stage, outages=number, probe_at=BEGINNING))
    tx.webhook_rejections.add(STORED_REFUSAL)
