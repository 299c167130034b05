"""The number of requests in the last hour whose credential was missing or wrong."""

from typing import Final

from attrs import frozen

from indelible_web.http.rates import HOUR_SECONDS, MEMORY, Windows, open_windows
from indelible_web.settings import WebSettings

MAX_FAILED_LOGINS: Final = 1_000  # That are counted.
KEY: Final = "failed logins"


@frozen
class FailedLogins:
    """The failed logins of an application.

    They are counted where the rate limits are: in this process, or in the Redis of all processes.
    """

    _windows: Windows
    is_shared: bool

    def add(self) -> None:
        """Count a failed login."""
        self._windows.hit(KEY, MAX_FAILED_LOGINS)

    def count(self) -> int:
        """Return the failed logins of the last hour, at most `MAX_FAILED_LOGINS`."""
        return self._windows.count(KEY, MAX_FAILED_LOGINS)


def open_failed_logins(settings: WebSettings) -> FailedLogins:
    """Return the failed logins of an application."""
    windows = open_windows(settings.limiter_storage, HOUR_SECONDS)
    return FailedLogins(windows, is_shared=settings.limiter_storage != MEMORY)
