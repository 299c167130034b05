"""An absence in a simulation: the doors are closed, and only the operator has duty."""

import os
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import define, field

from indelible.contests.lifecycle import CONTEST
from indelible.kernel import Actor, Change
from indelible.kernel.keys import OPS
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE
from indelible_service.settings.service import Settings
from indelible_service.simulation.absence.client import OperatorClient
from indelible_service.simulation.absence.duty import Duty
from indelible_service.simulation.absence.episodes import Recovery
from indelible_service.simulation.absence.service import ADDRESS, InProcessService
from indelible_service.simulation.doors import Doors
from indelible_service.simulation.machinery import Machinery
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import MINUTE, FaultKind, PlannedFault
from indelible_service.simulation.world import World

ACTOR: Final = "on-duty"
PERSON: Final = Actor.user(ACTOR)
SCOPES: Final = (OPS, "contests:read")
LOOK_SECONDS: Final = 20 * MINUTE
WATCH_SECONDS: Final = 10 * MINUTE  # while something fails
OF_STRIPE: Final = frozenset({"payouts-stuck", "webhook-outage"})
# The runbook of each kind of fault, and of the signs that it leads to. A stage that fails has signs
# of its own.
RUNBOOKS: Final[Mapping[FaultKind, tuple[str, frozenset[str]]]] = {
    FaultKind.STRIPE_OUTAGE: ("stripe-outage", OF_STRIPE),
    FaultKind.STRIPE_ERRORS: ("stripe-outage", OF_STRIPE),
    FaultKind.STRIPE_SILENCE: ("stripe-outage", OF_STRIPE),
    FaultKind.WEBHOOK_OUTAGE: ("webhook-outage", frozenset({"webhook-outage"})),
    FaultKind.PROVIDER_FAILS: ("provider-refuses", frozenset({"provider-refuses"})),
    FaultKind.PROVIDER_SCHEMA: ("provider-schema-drift", frozenset({"provider-refuses"})),
}


@define(kw_only=True, eq=False)
class Absence:
    """Begins after the preparations: the operator has a key, and everybody else leaves."""

    people: People
    machinery: Machinery
    duty: Duty = field(init=False)
    recoveries: list[Recovery] = field(factory=list[Recovery])  # of planned faults with signs
    never_seen: list[str] = field(factory=list[str])  # planned faults without any sign
    states: dict[str, list[str]] = field(factory=dict[str, list[str]])  # of each contest
    environment: Mapping[str, str] = field(factory=dict[str, str])
    settings: Settings = field(init=False)
    _waiting: list[PlannedFault] = field(factory=list[PlannedFault])  # until they are recovered
    _seen: set[PlannedFault] = field(factory=set[PlannedFault])

    @property
    def world(self) -> World:
        """Return the world in which the operator acts."""
        return self.people.world

    @property
    def doors(self) -> Doors:
        """Return the doors."""
        return self.people.around.doors

    def begin(self) -> None:
        """Give the operator a key, and close the doors."""
        self.people.admit(ACTOR, SCOPES)
        key = self.people.key_of(ACTOR)
        service = InProcessService(ADDRESS, key, self.people, self.doors)
        # Without a Git host no worker has the stage of the scheduled janitor.
        without = frozenset({CLEAN_WORKSPACES_STAGE})
        self.duty = Duty(client=OperatorClient(service), without=without)
        self.environment = dict(os.environ)
        self.settings = self.people.around.settings
        self._waiting = [one for one in self.people.plan.faults if one.kind in RUNBOOKS]
        self.world.after(LOOK_SECONDS, ACTOR, "look", self._look)
        self.doors.close(key)

    def follow(self, changes: Iterable[Change]) -> None:
        """Note the states that contests have reached."""
        for change in changes:
            if change.lifecycle == CONTEST.name:
                states = self.states.setdefault(change.entity_id, [])
                if states[-1:] != [change.to_state]:
                    states.append(change.to_state)

    def _look(self) -> str:
        outcome = self.duty.look(self.world.clock.now())
        self._follow_faults()
        wait = WATCH_SECONDS if self.duty.episodes.open else LOOK_SECONDS
        self.world.after(wait, ACTOR, "look", self._look)
        return outcome

    def _follow_faults(self) -> None:
        """Note which planned faults are seen, and which are over with all that was seen of them."""
        if self.duty.newest is None:
            return
        now = self.world.clock.seconds
        seen = {sign.slug for sign in self.duty.episodes.open.values()}
        for fault in list(self._waiting):
            slug, signs = RUNBOOKS[fault.kind]
            if fault.at <= now and signs & seen:
                self._seen.add(fault)
            elif fault.at + fault.seconds <= now:
                self._waiting.remove(fault)
                if fault in self._seen:
                    recovery = Recovery(slug=slug, subject=fault.text(), seconds=now - fault.at)
                    self.recoveries.append(recovery)
                else:
                    self.never_seen.append(fault.text())
