"""The nemesis of a simulation: it begins and ends the planned faults."""

from collections.abc import Mapping
from typing import Final

from attrs import define, field

from indelible_service.simulation.crashes import CrashPlan
from indelible_service.simulation.plan import HOUR, FaultKind, Plan, PlannedFault
from indelible_service.simulation.planned_faults import OF_NODE
from indelible_service.simulation.processes import SimulatedProcess, Surroundings
from indelible_service.simulation.world import Action, World
from indelible_stripe.simulator.faults import FaultKind as StripeFault
from indelible_stripe.simulator.faults import FaultRule

ACTOR: Final = "faults"
TRANSFER: Final = "POST /v1/transfers"
MAX_TIMEOUTS: Final = 2  # of transfers, by one fault
ERRORS: Final = (
    StripeFault.SERVER_ERROR_BEFORE,
    StripeFault.SERVER_ERROR_AFTER,
    StripeFault.RATE_LIMIT,
    StripeFault.CONFLICT,
)
TIMEOUT: Final = FaultRule(kind=StripeFault.TIMEOUT_AFTER, operation=TRANSFER, times=MAX_TIMEOUTS)
SILENCES: Final = (
    StripeFault.TIMEOUT_BEFORE,
    StripeFault.TIMEOUT_AFTER,
    StripeFault.CLOSE_BEFORE,
    StripeFault.CLOSE_AFTER,
)
MAX_DELAY_SECONDS: Final = 6 * HOUR
LOST: Final = 0.5  # of the rate of noise
STRIPE_KINDS: Final[Mapping[FaultKind, tuple[StripeFault, ...]]] = {
    FaultKind.STRIPE_ERRORS: ERRORS,
    FaultKind.STRIPE_SILENCE: SILENCES,
}
GIT_KINDS: Final = (
    FaultKind.GIT_OUTAGE,
    FaultKind.GIT_SILENCE,
    FaultKind.GIT_REFUSAL,
    FaultKind.GIT_RIVALS,
)


@define(kw_only=True, eq=False)
class Nemesis:
    """Brings the faults of a plan over an installation."""

    world: World
    plan: Plan
    around: Surroundings
    processes: Mapping[str, SimulatedProcess]
    active: list[PlannedFault] = field(factory=list[PlannedFault])

    def begin(self) -> None:
        """Let the faults come."""
        for fault in self.plan.faults:
            self.world.at(fault.at, ACTOR, fault.text(), self._beginner(fault))
            if fault.kind is not FaultKind.CRASH:
                end = fault.at + fault.seconds
                self.world.at(end, ACTOR, fault.text(), self._ender(fault))

    def _beginner(self, fault: PlannedFault) -> Action:
        def begin() -> str:
            if fault.kind is FaultKind.CRASH:
                mortality = self.processes[fault.process].mortality
                plan = CrashPlan(fault.at, fault.failpoints, fault.seconds, fault.is_inside)
                mortality.planned.append(plan)
                return "is armed"
            self.active.append(fault)
            self._apply()
            return "begins"

        return begin

    def _ender(self, fault: PlannedFault) -> Action:
        def end() -> str:
            self.active.remove(fault)
            self._apply()
            return "ends"

        return end

    def _rate(self, kind: FaultKind) -> float:
        """Return the highest rate of the active faults of a kind, 0 without any."""
        return max((fault.rate for fault in self.active if fault.kind is kind), default=0.0)

    def _apply(self) -> None:
        """Put the active faults in force."""
        stripe = self.around.stripe
        rules: list[FaultRule] = []
        for fault_kind, kinds in STRIPE_KINDS.items():
            rate = self._rate(fault_kind)
            if rate:
                rules.extend(FaultRule(kind=kind, rate=rate / len(kinds)) for kind in kinds)
        had_timeout = stripe.engine.faults.hits.get(TIMEOUT.kind, 0)
        if self._rate(FaultKind.TRANSFER_TIMEOUT) and not had_timeout:
            rules.append(TIMEOUT)
        stripe.fail(tuple(rules), is_out=self._rate(FaultKind.STRIPE_OUTAGE) > 0)
        noise = self._rate(FaultKind.WEBHOOK_NOISE)
        stripe.send_webhooks(
            duplicate=max(noise, self._rate(FaultKind.WEBHOOK_TWICE)),
            reorder=noise,
            delay=max(noise / 2, self._rate(FaultKind.WEBHOOK_DELAY)),
            lose=max(noise * LOST, self._rate(FaultKind.WEBHOOK_OUTAGE)),
            max_delay_seconds=MAX_DELAY_SECONDS,
        )
        for process in self.processes.values():
            process.clock.skew_seconds = 0
        for fault in self.active:
            if fault.kind is FaultKind.CLOCK:
                self.processes[fault.process].clock.skew_seconds = fault.skew_seconds
        self._apply_to_stages()
        self.around.provider.fault_rate = self._rate(FaultKind.PROVIDER_FAILS)
        self.around.provider.incomplete_rate = self._rate(FaultKind.PROVIDER_SCHEMA)
        if self.around.git is not None:
            self.around.git.rates = {kind: self._rate(kind) for kind in GIT_KINDS}
        if self.around.node is not None:
            self.around.node.rates = {kind: self._rate(kind) for kind in OF_NODE}

    def _apply_to_stages(self) -> None:
        """Let the stages of the workers fail that active faults name."""
        self.around.failing_stages.clear()
        for fault in self.active:
            if fault.kind is FaultKind.STAGE_FAILS:
                self.around.failing_stages.add(fault.stage)
