"""The known failure modes of an installation, each with its runbook and the alerts that lead to it.

Modes 1 to 40 have the numbers of the fact sheet. The console and tests read this table. Rule files
and pages repeat its alerts and names; tests compare both with it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

FOLDER: Final = "docs/runbooks"


@frozen(kw_only=True)
class FailureMode:
    """A failure that can happen; its runbook says how an operator recovers from it.

    A mode that no alert leads to says why in `without_alert`; one with steps for whoever runs the
    machine says why in `on_the_machine`. All other steps are those of an operator, over HTTP.
    """

    number: int
    slug: str
    title: str
    alerts: tuple[str, ...] = ()
    without_alert: str = ""
    on_the_machine: str = ""

    @property
    def name(self) -> str:
        """Return the name of the runbook, such as `01-ingestion-lag`."""
        return f"{self.number:02}-{self.slug}"

    @property
    def page(self) -> str:
        """Return the path of the runbook in the repository."""
        return f"{FOLDER}/{self.name}.md"


def _mode(
    number: int,
    slug: str,
    title: str,
    *alerts: str,
    without_alert: str = "",
    on_the_machine: str = "",
) -> FailureMode:
    return FailureMode(
        number=number,
        slug=slug,
        title=title,
        alerts=alerts,
        without_alert=without_alert,
        on_the_machine=on_the_machine,
    )


CONTEST_MODES: Final = (
    _mode(1, "ingestion-lag", "Ingestion lag", "IngestionLag", "IngestionStopped"),
    _mode(2, "provider-refuses", "The provider refuses requests", "ProviderRefuses"),
    _mode(3, "provider-schema-drift", "The provider's format changed", "ProviderSchemaDrift"),
    _mode(4, "unknown-player", "A player is not in the field", "UnknownPlayer"),
    _mode(5, "timestamp-conflict", "Two leaderboards contradict each other", "TimestampConflict"),
    _mode(6, "score-reverted", "The provider changes a finished score", "ScoreRewritten"),
    _mode(7, "contest-not-locked", "A contest is not locked in time", "ContestNotLocked"),
    _mode(8, "contest-not-started", "A contest is locked past its start", "ContestNotStarted"),
    _mode(9, "live-past-end", "A contest is live past its end", "ContestLivePastEnd"),
    _mode(
        10,
        "terminal-signal-inconsistent",
        "A final tournament has unfinished players",
        "TerminalSignalInconsistent",
    ),
    _mode(11, "contest-canceled", "A tournament is canceled or shortened", "ContestCanceled"),
    _mode(12, "settlement-failed", "A settlement fails", "SettlementFailed"),
    _mode(13, "score-mismatch", "A replay differs from the stored scores", "ScoreMismatch"),
    _mode(
        14, "contest-in-error", "A contest is in ERROR", "ContestInError", "ContestTransitionFailed"
    ),
    _mode(
        15,
        "correction-after-settlement",
        "A correction arrives after the settlement",
        "CorrectionAfterSettlement",
    ),
)
MONEY_MODES: Final = (
    _mode(
        16,
        "webhook-signatures",
        "Stripe's webhooks are refused",
        "StripeSignatureFailures",
        "StripeEnvironmentMismatch",
    ),
    _mode(
        17,
        "webhook-outage",
        "Stripe's webhooks do not arrive",
        "StripeWebhooksMissing",
        "StripeEventsSlow",
    ),
    _mode(
        18,
        "duplicate-webhook",
        "A webhook arrives twice",
        without_alert="expected: the second delivery changes nothing",
    ),
    _mode(19, "unknown-intent", "An event belongs to no known payment", "StripeDeadLetters"),
    _mode(20, "orphan-payment", "A payment is never finished", "OrphanPayments"),
    _mode(21, "amount-mismatch", "A payment has another amount or currency", "AmountMismatch"),
    _mode(
        22,
        "late-payment",
        "A payment succeeds after the lock or the settlement",
        without_alert="refunded without an operator; RefundFailed tells if that fails",
    ),
    _mode(23, "refund-failed", "A refund fails", "RefundFailed"),
    _mode(24, "dispute", "A payment is disputed", "DisputeOpen"),
    _mode(
        25,
        "reconciliation-discrepancy",
        "The books differ from Stripe",
        "ReconciliationDiscrepancy",
    ),
    _mode(26, "ledger-unbalanced", "The ledger does not balance", "LedgerUnbalanced"),
    _mode(27, "stripe-outage", "Stripe does not answer", "StripeBreakerOpen"),
    _mode(28, "payouts-stuck", "A payout waits for too long", "PayoutsOld", "PayoutFailureRatio"),
    _mode(29, "payout-processing", "A transfer stays in processing", "PayoutsProcessing"),
    _mode(30, "payouts-parked", "A winner has no usable account", "PayoutsParked"),
    _mode(31, "balance-short", "The balance at Stripe is too low", "StripeBalanceShort"),
    _mode(32, "idempotency-mismatch", "A transfer fails for good", "TransferFailed"),
    _mode(33, "settlement-without-payout", "A settlement has no payout", "SettlementWithoutPayout"),
    _mode(34, "transfer-reversed", "A transfer was reversed", "TransferReversed"),
    _mode(
        35,
        "winner-deleted",
        "The account of a winner is closed",
        without_alert="the transfer is parked, which PayoutsParked reports",
    ),
)
OPERATION_MODES: Final = (
    _mode(
        36,
        "database-down",
        "The database does not answer, or its pool is exhausted",
        "DatabaseDown",
        "DatabasePoolLow",
    ),
    _mode(
        37,
        "worker-dead",
        "A worker or the scheduler stands still, or a clock is wrong",
        "WorkersMissing",
        "WorkerHeartbeatStale",
        "WorkerThreadsHung",
        "SchedulerStale",
        "ClockSkew",
        "TasksOld",
    ),
    _mode(
        38,
        "migration-failure",
        "A migration fails, or the schema differs",
        without_alert="a process refuses another schema at its start, and `indelible db check`"
        " lists what differs",
        on_the_machine="no process may start on another schema, so that none can repair it",
    ),
    _mode(
        39,
        "restore-from-backup",
        "Restore from a backup",
        without_alert="an operator decides to restore",
        on_the_machine="a restored database takes the place of the one that the service has open",
    ),
    _mode(
        40,
        "secrets-disk-and-configuration",
        "A secret has leaked, logins fail, a disk is full, or a configuration is bad",
        "AuthenticationErrors",
        "DiskAlmostFull",
        "ConfigurationFallback",
    ),
    _mode(46, "feed-blocked", "An open transaction blocks the feed", "FeedBlocked"),
    _mode(47, "dead-task", "A task is dead", "DeadTasks"),
    _mode(
        48,
        "subscriber-stopped",
        "The reactions do not follow the feed",
        "OutboxLag",
        "SubscriberStopped",
    ),
    _mode(49, "subject-silent", "Something has not succeeded for too long", "SubjectSilent"),
    _mode(50, "backup-missing", "There is no recent backup", "BackupMissing"),
    _mode(51, "api-errors", "The API fails", "ApiErrors", "ErrorBudgetLow"),
)
PROJECT_MODES: Final = (
    _mode(41, "job-stuck", "A job does not end", "JobsStuck", "JobsFail"),
    _mode(42, "git-host-refuses", "The Git host takes no pushes", "GitHostRefuses"),
)
TOKEN_MODES: Final = (
    _mode(43, "chain-node-behind", "The chain is not read any further", "ChainScanStopped"),
    _mode(44, "chain-fault", "The chain or the contract is not the expected one", "ChainFault"),
)
CAPTURE_MODES: Final = (
    _mode(45, "embedder-down", "The embedder does not answer", "EmbedderFails"),
)

FAILURE_MODES: Final = tuple(
    sorted(
        (
            *CONTEST_MODES,
            *MONEY_MODES,
            *OPERATION_MODES,
            *PROJECT_MODES,
            *TOKEN_MODES,
            *CAPTURE_MODES,
        ),
        key=lambda mode: mode.number,
    )
)


def _modes_by_alert() -> Mapping[str, FailureMode]:
    modes: dict[str, FailureMode] = {}
    for mode in FAILURE_MODES:
        modes.update(dict.fromkeys(mode.alerts, mode))
    return MappingProxyType(modes)


MODE_BY_ALERT: Final = _modes_by_alert()
MODE_BY_NAME: Final[Mapping[str, FailureMode]] = MappingProxyType(
    {mode.name: mode for mode in FAILURE_MODES}
)
PROCEDURES: Final = ("promote", "roll-back")  # runbooks that recover from no failure
RUNBOOKS: Final = frozenset((*MODE_BY_NAME, *PROCEDURES))
