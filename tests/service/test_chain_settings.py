"""The settings of a chain are checked at the start, with the name of each wrong one."""

import json
from pathlib import Path

import pytest

from indelible.memory import MemoryStore
from indelible_evm import EvmChain
from indelible_evm.events import EventMappingInvalid
from indelible_service.contexts.chains import ChainUnusable, TokenSettings, build_chain, load_chain
from indelible_service.contexts.tokens import build_detection, build_optional_chain, check_chain
from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings

NODE = "http://127.0.0.1:1"
ADDRESS = f"0x{'ab' * 20}"
ABI_SETTINGS = {
    "INDELIBLE_RPC_URL": NODE,
    "INDELIBLE_CONTRACT_ADDRESS": ADDRESS,
    "INDELIBLE_CONTRACT_KIND": "abi",
    "INDELIBLE_MINT_EVENT": "Minted",
    "INDELIBLE_MINT_FIELDS": "token_id=id, recipient=to",
}


UNFINISHED = """
from indelible.tokens import Chain

class Unfinished(Chain):
    contract_id = "unfinished:chain"

    def newest(self):
        return 1

def broken():
    raise KeyError("LEDGER")
"""


def section(**variables: str) -> TokenSettings:
    """Return the settings of tokens in these variables."""
    return Settings.read(variables).section(TokenSettings)


def problems(**variables: str) -> str:
    """Return the problems of settings."""
    with pytest.raises(SettingsWrong) as refused:
        section(**variables)
    return " ".join(refused.value.problems)


@pytest.mark.parametrize("kind", ["season", "erc721", "erc721a", "erc1155"])
def test_a_kind_is_a_setting(kind: str) -> None:
    chain = build_chain(
        section(
            INDELIBLE_RPC_URL=NODE,
            INDELIBLE_CONTRACT_ADDRESS=ADDRESS,
            INDELIBLE_CONTRACT_KIND=kind,
        )
    )

    assert isinstance(chain, EvmChain)
    assert chain.kind.name == kind
    assert chain.first_token_id == (1 if kind == "season" else 0)


def test_an_event_of_an_abi_is_a_setting(tmp_path: Path) -> None:
    inputs = [{"name": "id", "type": "uint256"}, {"name": "to", "type": "address"}]
    path = tmp_path / "abi.json"
    path.write_text(json.dumps([{"type": "event", "name": "Minted", "inputs": inputs}]))
    chain = build_chain(section(**ABI_SETTINGS, INDELIBLE_CONTRACT_ABI=str(path)))
    assert isinstance(chain, EvmChain)
    assert [event.name for event in chain.kind.events] == ["Minted"]

    missing_field = {**ABI_SETTINGS, "INDELIBLE_MINT_FIELDS": "token_id=number,recipient=to"}
    with pytest.raises(EventMappingInvalid, match=r"token_id.*no field number"):
        build_chain(section(**missing_field, INDELIBLE_CONTRACT_ABI=str(path)))
    missing_event = {**ABI_SETTINGS, "INDELIBLE_MINT_EVENT": "Born"}
    with pytest.raises(EventMappingInvalid, match=r"Born.*only these events"):
        build_chain(section(**missing_event, INDELIBLE_CONTRACT_ABI=str(path)))


def test_settings_that_exclude_each_other_are_named() -> None:
    assert "INDELIBLE_CONTRACT_ABI must be set" in problems(**ABI_SETTINGS)
    assert "INDELIBLE_MINT_EVENT must be blank" in problems(
        INDELIBLE_RPC_URL=NODE, INDELIBLE_CONTRACT_ADDRESS=ADDRESS, INDELIBLE_MINT_EVENT="Minted"
    )
    assert "INDELIBLE_RPC_URL must be blank" in problems(
        INDELIBLE_RPC_URL=NODE, INDELIBLE_CONTRACT_ADDRESS=ADDRESS, INDELIBLE_CHAIN="a:b"
    )
    assert "INDELIBLE_CONTRACT_ADDRESS must be set" in problems(INDELIBLE_RPC_URL=NODE)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("no_such_package.chain:Chain", "No module named"),
        ("indelible.tokens:NoChain", "has no attribute"),
        ("indelible.tokens.rules.tasks:DETECT_STAGE", "expected a class or a function, got str"),
        ("builtins:dict", "dict has no author_of, block, check"),
        ("indelible.tokens:Block", "it cannot be created (TypeError"),
        ("indelible.tokens:Chain", "it cannot be created (TypeError"),
        ("unfinished_chain:Unfinished", "it cannot be created (TypeError: Can't instantiate"),
        ("unfinished_chain:Unfinished", "block, mints"),
        ("unfinished_chain:broken", "it cannot be created (KeyError: 'LEDGER')"),
        ("syntax_error:Chain", "its import fails ("),
    ],
)
def test_an_import_path_without_a_chain_is_refused(path: str, problem: str) -> None:
    Path("unfinished_chain.py").write_text(UNFINISHED)
    Path("syntax_error.py").write_text("class Chain\n")

    with pytest.raises(ChainUnusable) as refused:
        load_chain(path)

    assert refused.value.path == path
    assert problem in refused.value.problem


def test_a_chain_by_import_path_needs_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger"
    ledger.write_text("")
    monkeypatch.setenv("LEDGER", str(ledger))
    settings = section(INDELIBLE_CHAIN="tests.examples.own_chain:Ledger")
    chain = build_optional_chain(settings)

    assert chain is not None
    assert chain.contract_id == "ledger:tickets"
    assert build_optional_chain(section()) is None
    check_chain(settings, MemoryStore())


def test_limits_are_settings() -> None:
    settings = section(
        INDELIBLE_RPC_URL=NODE,
        INDELIBLE_CONTRACT_ADDRESS=ADDRESS,
        INDELIBLE_MAX_TOKENS_PER_MINT="7",
        INDELIBLE_CHAIN_CHECK_SECONDS="5",
    )
    scan = build_detection(settings, MemoryStore()).settings

    assert (scan.max_tokens_per_mint, scan.check_seconds) == (7, 5)


def test_a_node_that_does_not_answer_does_not_end_the_start() -> None:
    settings = section(INDELIBLE_RPC_URL=NODE, INDELIBLE_CONTRACT_ADDRESS=ADDRESS)

    check_chain(settings, MemoryStore())
    check_chain(section(), MemoryStore())
