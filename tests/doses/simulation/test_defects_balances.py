"""Prizes and payouts that go to the wrong party, and money of one contest in another's books."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

import pytest
from attrs import evolve
from tests.simulation.defects import NOON, Plant, always, day, simulate
from tests.simulation.row_defects import planted_row

from indelible.contests.entities.records import SettlementLine
from indelible.contests.rules import settlement
from indelible.contests.rules.payout import PoolDivision, divide_pool
from indelible.contests.rules.settlement import SettledEntry
from indelible.contests.rules.values import EligibleEntry
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.ledger import post_movement
from indelible.reactions import entries, settlements
from indelible.reactions.settlements import settle_command
from indelible_service.simulation.plan import Fate, Plan
from indelible_sql.store import kernel_store

AnyFunction = Callable[..., Any]
Lines = Sequence[SettlementLine]


def two_contests() -> Plan:
    """Return a plan of one day with two contests of the same tournament, and the same entrants."""
    plan = day()
    (contest,) = plan.contests
    other = evolve(contest, name=f"{contest.name}-other")
    both = [*plan.entries]
    for entry in plan.entries:
        both.append(evolve(entry, name=f"{entry.name}-other", contest=other.name))
    return evolve(plan, contests=(contest, other), entries=tuple(both))


def posted_with(change: Callable[[Lines], list[SettlementLine]]) -> Plant:
    """Return what lets a settlement be posted with changed lines."""

    def settle_changed(run: Any, lines: Lines) -> object:  # noqa: ANN401 - of the function
        return settle_command(run, change(lines))

    return lambda patch: patch.setattr(settlements, "settle_command", settle_changed)


def rotated(lines: Lines) -> list[SettlementLine]:
    """Return the lines, each winner with the prize of the next one."""
    winners = [line for line in lines if line.payout_minor]
    prizes: dict[str, int] = {}
    for winner, following in zip(winners, [*winners[1:], *winners[:1]], strict=True):
        prizes[winner.entry_id] = following.payout_minor
    return [evolve(line, payout_minor=prizes.get(line.entry_id, 0)) for line in lines]


def all_to_first(lines: Lines) -> list[SettlementLine]:
    """Return the lines with all prizes in the first one."""
    pool = sum(line.payout_minor for line in lines)
    first, *others = lines
    changed = [evolve(first, payout_minor=pool)]
    for line in others:
        changed.append(evolve(line, payout_minor=0))
    return changed


def plant_upside_down(patch: pytest.MonkeyPatch) -> None:
    """Let the last ranks win what the first ones have won."""

    @wraps(divide_pool)
    def divide_upside_down(*values: Any) -> PoolDivision:  # noqa: ANN401 - of the function
        division = divide_pool(*values)
        return evolve(division, tie_shares=division.tie_shares[::-1])

    patch.setattr(settlement, "divide_pool", divide_upside_down)


def plant_unseen_accounts(patch: pytest.MonkeyPatch) -> None:
    """Let each transfer wait for the account of its party, whether it has one or not."""
    for module in ("rules.payouts", "handlers.payouts.sending"):
        name = f"indelible.money.{module}.park_reason"
        patch.setattr(name, always(ParkReason.ACCOUNT_MISSING))


def plant_higher_scores(patch: pytest.MonkeyPatch) -> None:
    """Let a settlement name scores that are 7 too high; ranks and prizes are right."""

    def with_higher_score(
        entry: EligibleEntry, number: int, rank: int, score: int | None, payout_minor: int
    ) -> SettledEntry:
        assert score is not None
        return SettledEntry(entry, number, rank, score + 7, payout_minor)

    patch.setattr(settlement, "SettledEntry", with_higher_score)


def plant_playing_refunds(patch: pytest.MonkeyPatch) -> None:
    """Let entries play whose payment was returned."""
    patch.setattr(entries, "_follow_end", always(None))


def plant_other_source(patch: pytest.MonkeyPatch) -> None:
    """Let movements name an event that does not exist."""

    @wraps(post_movement)
    def post_other(tx: Any, draft: Any, **values: Any) -> object:  # noqa: ANN401 - of the function
        return post_movement(tx, evolve(draft, source=f"{draft.source}0"), **values)

    patch.setattr("indelible.money.handlers.charges.post_movement", post_other)


def plant_ignored_receipts(patch: pytest.MonkeyPatch) -> None:
    """Let a repeated request have its effect again."""

    def run_again(tx: object, handler: AnyFunction, command: object, _: object) -> object:
        return handler(tx, command)

    patch.setattr(kernel_store, "run_idempotent", run_again)


def refunded_entry() -> Plan:
    """Return a plan of one day whose first payment is refunded before the lock."""
    plan = day()
    first, *others = plan.entries
    return evolve(plan, entries=(evolve(first, fate=Fate.REFUNDED), *others))


# Their sum stays as it is.
plant_mixed_escrows: Final = planted_row(
    NOON,
    "accounts",
    "UPDATE accounts SET balance_minor = balance_minor + CASE id WHEN"
    " (SELECT min(id) FROM accounts WHERE kind = 'escrow') THEN 1 ELSE -1 END"
    " WHERE kind = 'escrow'",
)
DEFECTS: Final[dict[str, tuple[Plant, str, Plan]]] = {
    "prizes that rotate among the winners": (posted_with(rotated), "paid-is-won", day()),
    "a pool that the first entry gets": (posted_with(all_to_first), "paid-is-won", day()),
    "ranks that are upside down": (plant_upside_down, "prizes-are-won", day()),
    "scores that are too high": (plant_higher_scores, "prizes-are-won", day()),
    "a result with the digest of another one": (
        lambda patch: patch.setattr(settlement, "_result_digest", always("0" * 64)),
        "results-have-their-digest",
        day(),
    ),
    "a refunded entry that plays": (
        plant_playing_refunds,
        "only-paid-entries-count",
        refunded_entry(),
    ),
    "a payment that no event reports": (
        plant_other_source,
        "movements-name-their-source",
        day(),
    ),
    "a repeated request with an effect": (
        plant_ignored_receipts,
        "repeated-requests-are-answered-again",
        day(),
    ),
    "accounts that are never seen": (plant_unseen_accounts, "winners-are-paid", day()),
    "money in another escrow": (plant_mixed_escrows, "reference-agrees", two_contests()),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_breaks_its_invariant(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, invariant, plan = DEFECTS[name]
    plant(monkeypatch)

    violation = simulate(plan).violation

    assert violation is not None
    assert violation.invariant == invariant, str(violation)


def test_two_contests_of_the_same_entrants_break_nothing() -> None:
    report = simulate(two_contests())

    assert report.violation is None, str(report.violation)
    assert report.counts["contests"] == 2
    assert report.counts["transfers"] > 0
