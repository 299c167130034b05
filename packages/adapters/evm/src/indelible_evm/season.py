"""The contract of our own: what calls it, and what puts it on a chain."""

import json
from importlib.resources import files
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class Contract:
    """A compiled contract, and what compiled it from which source."""

    source_sha256: str
    compiler: str
    abi: list[dict[str, Any]]
    bytecode: str


def season() -> Contract:
    """Season.sol, as it was compiled."""
    return Contract(
        **json.loads(files("indelible_evm").joinpath("season.json").read_text(encoding="utf-8"))
    )
