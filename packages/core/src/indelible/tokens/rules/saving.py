"""Derive the action of a saved entity, and check that no fixed field has changed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.kernel import InvalidTransition, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.tokens import lifecycle as lifecycles
from indelible.tokens.entities import MINTING_FIELDS, Token
from indelible.tokens.errors import FieldFixed

# The fields, by lifecycle, that never change. The SQL adapter derives its guards from them.
FIXED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    lifecycles.AUTHOR.name: ("wallet_address",),
    lifecycles.TOKEN.name: ("token_id",),
    lifecycles.MINT.name: (
        "tx_hash",
        "log_index",
        "block_number",
        "block_hash",
        "block_timestamp",
        "token_id",
        "quantity",
        "author_wallet",
        "recipient",
        "total_paid",
        "detected_at",
    ),
    lifecycles.IMAGE_JOB.name: ("token_id", "service"),
    lifecycles.UPLOAD.name: ("token_id", "record_type"),
    lifecycles.REVEAL.name: ("token_ids",),
    lifecycles.SYSTEM_STATE.name: (),
}


def action_between(lifecycle: Lifecycle[StrEnum], old: str, new: StrEnum) -> str:
    """Return the action that leads from one state to another.

    Raises: InvalidTransition when no action does.
    """
    for edge in lifecycle.edges:
        if (edge.from_state, edge.to_state) == (old, new):
            return edge.action

    raise InvalidTransition(lifecycle.name, old, f"become {new}", lifecycle.allowed(old))


def check_fixed_fields(stored: Aggregate, saved: Aggregate) -> None:
    """Raise FieldFixed when the saved entity changes a field that must not change.

    The minting fields of a token may change only when a failed token is retried.
    """
    names = ("created_at", *FIXED_FIELDS[stored.lifecycle.name])
    if isinstance(stored, Token) and not _is_retry_of_failed(stored, saved):
        names += MINTING_FIELDS

    for name in names:
        if getattr(saved, name) != getattr(stored, name):
            raise FieldFixed(stored.lifecycle.name, stored.id, name)


def _is_retry_of_failed(stored: Token, saved: Aggregate) -> bool:
    return stored.has_failed and isinstance(saved, Token) and saved.awaits_generation
