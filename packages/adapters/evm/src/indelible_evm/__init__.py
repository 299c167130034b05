"""Tokens on an Ethereum chain, read through a node's JSON-RPC."""

import sys

# py_ecc, which web3 brings, lets the whole process recurse a hundred times as deep: to where a nested JSON, of a node's
# or of any client's, is a segmentation fault and no RecursionError.
_DEPTH = sys.getrecursionlimit()

from indelible_evm.chain import EvmChain  # noqa: E402 - between the two
from indelible_evm.provider import QuietProvider  # noqa: E402
from indelible_evm.season import Contract, season  # noqa: E402

sys.setrecursionlimit(_DEPTH)

__all__ = ["EvmChain", "QuietProvider", "Contract", "season"]
