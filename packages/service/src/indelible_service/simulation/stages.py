"""The stages of a simulated worker: those of the service, with the virtual clock."""

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from indelible.contests.tasks.stages import ContestStages
from indelible.kernel.feed_stage import FeedFollower
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import Subscriber
from indelible.money.entities.values import ReconciliationScope
from indelible.money.ports.gateway import StripeGateway
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.reconciling import Reconcile
from indelible.reactions import PostSettlement, UpdateCharges
from indelible_service.contexts.contests import ContestSettings
from indelible_service.contexts.money import MoneySettings
from indelible_service.settings.service import Settings
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.git_host import SimulatedGitHost
from indelible_service.simulation.hosts import SimulatedHost
from indelible_service.simulation.process_clocks import ProcessClock
from indelible_service.simulation.provider import SimulatedProvider
from indelible_service.stages import subscribers
from indelible_service.stages.sealing import seal_stage
from indelible_sql import SqlStore

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode

AnyStage = Stage[Any, Any, Any]
CONTESTS: Final = "contests"  # the names of contexts
MONEY: Final = "money"
PROJECTS: Final = "projects"
FEED_POLL_SECONDS: Final = 3_600  # a dispatcher advances the stage after each change


@define(kw_only=True)
class StageParts:
    """The parts of which the stages of one process are built."""

    store: SqlStore
    gateway: StripeGateway
    provider: SimulatedProvider
    clock: ProcessClock
    mortality: Mortality
    settings: Settings
    hosts: Sequence[SimulatedHost] = ()
    git: SimulatedGitHost | None = None
    node: "SimulatedNode | None" = None
    failing: Collection[str] = frozenset()
    observers: Mapping[str, Any] = field(factory=dict[str, Any])

    def observer(self, context: str) -> dict[str, Any]:
        """Return the option of stages that are measured, none for a context without an observer."""
        return {"observer": self.observers[context]} if context in self.observers else {}


def simulated_stages(parts: StageParts) -> dict[str, AnyStage]:
    """Return the stages by name."""
    money = parts.settings.section(MoneySettings)
    of_service = subscribers.build_subscribers(parts.settings)
    stages = [
        seal_stage(parts.store),
        *_contest_stages(parts),
        *_money_stages(parts, money),
        FeedFollower(
            store=parts.store,
            subscribers=(*of_service, *_host_subscribers(parts)),
            poll_seconds=FEED_POLL_SECONDS,
        ).stage(),
        *_host_stages(parts),
    ]
    if parts.git is not None:
        stages.extend(parts.git.stages(parts.store, parts.mortality, **parts.observer(PROJECTS)))
    if parts.node is not None:
        stages.extend(parts.node.stages(parts.store, parts.mortality))
    return {stage.name: _may_fail(stage, parts.failing) for stage in stages}


def _may_fail(stage: AnyStage, failing: Collection[str]) -> AnyStage:
    """Return a stage whose attempts fail while its name is among those of the failing stages.

    An OSError is what a full disk leads to: nothing is said about the task itself.
    """

    def perform(work: object, handle: LeaseHandle) -> object:
        if stage.name in failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return stage.perform(work, handle)

    return evolve(stage, perform=perform)


def _host_subscribers(parts: StageParts) -> Iterator[Subscriber[Any]]:
    for host in parts.hosts:
        yield from host.subscribers


def _host_stages(parts: StageParts) -> Iterator[AnyStage]:
    for host in parts.hosts:
        yield from host.stages(parts.store)


def _contest_stages(parts: StageParts) -> list[AnyStage]:
    poll_seconds = parts.settings.section(ContestSettings).poll_seconds
    stages = ContestStages(
        store=parts.store,
        fetch=parts.provider.fetch_function(parts.mortality),
        clock=parts.clock,
        at_failpoint=parts.mortality.reach,
        poll_seconds=poll_seconds,
        max_poll_seconds=poll_seconds,
        **parts.observer(CONTESTS),
    )
    return [*stages.stages()]


def _money_stages(parts: StageParts, money: MoneySettings) -> list[AnyStage]:
    options: dict[str, Any] = {
        "store": parts.store,
        "gateway": parts.gateway,
        "clock": parts.clock,
        "at_failpoint": parts.mortality.reach,
        **parts.observer(MONEY),
    }
    stages: list[AnyStage] = [
        UpdateCharges(store=parts.store).stage(),
        PostSettlement(store=parts.store).stage(),
        *PaymentStages(**options).stages(),
        *PayoutStages(**options, policy=money.payout_policy).stages(),
    ]
    handler = WebhookHandler(
        store=parts.store, secrets=money.signing_secrets, environment=money.environment
    )
    for scope in ReconciliationScope:
        reconcile = Reconcile(
            store=parts.store,
            gateway=parts.gateway,
            backfill=handler.backfill,
            scope=scope,
            clock=parts.clock,
            **parts.observer(MONEY),
        )
        stages.append(reconcile.stage())
    return stages
