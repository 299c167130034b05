"""Tokens in the service: the chain is a gateway, and detection is a stage."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from indelible.kernel import Unavailable
from indelible.tokens.ports import Chain
from indelible.tokens.rules.scanning import MAX_BLOCKS, ScanSettings
from indelible.tokens.rules.tasks import DETECT_STAGE, TokenPolicy
from indelible.tokens.tasks.canceling import cancel_all_unperformed_tasks
from indelible.tokens.tasks.detection import Detection
from indelible_service.contexts.chains import (
    DEFAULT_TIMEOUT_SECONDS,
    ChainUnusable,
    TokenSettings,
    build_chain,
    problems_of_settings,
)
from indelible_service.contexts.declaration import AnyStage, AnyStore, ServiceContext
from indelible_service.monitoring.peers import Peer

__all__ = ["CONTEXT", "ChainUnusable", "TokenSettings", "build_chain"]

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
START_CHECK_SECONDS: Final = 3.0  # a node that is slower is checked by the stage


def build_policy(settings: TokenSettings) -> TokenPolicy:
    """Return the policy that a store is opened with."""
    return TokenPolicy(stages=settings.stages)


def build_optional_chain(settings: TokenSettings) -> Chain | None:
    """Return the configured chain, or None where none is configured."""
    if not settings.has_chain:
        return None

    return build_chain(settings)


def build_detection(
    settings: TokenSettings,
    store: AnyStore,
    *,
    max_blocks: int = MAX_BLOCKS,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
) -> Detection:
    """Return the reader of the configured chain."""
    scan_settings = ScanSettings(
        start_block=settings.start_block,
        confirmations=settings.confirmations,
        max_blocks=max_blocks,
        check_seconds=settings.check_seconds,
        max_tokens_per_mint=settings.max_tokens_per_mint,
    )
    chain = build_chain(settings, timeout_seconds=timeout_seconds)
    return Detection(store=store, chain=chain, settings=scan_settings)


def check_chain(settings: TokenSettings, store: AnyStore) -> None:
    """Raise where the chain or the contract is certainly not the configured one.

    A node that does not answer proves nothing: the stage asks it again.

    Raises: ChainIdMismatch, WrongContract, ContractCodeMissing, InterfaceMissing.
    """
    if not settings.has_chain:
        return

    detection = build_detection(settings, store, timeout_seconds=START_CHECK_SECONDS)
    try:
        detection.check()
    except Unavailable:
        return


def check_webhook_secret(settings: TokenSettings) -> None:
    """Raise WebhookSecretMissing where the web would not start with the configured chain."""
    from indelible_web.tokens.errors import WebhookSecretMissing

    if settings.has_chain and not settings.webhook_secret:
        raise WebhookSecretMissing


def build_stages(settings: TokenSettings, store: AnyStore) -> Sequence[AnyStage]:
    """Return the stages of tokens that are configured."""
    if not settings.has_chain:
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
    rules=problems_of_settings,
    policy=build_policy,
    gateways={"chain": build_optional_chain},
    web_options=web_options,
    stages=build_stages,
    peers=build_peers,
    scopes=("tokens:read", "tokens:retry"),
    preparations={DETECT_STAGE: cancel_all_unperformed_tasks},
    local_checks=(check_webhook_secret,),
    start_checks={DETECT_STAGE: check_chain},
)
