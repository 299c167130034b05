"""Tokens in the service: the chain is a gateway, and detection is a stage."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final
from urllib.parse import urlsplit

from attrs import frozen

from indelible.kernel import Unavailable
from indelible.kernel.tasks import TaskKey
from indelible.tokens.errors import NoChain
from indelible.tokens.ports import Chain
from indelible.tokens.rules import DETECT_STAGE, MAX_BLOCKS, SCAN_TASK_ID, ScanSettings
from indelible.tokens.tasks import Detection
from indelible_service.contexts.declaration import AnyStage, AnyStore, ServiceContext
from indelible_service.environment import Format, SettingsWrong, setting, whole_number
from indelible_service.peers import Peer

MAX_INTEGER: Final = 2**63 - 1  # of the databases
NODE_URL: Final = Format("an address such as https://node.example", r"https?://[^\s,]+")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
CONTRACT: Final = Format("0x and 40 hexadecimal digits", "0x[0-9a-fA-F]{40}")
WEBHOOK_SECRET: Final = Format("at least 8 visible characters", "[!-~]{8,}", str.encode)


@frozen
class ChainAdapterMissing(Unavailable):
    """A chain is configured, but no adapter is installed."""

    code: ClassVar[str] = "CHAIN_ADAPTER_MISSING"
    message: ClassVar[str] = (
        "A chain is configured, but the package indelible-evm is not installed."
    )


@frozen(kw_only=True)
class TokenSettings:
    """The settings of tokens; without an address of a node there is no chain."""

    rpc_url: str = setting("INDELIBLE_RPC_URL", "", NODE_URL, is_secret=True)
    contract_address: str = setting("INDELIBLE_CONTRACT_ADDRESS", "", CONTRACT)
    chain_id: int = setting("INDELIBLE_CHAIN_ID", 1, whole_number(1, MAX_INTEGER))
    webhook_secret: bytes = setting("ALCHEMY_WEBHOOK_SECRET", b"", WEBHOOK_SECRET, is_secret=True)
    confirmations: int = setting("INDELIBLE_CONFIRMATIONS", 12, whole_number(0, 10_000))
    start_block: int = setting("INDELIBLE_START_BLOCK", 0, whole_number(0, MAX_INTEGER))


def build_chain(settings: TokenSettings) -> Chain:
    """Return the configured chain.

    Raises: NoChain, SettingsWrong, ChainAdapterMissing.
    """
    if not settings.rpc_url:
        raise NoChain

    if not settings.contract_address:
        raise SettingsWrong(
            ("INDELIBLE_CONTRACT_ADDRESS must be set because INDELIBLE_RPC_URL is set",)
        )

    try:
        from indelible_evm import EvmChain
    except ModuleNotFoundError as error:
        raise ChainAdapterMissing from error

    return EvmChain(
        url=settings.rpc_url, contract=settings.contract_address, chain_id=settings.chain_id
    )


def build_optional_chain(settings: TokenSettings) -> Chain | None:
    """Return the configured chain, or None where none is configured."""
    if not settings.rpc_url:
        return None

    return build_chain(settings)


def build_detection(
    settings: TokenSettings, store: AnyStore, max_blocks: int = MAX_BLOCKS
) -> Detection:
    """Return the reader of the configured chain."""
    scan_settings = ScanSettings(
        start_block=settings.start_block,
        confirmations=settings.confirmations,
        max_blocks=max_blocks,
    )
    return Detection(store=store, chain=build_chain(settings), settings=scan_settings)


def build_stages(settings: TokenSettings, store: AnyStore) -> Sequence[AnyStage]:
    """Return the stages of tokens that are configured."""
    if not settings.rpc_url:
        return ()

    return (build_detection(settings, store).stage(),)


def build_peers(settings: TokenSettings) -> Sequence[Peer]:
    """Return the node of the configured chain.

    Providers of webhooks call the web process; no process calls them.
    """
    if not settings.rpc_url:
        return ()

    address = urlsplit(settings.rpc_url)
    node = Peer(
        name="the node of the chain",
        host=address.hostname or "",
        port=address.port or DEFAULT_PORTS[address.scheme],
        ask=build_chain(settings).check,
        while_silent=f"stage {DETECT_STAGE} is retried until it does; other stages continue",
    )
    return (node,)


def web_options(settings: TokenSettings) -> Mapping[str, object]:
    """Return the settings of the web that belong to tokens."""
    return {"webhook_secret": settings.webhook_secret}


CONTEXT: Final = ServiceContext(
    name="tokens",
    settings=TokenSettings,
    gateways={"chain": build_optional_chain},
    web_options=web_options,
    stages=build_stages,
    peers=build_peers,
    scopes=("tokens:read", "tokens:retry"),
    standing_tasks=(TaskKey(DETECT_STAGE, SCAN_TASK_ID),),
)
