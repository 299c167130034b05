"""The report of an absence: what an operator had to do, and what has come of contests and money."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from indelible.money.entities.payouts import Transfer
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.payouts import transfer_group
from indelible_service.simulation.absence.absent import Absence
from indelible_service.simulation.absence.client import NoAnswer
from indelible_service.simulation.absence.episodes import recovery_figures
from indelible_service.simulation.absence.timed import timed_recoveries
from indelible_service.simulation.payout_invariants import (
    stored_transfers,
    transferred_minor,
    won_minor,
)

if TYPE_CHECKING:
    from indelible_service.simulation.observed import Observed

PERCENT: Final = 100


def absence_report(absence: Absence, observed: "Observed") -> dict[str, Any]:
    """Return the report as a JSON object; the same plan leads to the same one."""
    transfers = stored_transfers(observed)
    client = absence.duty.client
    clock = absence.world.clock
    try:
        timed = list(timed_recoveries(client, observed.plan.faults, clock.start_at))
    except NoAnswer:
        timed = []  # The run has ended with a violation that says so.
    executed = Counter(execution.runbook for execution in absence.duty.executions)
    return {
        "contests": _contests(absence, observed),
        "transfers": _transfer_counts(transfers),
        "autonomy": _autonomy(absence, observed, transfers),
        "commands_for_all": _commands_for_all(absence, observed, transfers),
        "recovery": {
            "planned": recovery_figures(absence.recoveries),
            "seen": recovery_figures(absence.duty.episodes.recoveries),
            "timed": recovery_figures(timed),
        },
        "never_seen": absence.never_seen,
        "still_failing": sorted(sign.slug for sign in absence.duty.episodes.open.values()),
        "runbooks": dict(sorted(executed.items())),
        "operator": {
            "looks": absence.duty.looks,
            "requests": sum(client.carried_out.values()),
            "commands": _commands(absence),
        },
        "faults": [fault.text() for fault in observed.plan.faults],
        "balances_minor": _balances(observed),
    }


def _contests(absence: Absence, observed: "Observed") -> list[dict[str, Any]]:
    won, transferred = won_minor(observed), transferred_minor(observed)
    contests: list[dict[str, Any]] = []
    for planned in observed.plan.contests:
        contest_id = observed.people.contest_ids.get(planned.name, "")
        group = transfer_group(contest_id)
        results = observed.settled.get(planned.name, {})
        contests.append(
            {
                "name": planned.name,
                "fee_minor": planned.fee_minor,
                "shares_bps": list(planned.shares_bps),
                "entries": sum(one.contest == planned.name for one in observed.plan.entries),
                "counted_entries": len(results),
                "states": absence.states.get(contest_id, []),
                "won_minor": sum(won[key] for key in won if key[0] == group),
                "paid_minor": sum(transferred[key] for key in transferred if key[0] == group),
                "winners": sum(key[0] == group for key in won),
            }
        )
    return contests


def _transfer_counts(transfers: list[Transfer]) -> dict[str, int]:
    counts = dict.fromkeys((status.value for status in TransferStatus), 0)
    for transfer in transfers:
        counts[transfer.status.value] += 1
    return counts


def _autonomy(
    absence: Absence, observed: "Observed", transfers: list[Transfer]
) -> Mapping[str, float | None]:
    """Return the share of contests and transfers that no operator has touched, in percent."""
    touched = absence.duty.touched()
    contest_ids = list(observed.people.contest_ids.values())
    alone = [one for one in contest_ids if one not in touched]
    alone_transfers = [
        one for one in transfers if one.id not in touched and one.reference not in touched
    ]
    return {
        "contests_percent": _percent(len(alone), len(contest_ids)),
        "transfers_percent": _percent(len(alone_transfers), len(transfers)),
    }


def _commands_for_all(
    absence: Absence, observed: "Observed", transfers: list[Transfer]
) -> dict[str, int]:
    """Count the commands that are about no contest and no transfer alone: they may help all."""
    known = {*observed.people.contest_ids.values()}
    for transfer in transfers:
        known |= {transfer.id, transfer.reference}
    counts: Counter[str] = Counter()
    for execution in absence.duty.executions:
        if execution.may_have_helped and not known & execution.subjects:
            counts[execution.command] += 1
    return dict(sorted(counts.items()))


def _percent(part: int, whole: int) -> float | None:
    return round(part * PERCENT / whole, 1) if whole else None


def _commands(absence: Absence) -> dict[str, int]:
    """Return how often each command of a runbook was sent, without those that read."""
    client = absence.duty.client
    counts: dict[str, int] = {}
    for step in sorted(client.carried_out, key=lambda step: (step.mode.number, step.command)):
        if client.operations[step.operation].is_command:
            counts[f"{step.mode.name}: {step.command}"] = client.carried_out[step]
    return counts


def _balances(observed: "Observed") -> dict[str, int]:
    """Return the balances of the books by kind of account."""
    balances: dict[str, int] = {}
    for balance in observed.store.read(lambda tx: tx.money.accounts.joins.sums()):
        kind = balance.kind.value
        balances[kind] = balances.get(kind, 0) + balance.balance_minor
    return dict(sorted(balances.items()))
