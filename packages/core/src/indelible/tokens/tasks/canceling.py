"""Cancel the tasks of tokens that no worker performs."""

import logging
from typing import Final

from indelible.kernel import Actor, Store
from indelible.tokens.commands import CancelUnperformedTasks
from indelible.tokens.handlers.tokens import cancel_unperformed_tasks
from indelible.tokens.repositories.finders import TokensRead, TokensWrite

TASKS_PER_TRANSACTION: Final = 200
CANCELING: Final = Actor.system("tokens")
REASON: Final = "no worker performs this stage"

logger = logging.getLogger("indelible.tokens")


def cancel_all_unperformed_tasks(store: Store[TokensRead, TokensWrite]) -> None:
    """Cancel the waiting tasks of all stages that the store's policy does not declare."""
    command = CancelUnperformedTasks(limit=TASKS_PER_TRANSACTION)
    total = 0
    while canceled := store.run(cancel_unperformed_tasks, command, actor=CANCELING, reason=REASON):
        total += canceled
    if total:
        logger.info("tokens: canceled %d tasks: %s", total, REASON)
