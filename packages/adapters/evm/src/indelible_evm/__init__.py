"""Read NFTs on an Ethereum chain through a node's JSON-RPC."""

import sys

# Importing web3 imports py_ecc, which raises the recursion limit of the process a hundredfold. A
# deeply nested JSON document would then end the process with a segmentation fault instead of
# raising RecursionError. Restore the limit after the import.
_RECURSION_LIMIT = sys.getrecursionlimit()

from indelible_evm.chain import EvmChain  # noqa: E402 - the limit is read first
from indelible_evm.kinds import (  # noqa: E402 - the limit is read first
    ABI_KIND,
    KINDS,
    ContractKind,
    kind_from_abi,
)
from indelible_evm.provider import QuietProvider  # noqa: E402 - the limit is read first
from indelible_evm.season import Contract, season  # noqa: E402 - the limit is read first

sys.setrecursionlimit(_RECURSION_LIMIT)

__all__ = [
    "ABI_KIND",
    "KINDS",
    "Contract",
    "ContractKind",
    "EvmChain",
    "QuietProvider",
    "kind_from_abi",
    "season",
]
