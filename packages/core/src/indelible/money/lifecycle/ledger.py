"""The lifecycles of the accounts and movements of the ledger."""

from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class AccountStatus(StrEnum):
    """The states of an account of the ledger."""

    OPEN = "OPEN"


class MovementStatus(StrEnum):
    """The states of a movement of the ledger: it is posted, and stays as it is."""

    POSTED = "POSTED"


ACCOUNT: Final = Lifecycle(
    name="account",
    data_keys=frozenset({"movement_key", "posting_count", "postings_digest"}),
    edges=(
        Edge("", "open", AccountStatus.OPEN, 0),
        Edge(AccountStatus.OPEN, "post", AccountStatus.OPEN, 0),
    ),
    changes={
        "post": ("balance_minor", "last_movement_id", "debited_minor", "credited_minor"),
    },
    initial={"balance_minor": 0, "debited_minor": 0, "credited_minor": 0},
)

# No edge leads out of POSTED: a correction is another movement.
MOVEMENT: Final = Lifecycle(
    name="movement",
    edges=(
        Edge("", "post", MovementStatus.POSTED, 0),
        Edge("", "settle", MovementStatus.POSTED, 0),
        Edge("", "note", MovementStatus.POSTED, 0),
    ),
    changes={},
    initial={},
    latest={"occurred_at": MAX_CLOCK_LEAD},
)
