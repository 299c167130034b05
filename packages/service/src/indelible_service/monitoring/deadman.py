"""The dead man's switch: an outside monitor hears from the scheduler while nothing stands still.

The monitor calls an operator when it has not heard anything for too long. So it notices what no
page of the instance can show: that the machine, the database or the scheduler itself is gone.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

import urllib3
from attrs import define, field

from indelible.kernel import Clock, IndelibleError, Store
from indelible.kernel.standstill import standstills
from indelible.kernel.subscribers import SubscribersRead

logger = logging.getLogger("indelible.service")

REQUEST_PAUSE: Final = timedelta(minutes=1)
TIMEOUT_SECONDS: Final = 5.0
ACCEPTED: Final = range(200, 300)


@define(kw_only=True)
class DeadMansSwitch:
    """Sends a request to the monitor's address once a minute, as long as nothing stands still."""

    url: str = field(repr=False)
    store: Store[SubscribersRead, Any]
    clock: Clock
    _pool: urllib3.PoolManager = field(factory=urllib3.PoolManager, init=False, repr=False)
    _looked_at: datetime | None = field(default=None, init=False)
    _silent_because: tuple[str, ...] = field(default=(), init=False)

    def look(self) -> None:
        """Look for standstills if a minute has passed, and send the request if there is none."""
        now = self.clock.now()
        if self._looked_at is not None and now - self._looked_at < REQUEST_PAUSE:
            return

        self._looked_at = now
        problems = self._problems(now)
        if problems != self._silent_because:
            self._silent_because = problems
            for problem in problems:
                logger.error("dead man's switch: no request is sent: %s", problem)
        if not problems:
            self._send()

    def _problems(self, now: datetime) -> tuple[str, ...]:
        try:
            return self.store.read(standstills, now)
        except IndelibleError as error:
            return (f"the database: {error.code}",)

    def _send(self) -> None:
        """Send the request; a monitor that does not answer will call by itself."""
        try:
            response = self._pool.request(
                "GET", self.url, timeout=TIMEOUT_SECONDS, redirect=False, retries=False
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            logger.warning("dead man's switch: no answer: %s", type(error).__name__)
            return

        if response.status not in ACCEPTED:
            logger.warning("dead man's switch: the monitor answered %d", response.status)
