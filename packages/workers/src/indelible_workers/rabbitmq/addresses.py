"""The form of an address of RabbitMQ, which needs no client."""

from typing import Final

_WORD: Final = r"[^\s:/?#@]+"  # others are percent-encoded
# One server, a user with a password or none, and at most one virtual host: a client would guess
# what a part of another form means.
ADDRESS: Final = (
    rf"amqps?://({_WORD}:{_WORD}@)?([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{{1,5}})?(/[^\s/?#@]{{0,255}})?"
)
