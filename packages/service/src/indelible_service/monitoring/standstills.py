"""Log what stands still, so that the log alone tells since when nothing has happened."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, field

from indelible.kernel import Clock, Store
from indelible.kernel.standstill import standstills
from indelible.kernel.subscribers import SubscribersRead

logger = logging.getLogger("indelible.service")

PAUSE: Final = timedelta(minutes=1)


@define(kw_only=True)
class StandstillLog:
    """Logs each standstill once when it begins, and once when it is over."""

    store: Store[SubscribersRead, Any]
    clock: Clock
    _looked_at: datetime | None = field(default=None, init=False)
    _known: tuple[str, ...] = field(default=(), init=False)

    def look(self) -> None:
        """Look if a minute has passed. Raises: IndelibleError of the store."""
        now = self.clock.now()
        if self._looked_at is not None and now - self._looked_at < PAUSE:
            return

        self._looked_at = now
        problems = self.store.read(standstills, now)
        for problem in problems:
            if problem not in self._known:
                logger.warning("standstill: %s", problem)
        for problem in self._known:
            if problem not in problems:
                logger.info("standstill is over: %s", problem)
        self._known = problems
