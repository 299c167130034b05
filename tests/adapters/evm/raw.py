"""Logs in the form of a node's JSON."""

from typing import Any

from indelible.tokens import MintLog
from indelible_evm.kinds import BATCH_MINTED as BATCH_MINTED_EVENT

BATCH_MINTED = BATCH_MINTED_EVENT.topic

CONTRACT = "0x" + "c0" * 20


def word(value: int | str) -> str:
    """Return a number or an address as one word of 32 bytes."""
    if isinstance(value, int):
        return f"0x{value:064x}"

    return f"0x{value.removeprefix('0x'):0>64}"


def raw_log(mint: MintLog, contract: str = CONTRACT) -> dict[str, Any]:
    """Return the log of a mint as a node returns it."""
    topics = [
        BATCH_MINTED,
        word(mint.minter),
        word(mint.author_wallet),
        word(mint.start_token_id),
    ]
    return {
        "address": contract,
        "topics": topics,
        "data": word(mint.quantity) + word(mint.total_paid).removeprefix("0x"),
        "blockNumber": hex(mint.block_number),
        "blockHash": mint.block_hash,
        "blockTimestamp": hex(int(mint.block_timestamp.timestamp())),
        "transactionHash": mint.tx_hash,
        "transactionIndex": "0x0",
        "logIndex": hex(mint.log_index),
        "removed": False,
    }
