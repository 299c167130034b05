"""The check that the store can grow: at most one in some seconds, however often health is asked."""

from time import monotonic
from typing import Any, Final

from attrs import define, field

from indelible.kernel import IndelibleError, Store

SPACE_SECONDS: Final = 10.0  # a check writes a mebibyte


@define
class SpaceCheck:
    """Ask the store whether it can grow, and keep its answer for `SPACE_SECONDS`."""

    _store: Store[Any, Any]
    _asked_at: float | None = field(default=None, init=False)  # of the monotonic clock
    _error: IndelibleError | None = field(default=None, init=False)

    def run(self) -> None:
        """Return if the store can grow.

        Raises: what `Store.check_space` raises.
        """
        now = monotonic()
        if self._asked_at is None or now - self._asked_at >= SPACE_SECONDS:
            self._error = self._ask()
            self._asked_at = now

        if self._error is not None:
            raise self._error

    def _ask(self) -> IndelibleError | None:
        try:
            self._store.check_space()
        except IndelibleError as error:
            return error

        return None
