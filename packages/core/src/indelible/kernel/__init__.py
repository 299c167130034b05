"""What every context is made of."""

from indelible.kernel.audit import Actor, Because, InvalidActor
from indelible.kernel.clock import Clock, SystemClock, instant_after
from indelible.kernel.errors import (
    BrokenChain,
    Conflict,
    Forbidden,
    IndelibleError,
    Invalid,
    InvalidTransition,
    KeyReused,
    NotFound,
    OutcomeUnknown,
    RequestInFlight,
    Stale,
    StoreBusy,
    StoreUnreachable,
    Unavailable,
    WrongUse,
)
from indelible.kernel.history import Change, Data, Feed, Head, History, Place, next_change, verify_chain
from indelible.kernel.idempotency import Once
from indelible.kernel.ids import Ids, TimeOrderedIds
from indelible.kernel.json import canonical, digest, instant_text, plain
from indelible.kernel.lifecycle import Edge, Lifecycle
from indelible.kernel.transaction import ReadTransaction, Store, Transaction

__all__ = [
    # who and why
    "Actor",
    "Because",
    # what may follow what
    "Edge",
    "Lifecycle",
    # what happened
    "Change",
    "Data",
    "Feed",
    "Head",
    "History",
    "Place",
    "next_change",
    "verify_chain",
    # instants, ids, digests
    "Clock",
    "Ids",
    "SystemClock",
    "TimeOrderedIds",
    "canonical",
    "digest",
    "instant_after",
    "instant_text",
    "plain",
    # transactions and receipts
    "Once",
    "ReadTransaction",
    "Store",
    "Transaction",
    # errors
    "BrokenChain",
    "Conflict",
    "Forbidden",
    "IndelibleError",
    "Invalid",
    "InvalidActor",
    "InvalidTransition",
    "KeyReused",
    "NotFound",
    "OutcomeUnknown",
    "RequestInFlight",
    "Stale",
    "StoreBusy",
    "StoreUnreachable",
    "Unavailable",
    "WrongUse",
]
