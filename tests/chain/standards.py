"""Contracts of the standards, compiled by `standard_contracts/build.mjs`, and their calls."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from attrs import frozen
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from tests.chain.anvil import Anvil

from indelible_evm import KINDS, Contract, ContractKind, kind_from_abi

FOLDER: Final = Path(__file__).with_name("standard_contracts")
COMPILED: Final = FOLDER / "contracts.json"
LAST_ID: Final = 2**256 - 1
RECIPIENTS: Final = tuple(f"0x{number:040x}" for number in range(1, 8))
OWNER: Final = RECIPIENTS[0]
OTHER: Final = RECIPIENTS[1]
CONSTRUCTED_TOKENS: Final = 7  # of the contract with consecutive transfers
IDS: Final = (0, 1, 2, 3, 5, 8, 2**53 + 1, 2**64, 2**128, LAST_ID - 1, LAST_ID)
COPIES: Final = (0, 1, 3, 10**9)  # no copies are no mint
QUANTITIES: Final = (0, 1, 2, 3, 4, 10**9)
GALLERY_FIELDS: Final = {
    "token_id": "id",
    "recipient": "owner",
    "author": "artist",
    "quantity": "amount",
}
MINT: Final = "mint(address,uint256)"
BURN: Final = "burn(uint256)"
MINT_1155: Final = "mint(address,uint256,uint256)"
MINT_BATCH: Final = "mintBatch(address,uint256[],uint256[])"
# The same functions as OpenZeppelin publishes them, which pass data on to the recipient.
MINT_WITH_DATA: Final = "mint(address,uint256,uint256,bytes)"
MINT_BATCH_WITH_DATA: Final = "mintBatch(address,uint256[],uint256[],bytes)"
MINT_GALLERY: Final = "mint(address,address,uint256,uint256)"

Call = tuple[str, tuple[object, ...]]  # of a function, by its signature, with arguments


@cache
def contracts() -> dict[str, Contract]:
    """Return the compiled contracts by name."""
    documents = json.loads(COMPILED.read_text(encoding="utf-8"))
    return {name: Contract(**document) for name, document in documents.items()}


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


def gallery_kind(directory: Path) -> ContractKind:
    """Return the kind of the gallery, from its ABI in a file."""
    path = directory / "gallery.json"
    path.write_text(json.dumps(contracts()["Gallery"].abi), encoding="utf-8")
    return kind_from_abi(path, "Minted", GALLERY_FIELDS)


@frozen
class Standard:
    """A contract of a standard: its deployment, its next call that mints, and any call.

    A call of `draw` may revert, or emit a log that cannot be a mint.
    """

    kind: str
    deploy: Callable[[Anvil], str]
    next_mint: Callable[[int], Call]
    draw: Callable[[Random], Call]

    def kind_in(self, directory: Path) -> ContractKind:
        """Return the kind of contract. A file of its ABI is written into the directory."""
        return KINDS.get(self.kind) or gallery_kind(directory)

    def mint(self, node: Anvil, contract: str, number: int) -> None:
        """Send the transaction that mints the next tokens."""
        signature, arguments = self.next_mint(number)
        transact(node, contract, signature, *arguments)


def _mint_erc721(number: int) -> Call:
    """Mint one id: 0 first, and the last one of 256 bits with the second mint."""
    return MINT, (OWNER, LAST_ID if number == 1 else number)


def _draw_erc721(chance: Random) -> Call:
    if chance.random() < 0.25:
        return BURN, (chance.choice(IDS),)
    return MINT, (chance.choice(RECIPIENTS), chance.choice(IDS))


def _mint_counted(_: int) -> Call:
    return "mint(address)", (OWNER,)


def _draw_counted(chance: Random) -> Call:
    return "mint(address)", (chance.choice(RECIPIENTS),)


def _mint_erc721a(number: int) -> Call:
    return MINT, (OWNER, 1 + number % 3)


def _draw_erc721a(chance: Random) -> Call:
    return MINT, (chance.choice(RECIPIENTS), chance.randint(1, 5))


def _mint_erc1155(number: int) -> Call:
    """Mint a batch with an id of its own and with id 0, or more copies of another id."""
    if number % 2 == 0:
        return MINT_BATCH, (OTHER, [number * 2**200 % LAST_ID, 0], [1, 10])
    return MINT_1155, (OWNER, LAST_ID - number, 5)


def _draw_erc1155(chance: Random) -> Call:
    """Mint copies of one id, or a batch that may be empty or have an id twice."""
    recipient = chance.choice(RECIPIENTS)
    if chance.random() < 0.5:
        return MINT_1155, (recipient, chance.choice(IDS), chance.choice(COPIES))

    count = chance.randint(0, 6)
    ids = chance.choices(IDS, k=count)
    return MINT_BATCH, (recipient, ids, chance.choices(COPIES, k=count))


def _with_data(call: Call) -> Call:
    """Return a call of an ERC-1155 contract as a call with data for the recipient."""
    signature, arguments = call
    names = {MINT_1155: MINT_WITH_DATA, MINT_BATCH: MINT_BATCH_WITH_DATA}
    return names[signature], (*arguments, b"data")


def _mint_published_erc1155(number: int) -> Call:
    return _with_data(_mint_erc1155(number))


def _draw_published_erc1155(chance: Random) -> Call:
    return _with_data(_draw_erc1155(chance))


def _mint_gallery(number: int) -> Call:
    return MINT_GALLERY, (OTHER, OWNER, number * 10, 1 + number % 3)


def _draw_gallery(chance: Random) -> Call:
    artist, owner = chance.sample(RECIPIENTS, 2)
    return MINT_GALLERY, (artist, owner, chance.choice(IDS), chance.choice(QUANTITIES))


def _mint_season(number: int) -> Call:
    return MINT, (OTHER, 1 + number % 3)


def _draw_season(chance: Random) -> Call:
    return MINT, (chance.choice(RECIPIENTS), chance.randint(1, 3))


def _deployed(name: str, *arguments: object) -> Callable[[Anvil], str]:
    """Return the deployment of a contract."""
    return lambda node: deploy(node, name, *arguments)


STANDARDS: Final = {
    "erc721": Standard("erc721", _deployed("Standard721"), _mint_erc721, _draw_erc721),
    "erc721-published": Standard(
        "erc721",
        _deployed("ERC721PresetMinterPauserAutoId", "Published", "P", "ipfs://"),
        _mint_counted,
        _draw_counted,
    ),
    "erc721a": Standard(
        "erc721a",
        _deployed("Standard721A", OTHER, CONSTRUCTED_TOKENS),
        _mint_erc721a,
        _draw_erc721a,
    ),
    "erc1155": Standard("erc1155", _deployed("Standard1155"), _mint_erc1155, _draw_erc1155),
    "erc1155-published": Standard(
        "erc1155",
        _deployed("ERC1155PresetMinterPauser", "ipfs://"),
        _mint_published_erc1155,
        _draw_published_erc1155,
    ),
    "gallery": Standard("abi", _deployed("Gallery"), _mint_gallery, _draw_gallery),
    "season": Standard("season", Anvil.deploy_season, _mint_season, _draw_season),
}
