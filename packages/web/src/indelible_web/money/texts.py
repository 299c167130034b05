"""Texts of money's pages: numbers of requests, results of forms, and what a balance means."""

from collections.abc import Mapping
from typing import Final

from indelible.money import AccountKind
from indelible_web.console.home_parts import plural
from indelible_web.money.admin_schemas import BackfillView
from indelible_web.money.payout_schemas import PlannedPayoutsView

POSITIVE_BALANCES: Final[Mapping[AccountKind, str]] = {
    AccountKind.STRIPE_BALANCE: "the platform has this money at Stripe",
    AccountKind.DISPUTE_RECEIVABLE: "Stripe has withdrawn this money for disputes without a result",
    AccountKind.ESCROW: "this money was paid for the reference and is not settled yet",
    AccountKind.REFUND_CLEARING: "this money is on its way back to payers",
    AccountKind.WINNER_PAYABLE: "winners of the reference are owed this money",
    AccountKind.UNCLAIMED_PRIZES: "the platform keeps this money, which winners have not claimed",
    AccountKind.PLATFORM_RAKE: "the platform has earned this money as its share",
    AccountKind.PLATFORM_ROUNDING: "the platform has this money from the rounding of prizes",
    AccountKind.STRIPE_FEES: "Stripe has charged the platform these fees",
    AccountKind.DISPUTE_LOSSES: "the platform has lost this money by disputes",
    AccountKind.GOODWILL: "the platform has paid this money itself, such as for late refunds",
}


def balance_text(kind: AccountKind, balance_minor: int) -> str:
    """Return the side of an account's balance, and what a positive balance means."""
    side = kind.side
    other = "credit" if side == "debit" else "debit"
    grows = f"The balance is on the {side} side: a {side} raises it, a {other} lowers it."
    means = f"A positive balance means: {POSITIVE_BALANCES[kind]}."
    if balance_minor < 0:
        return f"{grows} {means} It is negative now, and therefore on the {other} side."
    return f"{grows} {means}"


def attempts_text(calls: int, look_ups: int) -> str:
    """Return the numbers of requests that make a transfer, and of those that look for it."""
    parts: list[str] = []
    if calls:
        parts.append(f"{calls:,} {plural(calls, 'request')}")
    if look_ups:
        parts.append(f"{look_ups:,} {plural(look_ups, 'look-up')}")
    return ", ".join(parts) or "none"


def planned_text(payout: PlannedPayoutsView) -> str:
    """Return what a request to plan a settlement has planned."""
    if payout.planned == 1:
        return "1 transfer is planned. Another person approves it."
    if payout.planned:
        return f"{payout.planned:,} transfers are planned. Another person approves them."
    if payout.transfer_count == 0:
        return "Nothing to plan: the settlement owes nobody anything."

    noun = plural(payout.transfer_count, "transfer")
    return f"Nothing to plan: the settlement has its {payout.transfer_count:,} {noun} already."


def backfilled_text(backfilled: BackfillView) -> str:
    """Return what a backfill has stored, what it has refused, and what is left for the next."""
    stored = len(backfilled.stored)
    parts: list[str] = []
    if stored:
        parts.append(f"{stored:,} missing {plural(stored, 'event')} {_were(stored)} stored.")
    if backfilled.left:
        verb = plural(backfilled.left, "is", "are")
        parts.append(f"{backfilled.left:,} more {verb} missing: send the form again.")
    if backfilled.refused_count:
        refused = backfilled.refused_count
        noun = plural(refused, "event")
        parts.append(
            f"{refused:,} {noun} {_were(refused)} refused, such as {backfilled.refused[0]}:"
            " not readable, or of another mode, account or version."
        )
    if not parts:
        return "No event is missing."
    return " ".join(parts)


def _were(number: int) -> str:
    return plural(number, "was", "were")
