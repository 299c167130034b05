"""The invariants of token detection."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from indelible.tokens.lifecycle import MINT, SYSTEM_STATE, TOKEN, MintStatus
from indelible.tokens.rules.scanning import Checkpoint
from indelible.tokens.rules.tasks import CHECKPOINT
from indelible_service.simulation.changes import ReadChange
from indelible_service.simulation.observed_scans import OF_CHAIN, ReadMint, read_mint
from indelible_service.simulation.planned_chain import CONFIRMATIONS

if TYPE_CHECKING:
    from indelible.kernel import Change
    from indelible.tokens.entities.mints import MintEvent
    from indelible.tokens.entities.tokens import Token
    from indelible_service.simulation.chain_node import SimulatedNode
    from indelible_service.simulation.observed import Observed

DETECT: Final = "detect"
BLOCK_HASH: Final = OF_CHAIN.index("block_hash")
TOKEN_ID: Final = OF_CHAIN.index("token_id")
MAX_ROWS: Final = 1_000_000  # of tokens or mints: more than a year of a plan has


def scans_are_linked(observed: "Observed") -> Iterator[str]:
    """Yield each checkpoint of no confirmed block, or one that does not follow the one before.

    After a reorganisation it goes back to a block that was read before, or to the first one.
    """
    node = observed.node
    if node is None:
        return
    checkpoints = observed.scans.checkpoints
    for change_hash, checkpoint in _new_checkpoints(observed.new_changes):
        name = f"checkpoint {checkpoint.number} {checkpoint.hash[:12]}"
        problem = _problem_of(node, checkpoint, [*checkpoints.values()])
        if problem:
            yield f"{name} {problem}"
        checkpoints[change_hash] = checkpoint


def live_tokens_are_minted(observed: "Observed") -> Iterator[str]:
    """Yield each live token whose mint is orphaned, and each canonical mint without its token."""
    if not _has_new_mints(observed):
        return
    mints = _canonical_mints(observed)
    live: set[int] = set()
    for token in _live_tokens(observed):
        live.add(token.token_id)
        if token.mint_event_id not in mints:
            yield f"token {token.token_id} is live, and its mint is not in the chain"
    for mint in mints.values():
        for token_id in mint.token_ids:
            if token_id not in live:
                yield f"mint {mint.id} is in the chain, and token {token_id} is not live"


def one_mint_per_token(observed: "Observed") -> Iterator[str]:
    """Yield each token that is detected as new a second time, or that has two canonical mints.

    A token whose detection was lost by a restore is new once more.
    """
    if not _has_new_mints(observed):
        return
    detected = {*observed.scans.tokens.values()}
    for change in observed.new_changes:
        if change.action != DETECT:
            continue
        if change.lifecycle == MINT.name:
            observed.scans.mints[change.hash] = read_mint(change.data)
        if change.lifecycle != TOKEN.name:
            continue
        new_id = int(change.data["token_id"])
        if new_id in detected:
            yield f"token {new_id} is detected as new twice"
        detected.add(new_id)
        _note_token(observed, change.hash, new_id)
    minted: dict[int, str] = {}
    for mint in _canonical_mints(observed).values():
        for token_id in mint.token_ids:
            if token_id in minted:
                yield f"token {token_id} has the canonical mints {minted[token_id]} and {mint.id}"
            minted[token_id] = mint.id


def lost_mints_are_found_again(observed: "Observed") -> Iterator[str]:
    """Yield each mint that a restore has lost, and that is not stored as it was before.

    A mint of a block that the chain has dropped is not expected.
    """
    node = observed.node
    if node is None or not observed.scans.lost_mints:
        return
    stored = {read_mint(asdict(mint)) for mint in _canonical_mints(observed).values()}
    for mint in sorted(observed.scans.lost_mints - stored):
        if node.is_final(mint[BLOCK_HASH]):
            yield f"a restore has lost the mint of {_text_of(mint)}, which is not found again"


def forget_lost_scans(observed: "Observed", lost: Sequence[ReadChange]) -> None:
    """Let the next checks know that a restored database has no longer what scans have stored."""
    observed.scans.forget([change.hash for change in lost])


def every_mint_is_a_token(observed: "Observed") -> Iterator[str]:
    """Yield the differences between the confirmed mints of the chain and the live tokens."""
    node = observed.node
    if node is None:
        return
    expected = node.final_mints()
    mints = _canonical_mints(observed)
    stored: dict[int, str] = {}
    for token in _live_tokens(observed):
        mint = mints.get(token.mint_event_id or "")
        if mint is not None:
            stored[token.token_id] = mint.block_hash
    for token_id in sorted({*expected, *stored}):
        of_chain, of_store = expected.get(token_id), stored.get(token_id)
        if of_chain != of_store:
            yield f"token {token_id} is minted in block {of_chain}, and stored of {of_store}"


def _note_token(observed: "Observed", change_hash: str, token_id: int) -> None:
    """Note a token that is detected as new."""
    scans = observed.scans
    scans.tokens[change_hash] = token_id
    if token_id in scans.lost_tokens:
        scans.tokens_found_again.add(token_id)


def _text_of(mint: ReadMint) -> str:
    return f"token {mint[TOKEN_ID]} in block {mint[BLOCK_HASH]}"


def _new_checkpoints(changes: "list[Change]") -> Iterator[tuple[str, Checkpoint]]:
    """Yield the checkpoints that changes have stored, each with the hash of its change."""
    for change in changes:
        if change.lifecycle == SYSTEM_STATE.name and change.entity_id == CHECKPOINT:
            checkpoint = Checkpoint.parse(change.data["state_value"])
            if checkpoint is not None:
                yield change.hash, checkpoint


def _problem_of(node: "SimulatedNode", checkpoint: Checkpoint, seen: list[Checkpoint]) -> str:
    """Return what is wrong with a checkpoint after those that were seen, '' for nothing."""
    block = node.seen.get(checkpoint.hash)
    if block is None or block.number != checkpoint.number:
        return "is no block of the chain"
    if checkpoint.number > max(0, node.chain.newest - CONFIRMATIONS):
        return f"is not confirmed: the newest block is {node.chain.newest}"
    if not seen:
        return ""
    if checkpoint.reorg_count > seen[-1].reorg_count:
        was_read = any(one.hash == checkpoint.hash for one in seen)
        return "" if was_read or checkpoint.number == 0 else "was never read before its reorg"
    if not _contains(node, checkpoint.hash, seen[-1]):
        return f"does not follow block {seen[-1].number} {seen[-1].hash[:12]}"
    return ""


def _contains(node: "SimulatedNode", block_hash: str, checkpoint: Checkpoint) -> bool:
    """Return True if a block follows a checkpoint, or is its block."""
    while True:
        if block_hash == checkpoint.hash:
            return True
        block = node.seen.get(block_hash)
        if block is None or block.number <= checkpoint.number:
            return False
        block_hash = block.parent_hash


def _has_new_mints(observed: "Observed") -> bool:
    """Return True if a token or a mint has changed."""
    return any(change.lifecycle in (TOKEN.name, MINT.name) for change in observed.new_changes)


def _canonical_mints(observed: "Observed") -> "dict[str, MintEvent]":
    """Return the mints in the chain by id."""

    def find(tx: Any) -> Any:  # noqa: ANN401 - of the store
        return tx.tokens.mints.find({"status": MintStatus.CANONICAL.value}, limit=MAX_ROWS)

    return {head.entity.id: head.entity for head in observed.store.read(find)}


def _live_tokens(observed: "Observed") -> "Iterator[Token]":
    """Yield the tokens that are not quarantined."""

    def find(tx: Any) -> Any:  # noqa: ANN401 - of the store
        return tx.tokens.tokens.find({}, limit=MAX_ROWS)

    for head in observed.store.read(find):
        if not head.entity.has_failed:
            yield head.entity


HOURLY: Final = {
    "scans-are-linked": scans_are_linked,
    "live-tokens-are-minted": live_tokens_are_minted,
    "one-mint-per-token": one_mint_per_token,
}
ENDS: Final = {
    "lost-mints-are-found-again": lost_mints_are_found_again,
    "every-mint-is-a-token": every_mint_is_a_token,
}
