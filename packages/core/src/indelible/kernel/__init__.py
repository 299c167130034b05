"""The kernel: what every context is built on."""

from indelible.kernel.audit import Actor, AuditContext, InvalidActor
from indelible.kernel.change_feed import ChangeFilter, Feed, History
from indelible.kernel.clock import Clock, SystemClock, instant_after
from indelible.kernel.errors import (
    Conflict,
    Forbidden,
    GatewayFailed,
    HashChainBroken,
    IdempotencyKeyConflict,
    IndelibleError,
    Invalid,
    InvalidMessage,
    InvalidTransition,
    NotFound,
    OutcomeUnknown,
    RequestInFlight,
    Stale,
    StoreBusy,
    StoreFull,
    StoreUnreachable,
    Unavailable,
    UsageError,
)
from indelible.kernel.history import (
    Change,
    Data,
    Head,
    Revision,
    next_change,
    verify_chain,
)
from indelible.kernel.idempotency import Idempotency
from indelible.kernel.ids import Ids, TimeOrderedIds
from indelible.kernel.json import canonical_json, digest, instant_text, to_json_value
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.lists import ListFilter, ListOrder, NamedListFilter, NamedListOrder
from indelible.kernel.problems import HttpProblem, http_problem
from indelible.kernel.readers import EVERYONE, OWNER, OWNER_AND_OPERATORS, Readers
from indelible.kernel.transaction import ReadTransaction, Store, Transaction

__all__ = [
    # audit
    "Actor",
    "AuditContext",
    # lifecycles
    "Edge",
    "Lifecycle",
    "EVERYONE",
    "OWNER",
    "OWNER_AND_OPERATORS",
    "Readers",
    # history
    "Change",
    "Data",
    "ChangeFilter",
    "Feed",
    "Head",
    "History",
    "Revision",
    "next_change",
    "verify_chain",
    # lists
    "ListFilter",
    "ListOrder",
    "NamedListFilter",
    "NamedListOrder",
    # time, ids and digests
    "Clock",
    "Ids",
    "SystemClock",
    "TimeOrderedIds",
    "canonical_json",
    "digest",
    "instant_after",
    "instant_text",
    "to_json_value",
    # transactions and receipts
    "Idempotency",
    "ReadTransaction",
    "Store",
    "Transaction",
    # errors
    "HashChainBroken",
    "Conflict",
    "Forbidden",
    "GatewayFailed",
    "IndelibleError",
    "Invalid",
    "InvalidMessage",
    "InvalidActor",
    "InvalidTransition",
    "IdempotencyKeyConflict",
    "NotFound",
    "OutcomeUnknown",
    "RequestInFlight",
    "Stale",
    "StoreBusy",
    "StoreFull",
    "StoreUnreachable",
    "Unavailable",
    "UsageError",
    # answers over HTTP
    "HttpProblem",
    "http_problem",
]
