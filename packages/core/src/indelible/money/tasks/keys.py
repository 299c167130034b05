"""Requests that may be sent again under another idempotency key."""

from collections.abc import Callable
from typing import TypeVar

from indelible.money.entities.values import MAX_KEYS_PER_REQUEST
from indelible.money.errors.gateway import GatewayOutage

Answer = TypeVar("Answer")


def _always(_: GatewayOutage) -> bool:
    return True


def with_next_key(
    request: Callable[[str], Answer],
    key: str,
    *,
    may_repeat: Callable[[GatewayOutage], bool] = _always,
) -> Answer:
    """Send a request; while Stripe repeats a stored failure, send it under the next key.

    Stripe stores a failure under its key for a day and repeats it. A request that sets an object
    to a state does the same under another key: sent twice, it does what one request does. Another
    request asks `may_repeat` first. The keys are `key`, `key:g2`, `key:g3`, and at most
    MAX_KEYS_PER_REQUEST.

    Raises: GatewayError of the last request.
    """
    number = 1
    while True:
        try:
            return request(key if number == 1 else f"{key}:g{number}")
        except GatewayOutage as error:
            is_last = number == MAX_KEYS_PER_REQUEST
            if not error.is_replayed or is_last or not may_repeat(error):
                raise
        number += 1
