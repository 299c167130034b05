"""Hostile amounts and currencies of contests."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.web.harness import Json
from tests.web.hostile.captures import post
from tests.web.hostile.requests import HostileRequest

REASON: Final = "a test"
RAW_VALUE: Final = '"RAW"'
AMOUNTS: Final = (
    "25.0",
    "25.5",
    "2.5e3",
    '"2500"',
    '"25.00"',
    "-1",
    "true",
    "null",
    "[2500]",
    '{"amount": 2500}',
    "1000000000001",
    "99999999999999999999",
)
CURRENCIES: Final = ("usd", "Usd", "US", "USDX", "ZZZ", "$", "", " USD", "USD ", "\u0405AR", "840")


def publication(**changes: object) -> Json:
    """Return the body that publishes a contest, with changed keys of its configuration."""
    configuration = {"entry_fee_cents": 2500, "currency": "USD", **changes}
    return {"contest_name": "Pool", "configuration": configuration, "reason": REASON}


def hostile_amounts() -> Iterator[HostileRequest]:
    """Yield fees, rakes and payouts that are no whole minor units in range."""
    for text in AMOUNTS:
        for changes in (
            {"entry_fee_cents": "RAW"},
            {"payout": {"kind": "fixed_cents", "amounts": ["RAW"], "guarantee": True}},
        ):
            data = json.dumps(publication(**changes)).replace(RAW_VALUE, text).encode()
            options: Any = {"data": data}
            yield HostileRequest(21, 422, "CONFIGURATION_INVALID", "POST", "/v1/contests", options)


def hostile_currencies() -> Iterator[HostileRequest]:
    """Yield currencies that ISO 4217 does not have in this spelling."""
    for currency in CURRENCIES:
        body = publication(currency=currency)
        yield post(23, 422, "CONFIGURATION_INVALID", "contests", body)
    for value in (None, 840, True, ["USD"]):
        yield post(23, 422, "CONFIGURATION_INVALID", "contests", publication(currency=value))


CONTEST_REQUESTS: Final = [*hostile_amounts(), *hostile_currencies()]
