"""Ask sentinels of Redis for the primary, from several threads and within one time."""

from collections.abc import Callable
from typing import Any, Final

from redis import (
    AuthenticationError,
    ConnectionError,  # noqa: A004 - its own
    ResponseError,
    TimeoutError,  # noqa: A004 - its own
)
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError
from redis.retry import Retry
from redis.sentinel import (
    MasterNotFoundError,
    Sentinel,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

READ_ONLY: Final = "READONLY"  # the code of a replica's refusal to write


class SentinelsUnreachable(MasterNotFoundError):
    """No sentinel answers within its time."""


class SentinelPasswordRefused(MasterNotFoundError):
    """A sentinel refuses the credentials, and no other one names the primary."""


class SentinelServiceUnknown(MasterNotFoundError):
    """No sentinel that answers knows the service."""


class PrimarySentinel(Sentinel):
    """Sentinels that several threads ask at once.

    The client's own class swaps two items of its list without a lock when it finds the primary. Two
    threads can so put one sentinel into the list twice, and another is never asked again.
    """

    _preferred = 0  # the number of the sentinel that has named the primary last

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return the host and the port of the primary.

        Raises: MasterNotFoundError, of which each subclass is one cause.
        """
        failure: type[MasterNotFoundError] = SentinelsUnreachable
        first = self._preferred
        clients: list[Any] = self.sentinels
        untyped: Any = self
        for offset in range(len(clients)):
            number = (first + offset) % len(clients)
            try:
                state = clients[number].sentinel_masters().get(service_name)
            except (AuthenticationError, NoPermissionError):
                failure = SentinelPasswordRefused
                continue
            except (ConnectionError, TimeoutError, ResponseError):
                continue

            if state and untyped.check_master_state(state, service_name):
                self._preferred = number
                return state["ip"], state["port"]
            if failure is SentinelsUnreachable:
                failure = MasterNotFoundError if state else SentinelServiceUnknown

        raise failure("no sentinel names a primary that is up")


class RetryOnce(Retry):
    """Try once more where a pooled connection may belong to a server that was restarted since.

    Sentinels that named no primary are not asked again: the caller waits for them.
    """

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 1, supported_errors=(ConnectionError,))

    def call_with_retry(
        self,
        do: Callable[[], Any],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002 - as the client declares it
    ) -> Any:  # noqa: ANN401 - what the function returns
        """Call the function, and once more after an error of a connection."""

        def is_worth_another_try(error: Exception) -> bool:
            if isinstance(error, MasterNotFoundError):
                return False
            return is_retryable is None or is_retryable(error)

        return super().call_with_retry(do, fail, is_worth_another_try, with_failure_count)


class PrimaryConnection(SentinelManagedConnection):
    """A connection that ends when its server refuses a write because it became a replica."""

    def read_response(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the client
        """Return the next reply.

        A script's refusal has the code inside of its text, which the client does not look at.
        Raises: ConnectionError where the server is a replica.
        """
        receive: Callable[..., Any] = super().read_response
        try:
            return receive(*args, **options)
        except ResponseError as error:
            if READ_ONLY not in str(error):
                raise
            untyped: Any = self
            untyped.disconnect()
            raise ConnectionError("the previous primary is a replica") from error


class EncryptedPrimaryConnection(PrimaryConnection, SentinelManagedSSLConnection):
    """The same with encryption."""
