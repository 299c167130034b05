"""The rules R1 to R12 of a reconciliation, as pure functions over what was read.

Each returns the differences that it has found. Any difference is a discrepancy, whatever its size.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from indelible.money.entities.lines import BalanceSum
from indelible.money.entities.reconciliations import Discrepancy
from indelible.money.entities.stripe_objects import TransferObject
from indelible.money.entities.values import ReconciliationRule, ReconciliationScope, Remedy, Side
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.payouts import TRANSFER_METADATA

RECONCILE_CHEAP_STAGE: Final = "reconcile_hourly"
RECONCILE_FULL_STAGE: Final = "reconcile_daily"
# What Stripe has done so recently may not be booked yet.
GRACE: Final = timedelta(minutes=15)
# R2 compares our balance and Stripe's at the times that are so long ago: a booking under way at one
# of them is not under way at all. So a difference is one that exists at the oldest time already.
CUTS: Final = tuple(GRACE + timedelta(minutes=5 * number) for number in range(10))
UNPAID_AFTER: Final = timedelta(hours=1)  # R6
LISTED_FOR: Final = timedelta(hours=72)  # R12
NO_MATCH: Final = "none"
CHEAP_RULES: Final = (
    ReconciliationRule.R1,
    ReconciliationRule.R4,
    ReconciliationRule.R5,
    ReconciliationRule.R7,
    ReconciliationRule.R8,
    ReconciliationRule.R10,
    ReconciliationRule.R12,
)
RULES_BY_SCOPE: Final[Mapping[ReconciliationScope, Sequence[ReconciliationRule]]] = {
    ReconciliationScope.CHEAP: CHEAP_RULES,
    ReconciliationScope.FULL: tuple(ReconciliationRule),
}
# The age from which a difference is reported; the other rules report each at once.
GRACE_BY_RULE: Final[Mapping[ReconciliationRule, timedelta]] = {
    ReconciliationRule.R2: max(CUTS),
    ReconciliationRule.R3: timedelta(days=1),  # it compares the day before
    ReconciliationRule.R5: GRACE,
    ReconciliationRule.R6: UNPAID_AFTER,
    ReconciliationRule.R8: GRACE,
    ReconciliationRule.R12: GRACE,
}
AT_ONCE: Final = timedelta(0)
# The rules that compare our books with what Stripe says now, for which a stored event waits.
EXPLAINED_BY_EVENTS: Final = frozenset(
    {ReconciliationRule.R2, ReconciliationRule.R3, ReconciliationRule.R6}
)
# The rules whose differences end when late events are received and applied, so that a halt by them
# ends by itself. What the others find are faults of the books or of a transfer.
ENDED_BY_EVENTS: Final = EXPLAINED_BY_EVENTS | {ReconciliationRule.R5, ReconciliationRule.R12}
# The states of our charge that fit the status of its payment intent.
FITTING: Final[Mapping[str, frozenset[ChargeStatus]]] = {
    "requires_payment_method": frozenset({ChargeStatus.PENDING, ChargeStatus.FAILED}),
    "requires_confirmation": frozenset({ChargeStatus.PENDING, ChargeStatus.FAILED}),
    "requires_action": frozenset({ChargeStatus.REQUIRES_ACTION}),
    "processing": frozenset({ChargeStatus.PROCESSING}),
    "canceled": frozenset({ChargeStatus.CANCELED}),
}


class ReconciliationResult(StrEnum):
    """The three results of a reconciliation; ERROR proves nothing."""

    PASSED = "PASSED"
    DISCREPANCY_DETECTED = "DISCREPANCY_DETECTED"
    ERROR = "ERROR"


@frozen(kw_only=True)
class Finding:
    """A difference, before it has a number."""

    rule: ReconciliationRule
    subject: str
    expected: str
    actual: str
    currency: str | None = None
    difference_minor: int | None = None
    remedy: Remedy | None = None

    def numbered(self, number: int) -> Discrepancy:
        """Return the discrepancy with its number."""
        return Discrepancy(
            number=number,
            rule=self.rule,
            subject=self.subject,
            currency=self.currency,
            expected=self.expected,
            actual=self.actual,
            difference_minor=self.difference_minor,
            remedy=self.remedy,
        )


@frozen(kw_only=True)
class Compared:
    """Two amounts of a subject that must be equal."""

    subject: str
    currency: str
    expected_minor: int
    actual_minor: int


@frozen(kw_only=True)
class BookSums:
    """The sums of the books: what is inconsistent, and the balances by kind."""

    inconsistent: tuple[str, ...] = ()
    misbalanced: tuple[str, ...] = ()
    balances: tuple[BalanceSum, ...] = ()


@frozen(kw_only=True)
class BalanceCuts:
    """Our balance and Stripe's at several times; at one time an event may still be under way."""

    currency: str
    cuts: tuple[tuple[int, int], ...]


@frozen(kw_only=True)
class PaidCharges:
    """Paid charges without their movement, and the numbers of paid charges and of movements."""

    unbooked: tuple[str, ...] = ()
    paid_count: int = 0
    booked_count: int = 0


