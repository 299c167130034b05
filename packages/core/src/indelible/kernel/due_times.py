"""The latest time at which a task may be due."""

from datetime import datetime, timedelta
from typing import Final

from indelible.kernel.json import instant_text
from indelible.kernel.task_errors import DueTooLate
from indelible.kernel.values import check_instant

# A contest ends within this time of its configuration, and no retry waits so long. What is due
# later was put off for ever.
MAX_DUE_DAYS: Final = 1_000
MAX_DUE: Final = timedelta(days=MAX_DUE_DAYS)


def check_due(due_at: datetime, now: datetime) -> None:
    """Raise InstantOutOfRange or DueTooLate unless a task may become due then."""
    check_instant("due_at", due_at)
    if due_at - now > MAX_DUE:
        raise DueTooLate(instant_text(due_at), MAX_DUE_DAYS)
