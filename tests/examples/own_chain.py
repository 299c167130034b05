"""A chain of the host's own: a file with a block a line. INDELIBLE_CHAIN names it.

`INDELIBLE_CHAIN=tests.examples.own_chain:Ledger indelible work` detects its tickets.
"""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from indelible.tokens import Block, Chain, ContractLog, LogPosition


class Ledger(Chain):
    """Blocks as JSON objects: `at` is an instant, `tickets` are pairs of an id and a wallet."""

    @property
    def contract_id(self) -> str:
        return "ledger:tickets"

    def newest(self) -> int:
        return len(read_lines()) - 1

    def block(self, number: int) -> Block | None:
        lines = read_lines()[: number + 1]
        if number >= len(read_lines()):
            return None
        at = datetime.fromisoformat(read_block(lines[-1])["at"])
        parent = digest(lines[:-1])
        return Block(number=number, hash=digest(lines), parent_hash=parent, at=at)

    def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
        logs: list[ContractLog] = []
        for number, line in enumerate(read_lines()[: last + 1]):
            block = self.block(number)
            if block is None or number < first:
                continue
            for index, (ticket, wallet) in enumerate(read_block(line)["tickets"]):
                tx_hash = digest([line, str(index)])
                position = LogPosition(
                    tx_hash=tx_hash, log_index=index, block_number=number, block_hash=block.hash
                )
                values = {"minter": wallet, "author_wallet": wallet, "start_token_id": ticket}
                logs.append(position.mint(block_timestamp=block.at, **values))
        return tuple(logs)


def read_lines() -> list[str]:
    """Return the blocks of the ledger as lines."""
    return Path(os.environ["LEDGER"]).read_text(encoding="utf-8").splitlines()


def read_block(line: str) -> dict[str, Any]:
    """Return the block in a line."""
    block: dict[str, Any] = json.loads(line)
    return block


def digest(lines: list[str]) -> str:
    """Return the hash of a block: it covers all blocks before it."""
    return f"0x{hashlib.sha256(json.dumps(lines).encode()).hexdigest()}"