@frozen(kw_only=True)
class IntentStatus:
    """A charge that waits, and the status of its payment intent at Stripe."""

    charge_id: str
    status: ChargeStatus
    intent_status: str


@frozen(kw_only=True)
class SentTransfer:
    """A transfer of ours; `stripe_id` is None for one that is not completed."""

    id: str
    stripe_id: str | None
    amount_minor: int
    currency: str
    destination: str | None


@frozen(kw_only=True)
class GroupTransfers:
    """Our transfers of a reference, read first, and then Stripe's of the group."""

    reference: str
    ours: tuple[SentTransfer, ...]
    listed: tuple[TransferObject, ...]


@frozen(kw_only=True)
class MissingEvent:
    """An event that was never received, and whether the reconciliation has stored it."""

    id: str
    is_stored: bool


@frozen(kw_only=True)
class SettlementDigest:
    """The stored digest of a settlement, and the one that its rows have."""

    movement_id: str
    stored: str
    computed: str


def check_r1(books: BookSums) -> list[Finding]:
    """R1: each movement balances, each account is the sum of its postings, all of them are zero."""
    rule = ReconciliationRule.R1
    findings = [_missing(rule, one, "balanced", "unbalanced") for one in books.inconsistent]
    for account_id in books.misbalanced:
        findings.append(_missing(rule, account_id, "the sum of its postings", "another balance"))

    totals: dict[str, int] = {}
    for balance in books.balances:
        sign = 1 if balance.kind.side is Side.DEBIT else -1
        totals[balance.currency] = totals.get(balance.currency, 0) + sign * balance.balance_minor
    compared = [
        Compared(subject="ledger", currency=currency, expected_minor=0, actual_minor=total)
        for currency, total in sorted(totals.items())
    ]
    return findings + _different(rule, compared)


def check_r2(balances: Iterable[BalanceCuts]) -> list[Finding]:
    """R2: stripe_balance is Stripe's balance. A difference exists at every time that was read."""
    compared: list[Compared] = []
    for balance in balances:
        ours, stripes = min(balance.cuts, key=lambda cut: abs(cut[1] - cut[0]))
        compared.append(
            Compared(
                subject="stripe_balance",
                currency=balance.currency,
                expected_minor=stripes,
                actual_minor=ours,
            )
        )
    return _different(ReconciliationRule.R2, compared)


def check_r3(days: Iterable[Compared]) -> list[Finding]:
    """R3: the entry fees of a day are Stripe's succeeded charges of the day."""
    return _different(ReconciliationRule.R3, days)


def check_r4(charges: PaidCharges) -> list[Finding]:
    """R4: every paid charge has exactly one movement, and every such movement a paid charge."""
    rule = ReconciliationRule.R4
    findings = [_missing(rule, one, "one ENTRY_FEE", NO_MATCH) for one in charges.unbooked]
    expected = charges.paid_count - len(charges.unbooked)
    if charges.booked_count != expected:
        findings.append(_missing(rule, "charges", str(expected), str(charges.booked_count)))
    return findings


def check_r5(unfinished: Iterable[str]) -> list[Finding]:
    """R5: every event has an outcome within 15 minutes."""
    rule = ReconciliationRule.R5
    return [_missing(rule, one, "an outcome within 15 minutes", NO_MATCH) for one in unfinished]


def check_r6(intents: Iterable[IntentStatus]) -> list[Finding]:
    """R6: a charge that waits for more than an hour has the state of its payment intent."""
    findings: list[Finding] = []
    for intent in intents:
        if intent.status not in FITTING.get(intent.intent_status, frozenset()):
            finding = _missing(
                ReconciliationRule.R6, intent.charge_id, intent.intent_status, intent.status
            )
            findings.append(finding)
    return findings


def check_r7(escrows: Iterable[Compared]) -> list[Finding]:
    """R7: an escrow is empty after its settlement or cancellation, but for open disputes."""
    return _different(ReconciliationRule.R7, escrows)


def check_r8(payables: Iterable[Compared]) -> list[Finding]:
    """R8: winner_payable is the sum of the unpaid transfers."""
    return _different(ReconciliationRule.R8, payables)


def check_r9(groups: Iterable[GroupTransfers], now: datetime) -> list[Finding]:
    """R9: completed transfers and Stripe's are the same, with their amounts and destinations."""
    findings: list[Finding] = []
    for group in groups:
        by_stripe_id = {one.stripe_id: one for one in group.ours if one.stripe_id is not None}
        listed = {one.id: one for one in group.listed}
        for stripe_id, transfer in by_stripe_id.items():
            if stripe_id not in listed:
                findings.append(_missing(ReconciliationRule.R9, transfer.id, stripe_id, NO_MATCH))
        for stripe_id, reported in listed.items():
            known = by_stripe_id.get(stripe_id)
            if known is not None:
                findings.extend(_transfer_differences(known, reported))
            elif not reported.is_taken_back and now - reported.created >= GRACE:
                subject = reported.metadata.get(TRANSFER_METADATA, stripe_id)
                findings.append(_missing(ReconciliationRule.R9, subject, NO_MATCH, stripe_id))
    return findings


