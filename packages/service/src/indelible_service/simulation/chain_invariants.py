"""The invariants of token detection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from indelible.tokens.lifecycle import MINT, SYSTEM_STATE, TOKEN, MintStatus
from indelible.tokens.rules import CHECKPOINT, Checkpoint

if TYPE_CHECKING:
    from indelible.tokens.entities import MintEvent, Token
    from indelible_service.simulation.chain_node import SimulatedNode
    from indelible_service.simulation.observed import Observed

MAX_TOKENS: Final = 5_000


@define(eq=False)
class ObservedScans:
    """The checkpoints that were seen, oldest first."""

    checkpoints: list[Checkpoint] = field(factory=list[Checkpoint])


def scans_are_linked(observed: "Observed") -> Iterator[str]:
    """Yield each new checkpoint of no block, or one whose block does not follow the one before.

    After a reorganisation it goes back to a block that was read before, or to the first one.
    """
    node = observed.node
    if node is None:
        return
    seen = observed.scans.checkpoints
    for change in observed.new_changes:
        if change.lifecycle != SYSTEM_STATE.name or change.entity_id != CHECKPOINT:
            continue
        checkpoint = Checkpoint.parse(change.data["state_value"])
        if checkpoint is None:
            continue
        name = f"checkpoint {checkpoint.number} {checkpoint.hash[:12]}"
        block = node.seen.get(checkpoint.hash)
        if block is None or block.number != checkpoint.number:
            yield f"{name} is no block of the chain"
        elif seen and checkpoint.reorg_count > seen[-1].reorg_count:
            earlier = {one.hash for one in seen}
            if checkpoint.hash not in earlier and checkpoint.number != 0:
                yield f"{name} of a reorganisation was never read before"
        elif seen and not _contains(node, checkpoint.hash, seen[-1]):
            yield f"{name} does not follow block {seen[-1].number} {seen[-1].hash[:12]}"
        seen.append(checkpoint)


def live_tokens_are_minted(observed: "Observed") -> Iterator[str]:
    """Yield live tokens without a mint in the chain, mints without a live token, and doubles."""
    if not any(change.lifecycle in (TOKEN.name, MINT.name) for change in observed.new_changes):
        return
    mints = {head.entity.id: head.entity for head in observed.store.read(_canonical_mints)}
    live: dict[int, str | None] = {}
    for head in observed.store.read(_tokens):
        token: Token = head.entity
        if token.has_failed:
            continue
        if token.token_id in live:
            yield f"token {token.token_id} exists twice"
        live[token.token_id] = token.mint_event_id
        if token.mint_event_id not in mints:
            yield f"token {token.token_id} is live, and its mint is not in the chain"
    for mint in mints.values():
        for token_id in mint.token_ids:
            if token_id not in live:
                yield f"mint {mint.id} is in the chain, and token {token_id} is not live"


def every_mint_is_a_token(observed: "Observed") -> Iterator[str]:
    """Yield the differences between the final mints of the chain and the live tokens."""
    node = observed.node
    if node is None:
        return
    from indelible_service.simulation.chain_node import blocks_of

    expected = blocks_of(node)
    mints = {head.entity.id: head.entity for head in observed.store.read(_canonical_mints)}
    found: dict[int, str] = {}
    for head in observed.store.read(_tokens):
        token: Token = head.entity
        mint: MintEvent | None = mints.get(token.mint_event_id or "")
        if not token.has_failed and mint is not None:
            found[int(token.token_id)] = mint.block_hash
    for token_id in sorted({*expected, *found}):
        if expected.get(token_id) != found.get(token_id):
            of_chain, of_store = expected.get(token_id), found.get(token_id)
            yield f"token {token_id} is minted in block {of_chain}, and stored of {of_store}"


def _contains(node: "SimulatedNode", block_hash: str, checkpoint: Checkpoint) -> bool:
    """Return True if a block follows a checkpoint, or is its block."""
    while True:
        if block_hash == checkpoint.hash:
            return True
        block = node.seen.get(block_hash)
        if block is None or block.number <= checkpoint.number:
            return False
        block_hash = block.parent_hash


def _canonical_mints(tx: Any) -> Any:  # noqa: ANN401 - of the store
    return tx.tokens.mints.find({"status": MintStatus.CANONICAL.value}, limit=MAX_TOKENS)


def _tokens(tx: Any) -> Any:  # noqa: ANN401 - of the store
    return tx.tokens.tokens.find({}, limit=MAX_TOKENS)


HOURLY: Final = {
    "scans-are-linked": scans_are_linked,
    "live-tokens-are-minted": live_tokens_are_minted,
}
ENDS: Final = {"every-mint-is-a-token": every_mint_is_a_token}
