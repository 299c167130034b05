"""The names of headers that several modules use."""

from typing import Final

IF_MATCH: Final = "If-Match"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
# Of a write, in its answer and in the requests that must see it.
POSITION: Final = "Indelible-Position"
