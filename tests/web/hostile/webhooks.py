"""Hostile webhooks of Stripe: rows 38 to 41 of the fact sheet."""

from typing import Final

from tests.web.harness import Json

INVALID: Final = "STRIPE_SIGNATURE_INVALID"
MALFORMED: Final = "WEBHOOK_MALFORMED"
ZEROS: Final = "0" * 64

# Row 38: headers with `{now}` and `{right}` in place of the time and of the right signature.
SIGNATURES: Final[dict[str, tuple[str, str]]] = {
    "no header": ("", INVALID),
    "no scheme v1": ("t={now},v0={right}", INVALID),
    "an empty signature": ("t={now},v1=", INVALID),
    "a wrong signature": (f"t={{now}},v1={ZEROS}", INVALID),
    "a cut signature": ("t={now},v1={right:.63}", INVALID),
    "a longer signature": ("t={now},v1={right}0", INVALID),
    "another time": ("t=1,v1={right}", INVALID),
    "two times, the first one wrong": ("t=1,t={now},v1={right}", INVALID),
    "no time": ("v1={right}", MALFORMED),
    "a time that is no number": ("t=now,v1={right}", MALFORMED),
    "a time of 5,000 digits": ("t=" + "9" * 5_000 + ",v1={right}", MALFORMED),
    "not ASCII": ("t={now},v1=\u00e9{right}", MALFORMED),
    "no name and value": ("nonsense", MALFORMED),
    "a header that is too long": ("t={now}," + "v1=0," * 2_000, MALFORMED),
}
# Row 39: seconds from now at which a body was signed, and changes of its bytes after that.
SECONDS: Final = (-86_400, -3_600, -900, -400, 400, 900, 3_600, 86_400)
SERIALIZATIONS: Final[dict[str, Json]] = {
    "indented": {"indent": 1},
    "without spaces": {"separators": (",", ":")},
    "sorted": {"sort_keys": True},
}
# Row 40: events of unknown types, which are stored and ignored, and of other environments.
UNKNOWN_TYPES: Final = (
    "invoice.paid",
    "customer.created",
    "payment_intent.amount_capturable_updated",
    "charge.succeeded",
    "x",
    "a.b.c.d",
)
FOREIGN: Final[dict[str, Json]] = {
    "a live event": {"livemode": True},
    "another account": {"account": "acct_other"},
    "another account of ours": {"account": "acct_2", "livemode": False},
    "a live event of another account": {"livemode": True, "account": "acct_other"},
}
# Row 41: the ages in seconds of requests that somebody has recorded and sends again.
REPLAY_AGES: Final = (400, 500, 600, 900, 1_800, 3_600, 7_200, 43_200, 86_400, 259_200)


def count_webhook_variants() -> dict[int, int]:
    """Return the number of variants by row."""
    return {
        38: len(SIGNATURES),
        39: len(SECONDS) + len(SERIALIZATIONS),
        40: len(UNKNOWN_TYPES) + len(FOREIGN),
        41: len(REPLAY_AGES),
    }
