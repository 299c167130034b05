"""Settings become an application: a few lines, which a host may replace by its own."""

import logging
import os
import time
from collections.abc import Container, Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import frozen
from flask import Flask

from indelible.app import AppContext
from indelible.captures import Embedder
from indelible.kernel import Actor, Unavailable
from indelible.kernel.stages import Stage
from indelible.tokens.errors import NoChain
from indelible.tokens.ports import Chain
from indelible.tokens.rules import CHAIN, DETECT, MAX_BLOCKS, ScanSettings
from indelible.tokens.tasks import Detection
from indelible_service.data_directory import derived
from indelible_service.database import store_of
from indelible_service.settings import Settings, SettingsWrong, load
from indelible_sql import SqlStore
from indelible_web import WebSettings, create_app
from indelible_workers import RecurringTask

WORKER: Final = Actor.system("worker")


@frozen
class ChainAdapterMissing(Unavailable):
    """A chain is set up, and nothing is installed that reads one."""

    code: ClassVar[str] = "CHAIN_ADAPTER_MISSING"
    message: ClassVar[str] = (
        "A chain is configured, but the package indelible-evm is not installed."
    )


@frozen
class EmbedderMissing(Unavailable):
    """Nothing that is installed and allowed by the settings turns texts into embeddings."""

    code: ClassVar[str] = "EMBEDDER_MISSING"
    message: ClassVar[str] = (
        "Embedder {embedder} is not installed, or the settings do not allow it."
    )
    embedder: str


def application(settings: Settings, store: SqlStore) -> Flask:
    """The API over the store."""
    web = WebSettings(
        secret=derived(settings, "cursors"),
        cors_origins=settings.cors_origins,
        trusted_hosts=settings.trusted_hosts,
        proxy_hops=settings.proxy_hops,
        requests_per_minute=settings.requests_per_minute,
        most_streams=settings.most_streams,
        webhook_secret=settings.webhook_secret,
    )
    chain = chain_of(settings) if settings.rpc_url else None
    return create_app(
        AppContext(store=store, embedder=embedder_of(settings), chain=chain, config=store.config),
        web,
    )


def embedder_of(settings: Settings) -> Embedder | None:
    """What turns texts into embeddings here, if anything does; EmbedderMissing."""
    match settings.embedder:
        case "none":
            return None
        case named:
            try:
                from indelible_wordllama import WordLlamaEmbedder
            except ModuleNotFoundError as error:
                if named == "auto":
                    return None
                raise EmbedderMissing(named) from error
            return WordLlamaEmbedder()


def stages_of(settings: Settings, store: SqlStore) -> Mapping[str, Stage[Any, Any, Any]]:
    """The stages whose work is done here, by name: those of what is set up."""
    stages: list[Stage[Any, Any, Any]] = []
    if settings.rpc_url:
        stages.append(detection_of(settings, store).stage())
    return {stage.name: stage for stage in stages}


def detection_of(settings: Settings, store: SqlStore, max_blocks: int = MAX_BLOCKS) -> Detection:
    """What reads the chain that is set up."""
    how = ScanSettings(
        start_block=settings.start_block,
        confirmations=settings.confirmations,
        max_blocks=max_blocks,
    )
    return Detection(store=store, chain=chain_of(settings), settings=how)


def periodics_of(_: Settings) -> Sequence[RecurringTask]:
    """The work that comes due by the clock."""
    return ()


def enqueue_recurring(store: SqlStore, stages: Container[str]) -> None:
    """Make due what is always due, and puts itself again: else nobody would begin."""
    if DETECT in stages:
        with store.transaction(actor=WORKER, reason="a worker starts") as tx:
            tx.tasks.enqueue(DETECT, {CHAIN: tx.clock.now()})


def chain_of(settings: Settings) -> Chain:
    """The chain that is set up; NoChain."""
    if not settings.rpc_url:
        raise NoChain
    if not settings.contract_address:
        raise SettingsWrong(("INDELIBLE_CONTRACT_ADDRESS must be set where INDELIBLE_RPC_URL is",))
    try:
        from indelible_evm import EvmChain
    except ModuleNotFoundError as error:
        raise ChainAdapterMissing from error
    return EvmChain(
        url=settings.rpc_url, contract=settings.contract_address, chain_id=settings.chain_id
    )


def make() -> Flask:
    """What a WSGI server is pointed at: `indelible_service.composition:make`, a factory."""
    settings = load()
    configure_process(settings)
    return application(settings, store_of(settings, tells_keys=True))


def configure_process(settings: Settings) -> None:
    """Decide for this process, as no library may: what is logged, and that its time is UTC."""
    os.environ |= {"TZ": "UTC", "PGTZ": "UTC"}
    time.tzset()
    logging.basicConfig(
        level=settings.log_level, format="%(levelname)s %(name)s: %(message)s", force=True
    )
    for name in ("alembic", "dramatiq", "indelible_sql.engine.pools"):
        logging.getLogger(name).setLevel(logging.WARNING)
    web = logging.getLogger("indelible.web")
    web.propagate, web.handlers = False, [logging.StreamHandler()]  # its lines are JSON already
