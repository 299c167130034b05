"""A chain of the host's own: a file with a block a line. INDELIBLE_CHAIN names it.

`INDELIBLE_CHAIN=own_chain:Ledger indelible recover-events` detects its tickets.
"""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

from indelible.tokens import Block, Chain, ContractLog


class Ledger(Chain):
    """The tickets of a ledger."""

    @property
    def contract_id(self) -> str:
        return "ledger:tickets"

    def newest(self) -> int:
        return len(read_lines()) - 1

    def block(self, number: int) -> Block | None:
        return block_at(number) if number <= self.newest() else None

    def mints(self, first: int, last: int) -> tuple[ContractLog, ...]:
        logs: list[ContractLog] = []
        for block in map(block_at, range(first, last + 1)):
            for index, (ticket, wallet) in enumerate(read_tickets(block.number)):
                values = {"minter": wallet, "author_wallet": wallet, "start_token_id": ticket}
                logs.append(block.mint(digest([block.hash, str(index)]), index, **values))
        return tuple(logs)


def read_lines() -> list[str]:
    """Return the blocks of the ledger as lines."""
    return Path(os.environ.get("LEDGER", "ledger.jsonl")).read_text(encoding="utf-8").splitlines()


def read_tickets(number: int) -> list[tuple[int, str]]:
    """Return the tickets of a block, each with its id and its wallet."""
    tickets: list[tuple[int, str]] = json.loads(read_lines()[number])["tickets"]
    return tickets


def block_at(number: int) -> Block:
    """Return a block. Its hash covers it and all blocks before it."""
    lines = read_lines()[: number + 1]
    at = datetime.fromisoformat(json.loads(lines[-1])["at"])
    return Block(number=number, hash=digest(lines), parent_hash=digest(lines[:-1]), at=at)


def digest(texts: list[str]) -> str:
    """Return the SHA-256 of texts."""
    return f"0x{hashlib.sha256(json.dumps(texts).encode()).hexdigest()}"
