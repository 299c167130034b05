"""The errors of the tokens' webhook."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Invalid
from indelible_web.http.errors import BadRequest


@frozen
class WebhookSecretMissing(Invalid):
    """A chain without the secret that its provider's webhook is signed with."""

    message: ClassVar[str] = (
        "A chain is configured without a webhook secret; set ALCHEMY_WEBHOOK_SECRET."
    )


@frozen
class InvalidPayload(BadRequest):
    """A webhook whose body is not an envelope with an id and an event."""

    message: ClassVar[str] = (
        "The webhook's body is invalid: expected an object with an id and an event."
    )
