"""Handlers of token commands. They load, let entities and rules decide, and save."""

from indelible.tokens.handlers.authors import set_author_prompt
from indelible.tokens.handlers.blocks import (
    checkpoint_of,
    record_blocks,
    request_scan,
    roll_back_blocks,
)
from indelible.tokens.handlers.contract import (
    acknowledge_contract,
    has_chain_fault,
    record_contract,
    report_chain_fault,
)
from indelible.tokens.handlers.tokens import (
    fail_generation,
    finish_generation,
    recover_token,
    retry_token,
    start_generation,
)

__all__ = [
    "acknowledge_contract",
    "checkpoint_of",
    "fail_generation",
    "finish_generation",
    "has_chain_fault",
    "record_blocks",
    "record_contract",
    "recover_token",
    "report_chain_fault",
    "request_scan",
    "retry_token",
    "roll_back_blocks",
    "set_author_prompt",
    "start_generation",
]
