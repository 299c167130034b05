"""The invariants of an absence, beside those of every simulation."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from indelible.contests.lifecycle import ContestStatus
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_service.simulation.absence.absent import PERSON, Absence
from indelible_service.simulation.absence.client import RUNBOOK
from indelible_service.simulation.absence.steps import MODES
from indelible_service.simulation.absence.verdict import verdict
from indelible_service.simulation.payout_invariants import (
    stored_transfers,
    transferred_minor,
    won_minor,
)
from indelible_service.simulation.plan import FaultKind
from indelible_stripe.simulator.faults import FaultKind as StripeFault

if TYPE_CHECKING:
    from indelible_service.simulation.observed import Observed

REASONS: Final = frozenset(f"{RUNBOOK} {mode.name}" for mode in MODES.values())
# The states that each contest goes through.
STATES: Final = (
    ContestStatus.SCHEDULED,
    ContestStatus.LOCKED,
    ContestStatus.LIVE,
    ContestStatus.COMPLETE,
)
WEBHOOK_COUNTS: Final[Mapping[FaultKind, str]] = {
    FaultKind.WEBHOOK_TWICE: "duplicated",
    FaultKind.WEBHOOK_DELAY: "delayed",
}


def only_runbooks(absence: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the calls that are no step of a runbook, and changes of environment or settings."""
    yield from absence.doors.refused
    if dict(os.environ) != dict(absence.environment):
        yield "the environment was changed"
    if observed.machinery.web.surroundings.settings != absence.settings:
        yield "the settings were changed"


def audit_names_runbooks(_: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the new changes by the operator whose reason names no runbook."""
    for change in observed.new_changes:
        if change.actor == PERSON and change.reason not in REASONS:
            yield f"{change.action} of {change.lifecycle} {change.entity_id}: {change.reason}"


def every_state(absence: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the contests that have not gone through every state."""
    for name, contest_id in observed.people.contest_ids.items():
        states = absence.states.get(contest_id, [])
        missing = [state.value for state in STATES if state.value not in states]
        if missing or states[-1] != ContestStatus.COMPLETE.value:
            yield f"{name} has gone through {', '.join(states)}"


def transfers_ended(_: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the transfers that are neither completed nor failed for ever with a reason."""
    for transfer in stored_transfers(observed):
        has_failed = transfer.status is TransferStatus.FAILED_TERMINAL
        is_explained = has_failed and transfer.failure_reason is not None
        if transfer.status is not TransferStatus.COMPLETED and not is_explained:
            yield f"transfer {transfer.id} is {transfer.status}"


def winners_are_paid_to_the_cent(_: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the parties that have not received exactly what they have won, or never enrolled."""
    won, transferred = won_minor(observed), transferred_minor(observed)
    for group_party in sorted({*won, *transferred}):
        group, party = group_party
        if party not in observed.people.enrolled:
            yield f"{party} has won in {group}, and never enrolled"
        if won[group_party] != transferred[group_party]:
            amount = transferred[group_party]
            yield f"{party} has received {amount} of {group}, expected {won[group_party]}"


def api_shows_the_end(absence: Absence, _: "Observed") -> Iterator[str]:
    """Yield what the API shows at the end that is wrong, as it shows it to an observer."""
    yield from verdict(absence.duty.client, absence.duty.newest)


def certain_faults_happen(_: Absence, observed: "Observed") -> Iterator[str]:
    """Yield the faults that each absence must have, and this one had not."""
    stripe = observed.stripe.engine
    if not stripe.faults.hits.get(StripeFault.TIMEOUT_AFTER, 0):
        yield "no transfer had a timeout"
    for kind, name in WEBHOOK_COUNTS.items():
        if not stripe.sender.counts[name]:
            yield f"it never happened that {kind}"


HOURLY: Final = {
    "only-runbooks": only_runbooks,
    "audit-names-runbooks": audit_names_runbooks,
}
FINAL: Final = {
    "every-state": every_state,
    "transfers-ended": transfers_ended,
    "winners-are-paid-to-the-cent": winners_are_paid_to_the_cent,
    "api-shows-the-end": api_shows_the_end,
    "certain-faults-happen": certain_faults_happen,
}
