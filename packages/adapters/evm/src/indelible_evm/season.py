"""The compiled contract Season.sol, with its ABI and bytecode."""

import json
from importlib.resources import files
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class Contract:
    """A compiled contract, the digest of its source, and the compiler's version."""

    source_sha256: str
    compiler: str
    abi: list[dict[str, Any]]
    bytecode: str


def season() -> Contract:
    """Return the compiled contract Season.sol."""
    text = files("indelible_evm").joinpath("season.json").read_text(encoding="utf-8")
    return Contract(**json.loads(text))
