"""Contracts of the standards, compiled when a test first needs them, and their calls."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from tests.chain.anvil import Anvil
from tests.chain.npm import installed, node_program

from indelible_evm import Contract

FOLDER: Final = Path(__file__).with_name("standard_contracts")
COMPILE_SECONDS: Final = 120


@cache
def contracts() -> dict[str, Contract]:
    """Return the compiled contracts by name."""
    command = (node_program(), FOLDER / "build.mjs")
    directory = installed(FOLDER / "package.json")
    completed = subprocess.run(
        command, cwd=directory, check=True, capture_output=True, timeout=COMPILE_SECONDS
    )
    compiled: dict[str, Contract] = {}
    for name, document in json.loads(completed.stdout).items():
        compiled[name] = Contract(source_sha256="", compiler="", **document)

    return compiled


def deploy(node: Anvil, name: str, *arguments: object) -> str:
    """Deploy a contract by its name and return its address."""
    contract = contracts()[name]
    constructors = [entry for entry in contract.abi if entry["type"] == "constructor"]
    if not constructors:
        contract.abi.append({"type": "constructor", "inputs": []})
    return node.deploy(contract, *arguments)


def call_data(signature: str, *arguments: object) -> bytes:
    """Return the data of a call of a function, such as `mint(address,uint256)`."""
    parameters = signature.partition("(")[2].removesuffix(")")
    types = parameters.split(",") if parameters else []
    return keccak(text=signature)[:4] + encode(types, arguments)


def transact(node: Anvil, contract: str, signature: str, *arguments: object) -> str:
    """Call a function of a contract in a transaction that must succeed, and return its hash."""
    transaction_hash = node.send(contract, call_data(signature, *arguments))
    receipt = node.receipt(transaction_hash)
    assert receipt is None or receipt["status"] == "0x1"
    return transaction_hash
