"""Texts of the rules of a reconciliation: what each compares, and when it reports a difference."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from indelible.money.entities.values import ReconciliationRule, Remedy
from indelible.money.rules.reconciliation import GRACE, LISTED_FOR, grace_of

ONE_MINUTE: Final = timedelta(minutes=1)
ONE_HOUR: Final = timedelta(hours=1)
ONE_DAY: Final = timedelta(days=1)
GRACE_MINUTES: Final = GRACE // ONE_MINUTE
# Facts 5.8.
RULE_TEXTS: Final[Mapping[ReconciliationRule, str]] = {
    ReconciliationRule.R1: "Each movement balances, and each account is the sum of its postings.",
    ReconciliationRule.R2: "stripe_balance equals the balance at Stripe, for each currency.",
    ReconciliationRule.R3: "The fees that were booked yesterday equal Stripe's succeeded charges.",
    ReconciliationRule.R4: "Each charge that was paid has one booked fee, and each fee its charge.",
    ReconciliationRule.R5: f"Each event of Stripe has an outcome within {GRACE_MINUTES} minutes.",
    ReconciliationRule.R6: "An open charge has the status of its payment intent.",
    ReconciliationRule.R7: "escrow is empty after a settlement, except for open disputes.",
    ReconciliationRule.R8: "winner_payable equals the transfers that are not paid.",
    ReconciliationRule.R9: (
        "Each completed transfer is one of Stripe's, with its amount and payee, and each of"
        f" Stripe's that is older than {GRACE_MINUTES} minutes is ours, or was taken back whole."
    ),
    ReconciliationRule.R10: "No account of a reference is negative.",
    ReconciliationRule.R11: "The digest of each settlement is computed again.",
    ReconciliationRule.R12: (
        f"Stripe's list of the last {LISTED_FOR // ONE_HOUR} hours has no event that is missing"
        " here."
    ),
}
REMEDY_TEXTS: Final[Mapping[Remedy, str]] = {
    Remedy.STORED: "The reconciliation has stored the event; it is applied soon.",
    Remedy.AWAITED: "A stored event may explain it; the next full reconciliation decides.",
}


def report_time(rule: ReconciliationRule) -> str:
    """Return when a rule reports a difference."""
    grace = grace_of(rule)
    if not grace:
        return "at once"
    if grace >= ONE_DAY:
        return "on the next day"
    return f"after {grace // ONE_MINUTE} minutes"


def report_times(rules: Iterable[ReconciliationRule]) -> str:
    """Return when each of some rules reports a difference, as a sentence; the earliest first."""
    names: dict[str, list[str]] = {}
    for rule in sorted(rules, key=grace_of):
        names.setdefault(report_time(rule), []).append(rule.value)

    parts = [f"{when} by {', '.join(names[when])}" for when in names]
    return f"A difference is reported {'; '.join(parts)}."
