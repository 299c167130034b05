"""Secrets that are planted, to be found nowhere."""

import secrets
from collections.abc import Sequence
from typing import Final, Self

from attrs import define, field

CARDS: Final = (
    "4242424242424242",
    "5555 5555 5555 4444",
    "3782-8224-6310-0052",
    "6011111111111117",
)
E_MAILS: Final = 5
CLIENT_SECRETS: Final = 10
TOTAL: Final = 26


@define(kw_only=True)
class Canaries:
    """Secrets of one run; each text occurs in no other place.

    The client secrets are those that the simulator makes for intents. `sent_by_stripe` are the
    secrets that Stripe's own events contain.
    """

    api_key: str
    webhook_secrets: tuple[str, str]
    connect_webhook_secret: str
    foreign_keys: tuple[str, ...]  # in requests to our API that are refused
    cards: tuple[str, ...]
    e_mails: tuple[str, ...]
    client_secrets: list[str] = field(factory=list[str])
    sent_by_stripe: set[str] = field(factory=set[str])

    @classmethod
    def new(cls) -> Self:
        """Return new secrets."""
        return cls(
            api_key=f"sk_test_{_letters()}",
            webhook_secrets=(f"whsec_{_letters()}", f"whsec_{_letters()}"),
            connect_webhook_secret=f"whsec_{_letters()}",
            foreign_keys=(f"rk_test_{_letters()}", f"sk_live_{_letters()}", f"whsec_{_letters()}"),
            cards=CARDS,
            e_mails=tuple(f"payer{number}.{_letters()}@mail.example" for number in range(E_MAILS)),
        )

    def keep_client_secret(self, text: str) -> None:
        """Search for the client secret of an intent, too; the events of the intent contain it."""
        if len(self.client_secrets) < CLIENT_SECRETS:
            self.client_secrets.append(text)
            self.sent_by_stripe.add(text)

    @property
    def all(self) -> Sequence[str]:
        """Return every secret."""
        return (
            self.api_key,
            *self.webhook_secrets,
            self.connect_webhook_secret,
            *self.foreign_keys,
            *self.cards,
            *self.e_mails,
            *self.client_secrets,
        )


def _letters() -> str:
    return secrets.token_hex(12)
