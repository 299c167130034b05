"""The names of the request headers that an operation may require."""

from typing import Final

IF_MATCH: Final = "If-Match"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
