"""Tokens on an Ethereum chain, read through a node's JSON-RPC."""

from indelible_evm.chain import EvmChain
from indelible_evm.provider import QuietProvider
from indelible_evm.season import Contract, season

__all__ = ["EvmChain", "QuietProvider", "Contract", "season"]
