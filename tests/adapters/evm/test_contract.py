"""The shipped contract is compiled from its source and conforms to the fact sheet."""

import hashlib
import json
import re
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

import indelible_evm
from indelible.tokens.ports import Chain
from indelible_evm.parsing import BATCH_MINTED
from indelible_evm.provider import Refusal

pytestmark = pytest.mark.slow

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
INTERFACES = dict.fromkeys(("01ffc9a7", "80ac58cd", "5b5e139f", "49064906", "7965db0b"), True) | {
    "ffffffff": False
}


def digests() -> dict[str, str]:
    """The hash of each signature in the ABI, by its name."""
    named = [each for each in indelible_evm.season().abi if "name" in each]
    return {
        each["name"]: keccak(
            text=f"{each['name']}({','.join(i['type'] for i in each['inputs'])})"
        ).hex()
        for each in named
        if (each["name"], len(each["inputs"])) != ("safeTransferFrom", 4)
    }


def call(
    node: Anvil,
    to: str,
    text: str,
    types: list[str] | None = None,
    *values: object,
    sender: int = 0,
) -> str:
    data = keccak(text=text)[:4] + encode(types or [], values)
    return str(
        node.call(
            "eth_call",
            {"from": node.accounts[sender], "to": to, "data": f"0x{data.hex()}"},
            "latest",
        )
    )


def refusal(node: Anvil, to: str, data: bytes, *, sender: int = 0, value: int = 0) -> str:
    """The selector of the error by which the contract refuses."""
    asked = {
        "from": node.accounts[sender],
        "to": to,
        "data": f"0x{data.hex()}",
        "value": hex(value),
    }
    with pytest.raises(Refusal) as refused:
        node.call("eth_call", asked, "latest")
    return str(refused.value.data)[2:10]


def minting(author: str, quantity: int) -> bytes:
    return bytes.fromhex(SELECTORS["mint"]) + encode(["address", "uint256"], [author, quantity])


def revealing(ids: list[int], uris: list[str]) -> bytes:
    return bytes.fromhex(SELECTORS["revealTokens"]) + encode(["uint256[]", "string[]"], [ids, uris])


def logs(node: Anvil, sent: str) -> list[Any]:
    receipt = node.receipt(sent)
    assert receipt is not None
    assert receipt["status"] == "0x1"
    return list(receipt["logs"])


def test_the_shipped_contract_has_its_source_s_digest() -> None:
    assert (
        indelible_evm.season().source_sha256
        == hashlib.sha256((FOLDER / "Season.sol").read_bytes()).hexdigest()
    )
    wallet = json.loads(WALLET.read_text())
    assert (
        wallet["source_sha256"] == hashlib.sha256((FOLDER / "Wallet.sol").read_bytes()).hexdigest()
    )
    pinned = json.loads(COMPILER.read_text())["dependencies"]
    assert f"solc {pinned['solc']}+" in indelible_evm.season().compiler
    assert indelible_evm.season().compiler.endswith(
        f"OpenZeppelin {pinned['@openzeppelin/contracts']}"
    )


def test_the_recorded_command_builds_it_again_to_the_last_byte(tmp_path: Path) -> None:
    season, wallet = tmp_path / "season.json", tmp_path / "wallet.json"
    command = (node_program(), FOLDER / "build.mjs", season, wallet)
    subprocess.run(command, cwd=installed(COMPILER), check=True)

    assert season.read_bytes() == SHIPPED.read_bytes()
    assert wallet.read_bytes() == WALLET.read_bytes()


def test_every_pinned_version_is_pinned_to_the_last_digit_and_no_registry_is_named() -> None:
    for manifest in (COMPILER, ROOT / "tests" / "chain" / "package.json"):
        versions = json.loads(manifest.read_text())["dependencies"].values()
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", each) for each in versions)
        assert not list(manifest.parent.glob("package-lock.json"))


def test_events_and_selectors_are_those_of_the_fact_sheet() -> None:
    found = digests()

    assert {name: f"0x{found[name]}" for name in EVENTS} == EVENTS
    assert {name: found[name][:8] for name in SELECTORS} == SELECTORS
    assert EVENTS["BatchMinted"] == BATCH_MINTED


def test_a_reveal_is_called_as_the_fact_sheet_says() -> None:
    data = revealing([1, 2], ["ipfs://a", "ipfs://b"])

    assert len(data) == 388
    assert (
        hashlib.sha256(data).hexdigest()
        == "9d1c66de71061964c00369ccfd17751c6e241954337431edbe5048235aefc409"
    )


