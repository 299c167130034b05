"""Pages of rejections in memory: of refused commands, and of refused webhook requests."""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from indelible.kernel.rejections import Rejection
from indelible.kernel.webhooks import WebhookRejection

R = TypeVar("R", Rejection, WebhookRejection)
_position = attrgetter("at", "id")


def newest_rejections(
    rows: Mapping[str, R], is_matching: Callable[[R], bool], *, before: str, limit: int
) -> tuple[R, ...]:
    """Return the next `limit` matching rejections after the one with an id, newest first."""
    if before and before not in rows:
        return ()

    matching: list[R] = []
    for rejection in sorted(rows.values(), key=_position, reverse=True):
        is_past = not before or _is_older(rejection, rows[before])
        if is_past and is_matching(rejection):
            matching.append(rejection)

    return tuple(matching[:limit])


def _is_older(rejection: R, other: R) -> bool:
    position: tuple[datetime, str] = _position(rejection)
    return position < _position(other)
