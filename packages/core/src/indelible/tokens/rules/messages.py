"""The message that a wallet signs to set its prompt."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import frozen

from indelible.tokens.errors import MessageExpired, MessageWrong

MESSAGE: Final = "Update prompt for wallet: {wallet}\nTimestamp: {timestamp}\nNonce: {nonce}"
PATTERN: Final = re.compile(
    r"Update prompt for wallet: \S+\nTimestamp: ([0-9]{13})\nNonce: ([A-Za-z0-9_-]{8,100})"
)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MAX_AGE: Final = timedelta(minutes=5)


@frozen(kw_only=True)
class SignedMessage:
    """The values in a signed message. `timestamp` is in milliseconds since 1970."""

    timestamp: int
    nonce: str


def signed_message(message: str, wallet: str, now: datetime) -> SignedMessage:
    """Return the values in a message for a wallet. The signature is not checked here.

    Raises: MessageWrong when the text is not exactly the expected one, MessageExpired when its
    timestamp is more than five minutes from now.
    """
    match = PATTERN.fullmatch(message)
    if match is None:
        raise MessageWrong(MESSAGE)

    timestamp, nonce = match.groups()
    if message != MESSAGE.format(wallet=wallet, timestamp=timestamp, nonce=nonce):
        raise MessageWrong(MESSAGE)

    signed_at = EPOCH + timedelta(milliseconds=int(timestamp))
    if abs(now - signed_at) > MAX_AGE:
        raise MessageExpired(int(timestamp))

    return SignedMessage(timestamp=int(timestamp), nonce=nonce)