def test_the_contract_has_its_interfaces_its_role_and_its_limits(node: Anvil, season: str) -> None:
    for each, expected in INTERFACES.items():
        said = call(node, season, "supportsInterface(bytes4)", ["bytes4"], bytes.fromhex(each))
        assert bool(int(said, 16)) is expected
    assert call(node, season, "KEEPER_ROLE()") == KEEPER_ROLE
    assert int(call(node, season, "MAX_BATCH_SIZE()"), 16) == 50
    assert int(call(node, season, "nextTokenId()"), 16) == 1


def test_a_mint_emits_its_event_and_transfers_the_tokens(node: Anvil) -> None:
    season = node.deploy_season(price=5)
    told = logs(node, node.mint(season, AUTHOR, 50, sender=2, value=251))

    assert [each["topics"][0] for each in told] == [EVENTS["Transfer"]] * 50 + [
        EVENTS["BatchMinted"]
    ]
    assert told[-1]["data"] == f"0x{50:064x}{251:064x}"
    assert call(node, season, "ownerOf(uint256)", ["uint256"], 50).endswith(node.accounts[2][2:])
    before = int(node.call("eth_getBalance", AUTHOR, "latest"), 16)
    node.send(season, keccak(text="withdraw(address)")[:4] + encode(["address"], [AUTHOR]))
    assert int(node.call("eth_getBalance", AUTHOR, "latest"), 16) == before + 251


def test_an_illegal_mint_reverts_with_its_error(node: Anvil) -> None:
    season = node.deploy_season(price=5)

    assert refusal(node, season, minting(AUTHOR, 0)) == SELECTORS["InvalidQuantity"]
    assert refusal(node, season, minting(AUTHOR, 51), value=255) == SELECTORS["ExceedsMaxBatchSize"]
    assert refusal(node, season, minting(AUTHOR, 50), value=249) == SELECTORS["InsufficientPayment"]
    assert (
        refusal(node, season, minting(f"0x{0:040x}", 1), value=5) == digests()["InvalidAuthor"][:8]
    )


def test_a_reveal_emits_its_events(node: Anvil, season: str, chain: Chain) -> None:
    node.mint(season, AUTHOR, 9)
    range_ = logs(node, node.reveal(season, {each: f"ipfs://{each}" for each in (2, 3, 4)}))
    apart = logs(
        node, node.reveal(season, {9: "ipfs://9", 7: "ipfs://7"}, sender=0)
    )  # an admin may, too
    alone = logs(node, node.reveal(season, {8: "ipfs://8"}))

    assert [each["topics"] for each in range_] == [
        [EVENTS["TokensRevealed"]],
        [EVENTS["BatchMetadataUpdate"]],
    ]
    assert range_[1]["data"] == f"0x{2:064x}{4:064x}"
    assert [each["topics"][0] for each in apart] == [EVENTS["TokensRevealed"]] + [
        EVENTS["MetadataUpdate"]
    ] * 2
    assert [each["data"] for each in apart[1:]] == [f"0x{9:064x}", f"0x{7:064x}"]
    assert alone[1]["topics"] == [EVENTS["MetadataUpdate"]]
    assert [chain.metadata_of(each) for each in range(1, 10)] == [
        None,
        "2",
        "3",
        "4",
        None,
        None,
        "7",
        "8",
        "9",
    ]
    uri = bytes.fromhex(call(node, season, "tokenURI(uint256)", ["uint256"], 1)[2:])
    assert PLACEHOLDER.encode() in uri


def test_an_illegal_reveal_reverts_the_whole_batch(node: Anvil, season: str, chain: Chain) -> None:
    node.mint(season, AUTHOR, 3)
    node.reveal(season, {2: "ipfs://2"})

    assert (
        refusal(node, season, revealing([1, 2], ["ipfs://1", "ipfs://2"]))
        == SELECTORS["AlreadyRevealed"]
    )
    assert (
        refusal(node, season, revealing([1, 1], ["ipfs://1", "ipfs://1"]))
        == SELECTORS["AlreadyRevealed"]
    )
    assert refusal(node, season, revealing([1], [])) == SELECTORS["LengthMismatch"]
    assert refusal(node, season, revealing([], [])) == SELECTORS["InvalidQuantity"]
    assert (
        refusal(node, season, revealing([1, 4], ["ipfs://1", "ipfs://4"]))
        == SELECTORS["ERC721NonexistentToken"]
    )
    stranger = SELECTORS["AccessControlUnauthorizedAccount"]
    assert refusal(node, season, revealing([1], ["ipfs://1"]), sender=2) == stranger
    node.reveal(season, {1: "ipfs://1", 2: "ipfs://2"})
    assert chain.metadata_of(1) is None
