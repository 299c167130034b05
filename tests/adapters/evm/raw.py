"""Logs in the form of a node's JSON."""

from typing import Any

from indelible.tokens import MintLog
from indelible_evm.parsing import BATCH_MINTED

CONTRACT = "0x" + "c0" * 20


def word(value: int | str) -> str:
    """A number or an address, as one word of 32 bytes."""
    return f"0x{value:064x}" if isinstance(value, int) else f"0x{value[2:]:0>64}"


def raw(mint: MintLog, contract: str = CONTRACT) -> dict[str, Any]:
    """The log that says so."""
    return {
        "address": contract,
        "topics": [
            BATCH_MINTED,
            word(mint.minter),
            word(mint.author_wallet),
            word(mint.start_token_id),
        ],
        "data": word(mint.quantity) + word(mint.total_paid)[2:],
        "blockNumber": hex(mint.block_number),
        "blockHash": mint.block_hash,
        "blockTimestamp": hex(int(mint.block_timestamp.timestamp())),
        "transactionHash": mint.tx_hash,
        "transactionIndex": "0x0",
        "logIndex": hex(mint.log_index),
        "removed": False,
    }
