"""The shipped contract is compiled from its source and conforms to the fact sheet."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from tests.adapters.evm.conftest import AUTHOR
from tests.architecture.sources import ROOT, SOURCES
from tests.chain.anvil import PLACEHOLDER, WALLET, Anvil
from tests.chain.npm import COMPILER, installed, node_program
from tests.chain.standards import COMPILED
from tests.chain.standards import FOLDER as STANDARDS

import indelible_evm
from indelible.tokens.ports import Chain
from indelible_evm.kinds import BATCH_MINTED
from indelible_evm.provider import Refusal

FOLDER = ROOT / "packages" / "adapters" / "evm" / "contract"
SHIPPED = SOURCES["indelible_evm"] / "season.json"
EVENTS = {
    "BatchMinted": "0x20c0d4a5bab7118059cf1d2fd0403c4f29a05e446d435b347f90b80778374c54",
    "TokensRevealed": "0x5f36dfedf769ad12bf71aec843edc397276a255b70d51016d99f5fb020dfd902",
    "Transfer": "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
    "MetadataUpdate": "0xf8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce7",
    "BatchMetadataUpdate": "0x6bd5c950a8d8df17f772f5af37cb3655737899cbf903264b9795592da439661c",
}
SELECTORS = {
    "mint": "40c10f19",
    "revealTokens": "53de7804",
    "nextTokenId": "75794a3c",
    "isRevealed": "5055fbc3",
    "tokenURI": "c87b56dd",
    "tokenPromptAuthor": "7c407c92",
    "ownerOf": "6352211e",
    "supportsInterface": "01ffc9a7",
    "hasRole": "91d14854",
    "mintPrice": "6817c76c",
    "AlreadyRevealed": "a3a57894",
    "LengthMismatch": "ff633a38",
    "InvalidQuantity": "524f409b",
    "ExceedsMaxBatchSize": "d2905bb4",
    "InsufficientPayment": "cd1c8867",
    "TransferFailed": "90b8ec18",
    "AccessControlUnauthorizedAccount": "e2517d3f",
    "ERC721NonexistentToken": "7e273289",
}
KEEPER_ROLE = "0xfc8737ab85eb45125971625a9ebdb75cc78e01d5c1fa80c4c6e5203f47bc4fab"
SUPPORTED_INTERFACES = ("01ffc9a7", "80ac58cd", "5b5e139f", "49064906", "7965db0b")
INVALID_INTERFACE = "ffffffff"


def signature_digests() -> dict[str, str]:
    """Map each name in the ABI to the hash of its signature."""
    digests: dict[str, str] = {}
    for entry in indelible_evm.season().abi:
        name = entry.get("name", "")
        types = [parameter["type"] for parameter in entry.get("inputs", ())]
        is_overload = name == "safeTransferFrom" and len(types) == 4
        if name and not is_overload:
            digests[name] = keccak(text=f"{name}({','.join(types)})").hex()

    return digests


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def call(
    node: Anvil,
    to: str,
    signature: str,
    types: list[str] | None = None,
    *values: object,
    sender: int = 0,
) -> str:
    """Call a method by its signature and return the result in hex."""
    data = keccak(text=signature)[:4] + encode(types or [], values)
    request = {"from": node.accounts[sender], "to": to, "data": f"0x{data.hex()}"}
    return str(node.call("eth_call", request, "latest"))


def refusal(node: Anvil, to: str, data: bytes, *, sender: int = 0, value: int = 0) -> str:
    """Return the selector of the error with which the contract refuses a call."""
    request = {
        "from": node.accounts[sender],
        "to": to,
        "data": f"0x{data.hex()}",
        "value": hex(value),
    }
    with pytest.raises(Refusal) as refused:
        node.call("eth_call", request, "latest")
    return str(refused.value.data)[2:10]


def mint_call(author: str, quantity: int) -> bytes:
    """Return the data of a call of `mint`."""
    return bytes.fromhex(SELECTORS["mint"]) + encode(["address", "uint256"], [author, quantity])


def reveal_call(ids: list[int], uris: list[str]) -> bytes:
    """Return the data of a call of `revealTokens`."""
    return bytes.fromhex(SELECTORS["revealTokens"]) + encode(["uint256[]", "string[]"], [ids, uris])


def logs_of(node: Anvil, transaction_hash: str) -> list[Any]:
    """Return the logs of a successful transaction."""
    receipt = node.receipt(transaction_hash)
    assert receipt is not None
    assert receipt["status"] == "0x1"
    return list(receipt["logs"])


def test_the_contracts_have_the_digests_of_their_sources() -> None:
    wallet = json.loads(WALLET.read_text())

    assert indelible_evm.season().source_sha256 == sha256_of(FOLDER / "Season.sol")
    assert wallet["source_sha256"] == sha256_of(FOLDER / "Wallet.sol")


@pytest.mark.dose
def test_the_recorded_command_builds_the_contracts_again_to_the_last_byte(tmp_path: Path) -> None:
    season = tmp_path / "season.json"
    wallet = tmp_path / "wallet.json"
    command = (node_program(), FOLDER / "build.mjs", season, wallet)
    subprocess.run(command, cwd=installed(COMPILER), check=True)

    assert season.read_bytes() == SHIPPED.read_bytes()
    assert wallet.read_bytes() == WALLET.read_bytes()


@pytest.mark.dose
def test_the_contracts_of_the_standards_are_built_again_to_the_last_byte(tmp_path: Path) -> None:
    built = tmp_path / "contracts.json"
    command = (node_program(), STANDARDS / "build.mjs", built)
    subprocess.run(command, cwd=installed(STANDARDS / "package.json"), check=True)

    assert built.read_bytes() == COMPILED.read_bytes()


def test_events_and_selectors_are_those_of_the_fact_sheet() -> None:
    digests = signature_digests()

    assert {name: f"0x{digests[name]}" for name in EVENTS} == EVENTS
    assert {name: digests[name][:8] for name in SELECTORS} == SELECTORS
    assert EVENTS["BatchMinted"] == BATCH_MINTED.topic


def test_a_reveal_is_called_as_the_fact_sheet_says() -> None:
    data = reveal_call([1, 2], ["ipfs://a", "ipfs://b"])

    assert len(data) == 388
    assert (
        hashlib.sha256(data).hexdigest()
        == "9d1c66de71061964c00369ccfd17751c6e241954337431edbe5048235aefc409"
    )


def test_the_contract_supports_its_interfaces(node: Anvil, season: str) -> None:
    supported: list[str] = []
    for interface in (*SUPPORTED_INTERFACES, INVALID_INTERFACE):
        interface_id = bytes.fromhex(interface)
        result = call(node, season, "supportsInterface(bytes4)", ["bytes4"], interface_id)
        if int(result, 16):
            supported.append(interface)

    assert tuple(supported) == SUPPORTED_INTERFACES


def test_the_contract_has_its_role_and_its_limits(node: Anvil, season: str) -> None:
    assert call(node, season, "KEEPER_ROLE()") == KEEPER_ROLE
    assert int(call(node, season, "MAX_BATCH_SIZE()"), 16) == 50
    assert int(call(node, season, "nextTokenId()"), 16) == 1


def test_a_mint_emits_its_event_and_transfers_the_tokens(node: Anvil) -> None:
    season = node.deploy_season(price=5)
    logs = logs_of(node, node.mint(season, AUTHOR, 50, sender=2, value=251))
    *transfers, minted = [log["topics"][0] for log in logs]
    owner = call(node, season, "ownerOf(uint256)", ["uint256"], 50)

    assert transfers == [EVENTS["Transfer"]] * 50
    assert minted == EVENTS["BatchMinted"]
    assert logs[-1]["data"] == f"0x{50:064x}{251:064x}"
    assert owner.endswith(node.accounts[2].removeprefix("0x"))


def test_the_payments_of_mints_can_be_withdrawn(node: Anvil) -> None:
    season = node.deploy_season(price=5)
    node.mint(season, AUTHOR, 50, sender=2, value=251)

    before = int(node.call("eth_getBalance", AUTHOR, "latest"), 16)
    node.send(season, keccak(text="withdraw(address)")[:4] + encode(["address"], [AUTHOR]))
    after = int(node.call("eth_getBalance", AUTHOR, "latest"), 16)

    assert after == before + 251


def test_an_illegal_mint_reverts_with_its_error(node: Anvil) -> None:
    season = node.deploy_season(price=5)

    no_tokens = refusal(node, season, mint_call(AUTHOR, 0))
    too_many = refusal(node, season, mint_call(AUTHOR, 51), value=255)
    too_cheap = refusal(node, season, mint_call(AUTHOR, 50), value=249)
    no_author = refusal(node, season, mint_call(f"0x{0:040x}", 1), value=5)

    assert no_tokens == SELECTORS["InvalidQuantity"]
    assert too_many == SELECTORS["ExceedsMaxBatchSize"]
    assert too_cheap == SELECTORS["InsufficientPayment"]
    assert no_author == signature_digests()["InvalidAuthor"][:8]


def test_a_reveal_of_a_range_emits_one_update_and_of_separate_tokens_one_for_each(
    node: Anvil, season: str
) -> None:
    node.mint(season, AUTHOR, 9)
    revealed, updated = logs_of(
        node, node.reveal(season, {2: "ipfs://2", 3: "ipfs://3", 4: "ipfs://4"})
    )
    assert revealed["topics"] == [EVENTS["TokensRevealed"]]
    assert updated["topics"] == [EVENTS["BatchMetadataUpdate"]]
    assert updated["data"] == f"0x{2:064x}{4:064x}"

    by_admin = node.reveal(season, {9: "ipfs://9", 7: "ipfs://7"}, sender=0)
    revealed, *updates = logs_of(node, by_admin)
    assert revealed["topics"] == [EVENTS["TokensRevealed"]]
    assert [log["topics"] for log in updates] == [[EVENTS["MetadataUpdate"]]] * 2
    assert [log["data"] for log in updates] == [f"0x{9:064x}", f"0x{7:064x}"]

    _, updated = logs_of(node, node.reveal(season, {8: "ipfs://8"}))
    assert updated["topics"] == [EVENTS["MetadataUpdate"]]


def test_only_revealed_tokens_have_metadata(node: Anvil, season: str, chain: Chain) -> None:
    node.mint(season, AUTHOR, 4)
    node.reveal(season, {2: "ipfs://2", 4: "ipfs://4"})
    metadata = [chain.metadata_of(token_id) for token_id in range(1, 5)]

    assert metadata == [None, "2", None, "4"]
    uri = bytes.fromhex(call(node, season, "tokenURI(uint256)", ["uint256"], 1)[2:])
    assert PLACEHOLDER.encode() in uri


def test_an_illegal_reveal_reverts_the_whole_batch(node: Anvil, season: str, chain: Chain) -> None:
    node.mint(season, AUTHOR, 3)
    node.reveal(season, {2: "ipfs://2"})

    revealed_before = refusal(node, season, reveal_call([1, 2], ["ipfs://1", "ipfs://2"]))
    listed_twice = refusal(node, season, reveal_call([1, 1], ["ipfs://1", "ipfs://1"]))
    not_minted = refusal(node, season, reveal_call([1, 4], ["ipfs://1", "ipfs://4"]))
    by_stranger = refusal(node, season, reveal_call([1], ["ipfs://1"]), sender=2)

    assert revealed_before == SELECTORS["AlreadyRevealed"]
    assert listed_twice == SELECTORS["AlreadyRevealed"]
    assert not_minted == SELECTORS["ERC721NonexistentToken"]
    assert by_stranger == SELECTORS["AccessControlUnauthorizedAccount"]
    assert refusal(node, season, reveal_call([1], [])) == SELECTORS["LengthMismatch"]
    assert refusal(node, season, reveal_call([], [])) == SELECTORS["InvalidQuantity"]

    node.reveal(season, {1: "ipfs://1", 2: "ipfs://2"})
    assert chain.metadata_of(1) is None
