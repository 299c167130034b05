"""Turn what a gateway raises into what a stage raises, and errors into codes and short texts."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from indelible.kernel import IndelibleError
from indelible.kernel.breakers import CircuitBreaker
from indelible.kernel.masking import mask_secrets
from indelible.kernel.stages import Outage
from indelible.money.errors.gateway import GatewayOutage

RETRY_SECONDS: Final = 72 * 3_600
RETRY_WAITS: Final = (60, 300, 900, 3_600)
BREAKER: Final = CircuitBreaker()
MAX_REASON_CHARACTERS: Final = 1_000
UNEXPECTED: Final = "INTERNAL_ERROR"


@contextmanager
def outages() -> Generator[None]:
    """Raise Outage for a request to Stripe that may succeed later; Retry-After decides when."""
    try:
        yield
    except GatewayOutage as error:
        raise Outage(one_line(str(error)), error.retry_after_seconds) from error


def code_of(error: BaseException) -> str:
    """Return the code of an error, a general one for a defect; that of an outage is Stripe's."""
    if isinstance(error, Outage):
        return GatewayOutage.code
    return error.code if isinstance(error, IndelibleError) else UNEXPECTED


def one_line(text: str) -> str:
    """Return a text as one printable line without secrets."""
    masked = mask_secrets(text[:10_000])
    printable = "".join(character if character.isprintable() else " " for character in masked)
    return " ".join(printable.split())[:MAX_REASON_CHARACTERS].strip() or UNEXPECTED