def check_r10(negative: Iterable[Compared]) -> list[Finding]:
    """R10: no account of a reference is negative."""
    return _different(ReconciliationRule.R10, negative)


def check_r11(digests: Iterable[SettlementDigest]) -> list[Finding]:
    """R11: the digest of a settlement follows from its rows."""
    findings: list[Finding] = []
    for digest in digests:
        if digest.stored != digest.computed:
            finding = _missing(
                ReconciliationRule.R11, digest.movement_id, digest.stored, digest.computed
            )
            findings.append(finding)
    return findings


def check_r12(missing: Iterable[MissingEvent]) -> list[Finding]:
    """R12: every event of Stripe's list was received."""
    findings: list[Finding] = []
    for event in missing:
        finding = _missing(ReconciliationRule.R12, event.id, "received", NO_MATCH)
        findings.append(evolve(finding, remedy=Remedy.STORED if event.is_stored else None))
    return findings


@frozen(kw_only=True)
class ReconciliationFacts:
    """All that was read for a reconciliation; a rule applies to its own part only."""

    now: datetime
    books: BookSums = field(factory=BookSums)
    balances: tuple[BalanceCuts, ...] = ()
    days: tuple[Compared, ...] = ()
    charges: PaidCharges = field(factory=PaidCharges)
    unfinished: tuple[str, ...] = ()
    intents: tuple[IntentStatus, ...] = ()
    escrows: tuple[Compared, ...] = ()
    payables: tuple[Compared, ...] = ()
    groups: tuple[GroupTransfers, ...] = ()
    negative: tuple[Compared, ...] = ()
    digests: tuple[SettlementDigest, ...] = ()
    missing_events: tuple[MissingEvent, ...] = ()


CHECKS: Final[Mapping[ReconciliationRule, Callable[[ReconciliationFacts], list[Finding]]]] = {
    ReconciliationRule.R1: lambda facts: check_r1(facts.books),
    ReconciliationRule.R2: lambda facts: check_r2(facts.balances),
    ReconciliationRule.R3: lambda facts: check_r3(facts.days),
    ReconciliationRule.R4: lambda facts: check_r4(facts.charges),
    ReconciliationRule.R5: lambda facts: check_r5(facts.unfinished),
    ReconciliationRule.R6: lambda facts: check_r6(facts.intents),
    ReconciliationRule.R7: lambda facts: check_r7(facts.escrows),
    ReconciliationRule.R8: lambda facts: check_r8(facts.payables),
    ReconciliationRule.R9: lambda facts: check_r9(facts.groups, facts.now),
    ReconciliationRule.R10: lambda facts: check_r10(facts.negative),
    ReconciliationRule.R11: lambda facts: check_r11(facts.digests),
    ReconciliationRule.R12: lambda facts: check_r12(facts.missing_events),
}


def grace_of(rule: ReconciliationRule) -> timedelta:
    """Return how old a difference must be before a rule reports it."""
    return GRACE_BY_RULE.get(rule, AT_ONCE)


def reconcile(facts: ReconciliationFacts, scope: ReconciliationScope) -> tuple[Discrepancy, ...]:
    """Apply the rules of a scope, and return what they have found, numbered from 1.

    The books do not know yet what the events say that the reconciliation has stored.
    """
    awaits_events = any(event.is_stored for event in facts.missing_events)
    findings: list[Finding] = []
    for rule in RULES_BY_SCOPE[scope]:
        remedy = Remedy.AWAITED if awaits_events and rule in EXPLAINED_BY_EVENTS else None
        for finding in CHECKS[rule](facts):
            findings.append(evolve(finding, remedy=finding.remedy or remedy))
    return tuple(finding.numbered(number) for number, finding in enumerate(findings, start=1))


def _transfer_differences(ours: SentTransfer, reported: TransferObject) -> list[Finding]:
    findings: list[Finding] = []
    for name, expected, actual in (
        ("amount_minor", ours.amount_minor, reported.amount_minor),
        ("currency", ours.currency, reported.currency),
        ("destination", ours.destination, reported.destination),
    ):
        if expected != actual:
            texts = (f"{name} {expected}", f"{name} {actual}")
            findings.append(_missing(ReconciliationRule.R9, ours.id, *texts))
    return findings


def _different(rule: ReconciliationRule, compared: Iterable[Compared]) -> list[Finding]:
    """Return a finding for each pair of amounts that are not equal."""
    findings: list[Finding] = []
    for pair in compared:
        if pair.expected_minor == pair.actual_minor:
            continue
        finding = Finding(
            rule=rule,
            subject=pair.subject,
            currency=pair.currency,
            expected=str(pair.expected_minor),
            actual=str(pair.actual_minor),
            difference_minor=pair.actual_minor - pair.expected_minor,
        )
        findings.append(finding)
    return findings


def _missing(rule: ReconciliationRule, subject: str, expected: str, actual: str) -> Finding:
    return Finding(rule=rule, subject=subject, expected=expected, actual=actual)
