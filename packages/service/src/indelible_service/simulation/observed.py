"""The state of a simulation, as invariants read it."""

from typing import TYPE_CHECKING

from attrs import define, field

from indelible.kernel import Change
from indelible_service.settings.service import Settings
from indelible_service.simulation.builders import Builders
from indelible_service.simulation.changes import CommittedChanges
from indelible_service.simulation.databases import SimulatedDatabase
from indelible_service.simulation.git_host import SimulatedGitHost
from indelible_service.simulation.machinery import Machinery
from indelible_service.simulation.observed_jobs import ObservedJobs
from indelible_service.simulation.observed_scans import ObservedScans
from indelible_service.simulation.operator import Operator
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import Plan
from indelible_service.simulation.prizes import Result
from indelible_service.simulation.reference import Reference
from indelible_service.simulation.stripe import SimulatedStripe
from indelible_service.simulation.world import World
from indelible_sql import SqlStore

if TYPE_CHECKING:
    from indelible_service.simulation.chain_node import SimulatedNode


@define(kw_only=True, eq=False)
class Observed:
    """Everything that an invariant may read, by a store of its own; nothing writes."""

    store: SqlStore
    database: SimulatedDatabase
    world: World
    plan: Plan
    people: People
    builders: Builders
    git: SimulatedGitHost | None
    node: "SimulatedNode | None"
    stripe: SimulatedStripe
    changes: CommittedChanges
    operator: Operator
    machinery: Machinery
    settings: Settings
    new_changes: list[Change] = field(factory=list[Change])  # since the check before
    last_hashes: dict[tuple[str, str], str] = field(factory=dict[tuple[str, str], str])
    jobs: ObservedJobs = field(factory=ObservedJobs)
    scans: ObservedScans = field(factory=ObservedScans)
    lost_webhooks: int = 0
    webhook_lost_until: int | None = None  # seconds; the check after the last one that was lost
    # When a transfer was first seen that is neither sent nor parked, and when a scope was complete.
    unsent_since: dict[str, int] = field(factory=dict[str, int])
    reconciled_at: dict[str, int] = field(factory=dict[str, int])
    # The stored results of each complete contest, by the names of the plan, at the last check.
    settled: dict[str, dict[str, Result]] = field(factory=dict[str, dict[str, Result]])
    logged_errors: list[str] = field(factory=list[str])
    rests: int = 0  # how often the reference was compared
    reference: Reference = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reference = Reference(plan=self.plan, people=self.people, stripe=self.stripe)

    def notice_lost_webhooks(self) -> None:
        """Keep until when the newest lost webhook was sent."""
        lost = self.stripe.engine.sender.counts["lost"]
        if lost > self.lost_webhooks:
            self.lost_webhooks = lost
            self.webhook_lost_until = self.world.clock.seconds
