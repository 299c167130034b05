"""The report of an absence: what an operator had to do, and what has come of contests and money."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.payouts import transfer_group
from indelible_service.simulation.absence.absent import Absence
from indelible_service.simulation.absence.episodes import recovery_figures
from indelible_service.simulation.absence.timed import timed_recoveries
from indelible_service.simulation.payout_invariants import transferred_minor, won_minor

if TYPE_CHECKING:
    from indelible_service.simulation.observed import Observed

MAX_TRANSFERS: Final = 500
PERCENT: Final = 100


def absence_report(absence: Absence, observed: "Observed") -> dict[str, Any]:
    """Return the report as a JSON object; the same plan leads to the same one."""
    transfers = [head.entity for head in observed.store.read(_transfers)]
    client = absence.duty.client
    clock = absence.world.clock
    recoveries = [
        *absence.duty.episodes.recoveries,
        *absence.recoveries,
        *timed_recoveries(client, observed.plan.faults, clock.start_at),
    ]
    return {
        "contests": _contests(absence, observed),
        "transfers": _transfer_counts(transfers),
        "autonomy": _autonomy(absence, observed, transfers),
        "recovery": recovery_figures(recoveries),
        "still_failing": sorted(sign.slug for sign in absence.duty.episodes.open.values()),
        "runbooks": dict(sorted(absence.duty.executions.items())),
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


def _transfer_counts(transfers: list[Any]) -> dict[str, int]:
    counts = dict.fromkeys((status.value for status in TransferStatus), 0)
    for transfer in transfers:
        counts[transfer.status.value] += 1
    return counts


def _autonomy(
    absence: Absence, observed: "Observed", transfers: list[Any]
) -> Mapping[str, float | None]:
    """Return the share of contests and transfers that no operator has touched, in percent."""
    touched = absence.duty.touched
    contest_ids = list(observed.people.contest_ids.values())
    alone = [one for one in contest_ids if one not in touched]
    alone_transfers = [
        one for one in transfers if one.id not in touched and one.reference not in touched
    ]
    return {
        "contests_percent": _percent(len(alone), len(contest_ids)),
        "transfers_percent": _percent(len(alone_transfers), len(transfers)),
    }


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


def _transfers(tx: Any) -> Any:  # noqa: ANN401 - of the store
    return tx.money.transfers.find({}, limit=MAX_TRANSFERS)
