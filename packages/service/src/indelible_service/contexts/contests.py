"""Contests in the service: the provider's address, and the stages of tournaments and contests."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import frozen

from indelible.contests.rules.needs import NEEDED_CONTEXTS
from indelible.contests.rules.tasks import RECONCILE_CONTESTS_STAGE
from indelible.contests.tasks.stages import ContestStages
from indelible_service.contexts.declaration import (
    AnyStage,
    AnyStore,
    InDataDirectory,
    ServiceContext,
)
from indelible_service.monitoring.peers import Peer
from indelible_service.settings.environment import Format, has_valid_port, setting, whole_number

if TYPE_CHECKING:  # these need packages that not every command does
    from prometheus_client import CollectorRegistry

    from indelible_workers import RecurringTask

ENDPOINT: Final = Format(
    "an address with {event_id}, such as https://example.com/leaderboard?event={event_id}",
    r"https?://[^\s{}/?#@]+[^\s{}@]*\{event_id\}[^\s{}@]*",
    is_valid=has_valid_port,
)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
POLL_SECONDS: Final = 60
DEMO_POLL_SECONDS: Final = 1
RECONCILE_SECONDS: Final = 30


@frozen(kw_only=True)
class ContestSettings(InDataDirectory):
    """The settings of contests. Without a provider, a demonstration is asked, more often."""

    ingestion_endpoint_url: str = setting("INGESTION_ENDPOINT_URL", "", ENDPOINT)
    ingestion_poll_seconds: int | None = setting(
        "INGESTION_POLL_SECONDS", None, whole_number(1, 3_600)
    )

    @property
    def poll_seconds(self) -> int:
        """Return the seconds between two fetches of a tournament."""
        if self.ingestion_poll_seconds is not None:
            return self.ingestion_poll_seconds

        return POLL_SECONDS if self.ingestion_endpoint_url else DEMO_POLL_SECONDS


def build_contest_stages(settings: ContestSettings, store: AnyStore) -> ContestStages:
    """Return the stages of contests with the configured provider."""
    from indelible_service.contexts.contest_metrics import contest_metrics
    from indelible_service.contexts.contest_provider import DemoProvider, ProviderClient

    provider: DemoProvider | ProviderClient = DemoProvider(settings.data_dir)
    if settings.ingestion_endpoint_url:
        provider = ProviderClient(endpoint=settings.ingestion_endpoint_url)
    return ContestStages(
        store=store,
        fetch=provider.fetch,
        observer=contest_metrics(),
        poll_seconds=settings.poll_seconds,
        max_poll_seconds=max(POLL_SECONDS, settings.poll_seconds),
    )


def build_stages(settings: ContestSettings, store: AnyStore) -> Sequence[AnyStage]:
    """Return the stages of contests."""
    return build_contest_stages(settings, store).stages()


def build_recurring(_: ContestSettings) -> "Sequence[RecurringTask]":
    """Return the recurring task of the reconciler."""
    from indelible_workers import RecurringTask

    reconciler = RecurringTask(
        name="contests", stage=RECONCILE_CONTESTS_STAGE, every_seconds=RECONCILE_SECONDS
    )
    return (reconciler,)


def build_peers(settings: ContestSettings) -> Sequence[Peer]:
    """Return the provider where one is configured."""
    if not settings.ingestion_endpoint_url:
        return ()

    address = urlsplit(settings.ingestion_endpoint_url)
    provider = Peer(
        name="the provider of tournaments",
        host=address.hostname or "",
        port=address.port or DEFAULT_PORTS[address.scheme],
        ask=lambda: None,
        while_silent="fetches are recorded as failed and repeated, and no contest ends",
    )
    return (provider,)


def build_registries() -> "Sequence[CollectorRegistry]":
    """Return the metrics of contests of this process."""
    from indelible_service.contexts.contest_metrics import contest_metrics

    return (contest_metrics().registry,)


CONTEXT: Final = ServiceContext(
    name="contests",
    needs=NEEDED_CONTEXTS,
    settings=ContestSettings,
    stages=build_stages,
    recurring=build_recurring,
    peers=build_peers,
    registries=build_registries,
    scopes=("contests:read", "contests:write", "contests:organize"),
)
