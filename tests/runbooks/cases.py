"""Cases: for each alert the series that are well at its threshold, ill above it, and well again."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import field, frozen

MINUTE: Final = 60
HOUR: Final = 3_600


class Kind(Enum):
    """Meanings of the two numbers of a series."""

    LEVEL = "its value while all is well, and while it is not; None where it is not exported"
    JUMP = "a counter rises by the first number, and the alert stays away; then by the second"
    FLOW = "a counter rises by this much with each step"


@frozen
class Series:
    """A series with its numbers while all is well and while it is not."""

    text: str
    well: float | None
    ill: float | None
    kind: Kind = Kind.LEVEL


@frozen(kw_only=True)
class Case:
    """A fault that an alert reports.

    The alert ends `window_seconds` after the fault, the range of a counter in its expression.
    """

    alert: str
    series: tuple[Series, ...]
    window_seconds: int = 0
    step_seconds: int = 15
    labels: Mapping[str, str] = field(factory=dict[str, str])


def level(alert: str, text: str, well: float | None, ill: float | None, *more: Series) -> Case:
    """Return a case in which a gauge changes; further series may be there too."""
    return Case(alert=alert, series=(Series(text, well, ill), *more))


def jump(
    alert: str, text: str, well: float, ill: float, *more: Series, window: int = 15 * MINUTE
) -> Case:
    """Return a case in which a counter rises at once."""
    series = (Series(text, well, ill, Kind.JUMP), *more)
    return Case(alert=alert, series=series, window_seconds=window)


def flows(alert: str, *series: Series, window: int, step: int = 15) -> Case:
    """Return a case in which counters rise steadily."""
    return Case(alert=alert, series=series, window_seconds=window, step_seconds=step)


def flow(text: str, well: float, ill: float) -> Series:
    """Return a counter that rises steadily."""
    return Series(text, well, ill, Kind.FLOW)


def steady(text: str, value: float) -> Series:
    """Return a series that never changes."""
    return Series(text, value, value)


def rejections(alert: str, code: str, well: int, ill: int) -> Case:
    """Return a case of refused events of a provider."""
    return jump(alert, f'indelible_ingestion_rejections_total{{code="{code}"}}', well, ill)


def overdue(alert: str, transition: str, seconds: float) -> Case:
    """Return a case of a contest that waits for longer than it may."""
    text = f'indelible_contest_overdue_seconds{{transition="{transition}"}}'
    return level(alert, text, seconds, seconds + 1)


def held(alert: str, code: str) -> Case:
    """Return a case of a contest that something keeps from its settlement."""
    return level(alert, f'indelible_contest_holds{{code="{code}"}}', 0, 1)


def age(alert: str, state: str) -> Case:
    """Return a case of a transfer that does not change."""
    return level(alert, f'indelible_payout_age_seconds{{state="{state}"}}', 1_800, 1_801)


POOL: Final = "indelible_database_connection_pool"
HEARTBEAT: Final = steady("indelible_worker_heartbeat_age_seconds", 1)
DETECTED: Final = 'indelible_worker_tasks_total{stage="detect",outcome="completed"}'
RETRIED: Final = 'indelible_worker_tasks_total{stage="detect",outcome="retried"}'

CONTESTS: Final = (
    level("IngestionLag", "indelible_ingestion_lag_seconds", 300, 301),
    level("IngestionStopped", "indelible_ingestion_lag_seconds", 3_600, 3_601),
    jump("ProviderRefuses", 'indelible_ingestion_fetches_total{outcome="HTTP_ERROR"}', 2, 3),
    rejections("ProviderSchemaDrift", "MISSING_FIELD", 2, 3),
    rejections("UnknownPlayer", "UNKNOWN_PLAYER", 0, 1),
    held("TimestampConflict", "TIMESTAMP_CONFLICT"),
    rejections("ScoreRewritten", "SCORE_REWRITE_WITHOUT_CORRECTION", 0, 1),
    overdue("ContestNotLocked", "lock", 60),
    overdue("ContestNotStarted", "start", 600),
    held("ContestLivePastEnd", "LIVE_PAST_END"),
    held("TerminalSignalInconsistent", "TERMINAL_SIGNAL_INCONSISTENT"),
    jump("ContestCanceled", 'indelible_contest_state{state="CANCELLED"}', 0, 1),
    jump("SettlementFailed", 'indelible_settlement_status_total{status="FAILED"}', 0, 1),
    jump("ScoreMismatch", "indelible_score_audit_mismatches_total", 0, 1),
    level("ContestInError", 'indelible_contest_state{state="ERROR"}', 0, 1),
    jump(
        "ContestTransitionFailed",
        'indelible_contest_status_transitions_failed_total{action="lock",code="X"}',
        0,
        1,
    ),
    rejections("CorrectionAfterSettlement", "AFTER_TERMINAL_LOCK", 0, 1),
)
MONEY: Final = (
    jump(
        "StripeSignatureFailures",
        'indelible_webhook_requests_total{endpoint="stripe",code="STRIPE_SIGNATURE_INVALID"}',
        5,
        6,
        window=10 * MINUTE,
    ),
    jump(
        "StripeEnvironmentMismatch",
        'indelible_webhook_requests_total{endpoint="stripe",code="ENVIRONMENT_MISMATCH"}',
        0,
        1,
    ),
    jump(
        "StripeWebhooksMissing",
        'indelible_reconciliation_findings_total{rule="R12"}',
        0,
        1,
        window=HOUR,
    ),
    flows(
        "StripeEventsSlow",
        flow('indelible_webhook_latency_seconds_bucket{le="60"}', 10, 10),
        flow('indelible_webhook_latency_seconds_bucket{le="600"}', 10, 11),
        flow('indelible_webhook_latency_seconds_bucket{le="+Inf"}', 10, 11),
        window=15 * MINUTE,
    ),
    level("StripeDeadLetters", "indelible_webhook_dead_letters", 0, 1),
    level("OrphanPayments", 'indelible_tasks_oldest_seconds{stage="expire_charge"}', 3_600, 3_601),
    level("OrphanPayments", 'indelible_tasks_dead{stage="expire_charge"}', 0, 1),
    jump("AmountMismatch", "indelible_charges_quarantined_total", 0, 1),
    jump("RefundFailed", 'indelible_refund_failures_total{code="REFUND_FAILED"}', 0, 1),
    level("DisputeOpen", 'indelible_payment_state{state="DISPUTED"}', 0, 1),
    level("ReconciliationDiscrepancy", "indelible_payments_halted", 0, 1),
    level(
        "ReconciliationDiscrepancy", 'indelible_reconciliation_discrepancies{scope="FULL"}', 0, 1
    ),
    level("LedgerUnbalanced", "indelible_ledger_unbalanced", 0, 1),
    level("StripeBreakerOpen", "indelible_stripe_breaker_open", 0, 1),
    age("PayoutsOld", "pending"),
    age("PayoutsOld", "retryable"),
    age("PayoutsProcessing", "processing"),
    flows(
        "PayoutFailureRatio",
        flow('indelible_payout_attempts_total{class="retry"}', 5, 6),
        flow('indelible_payout_attempts_total{class="sent"}', 95, 94),
        window=15 * MINUTE,
    ),
    level("PayoutsParked", 'indelible_payouts_parked{reason="account_missing"}', 0, 1),
    level("StripeBalanceShort", 'indelible_payouts_parked{reason="balance_insufficient"}', 0, 1),
    jump("TransferFailed", 'indelible_payout_attempts_total{class="fail"}', 0, 1),
    level("SettlementWithoutPayout", "indelible_settlements_unplanned", 0, 1),
    jump(
        "TransferReversed",
        'indelible_webhook_events_total{type="transfer.reversed",outcome="PROCESSED"}',
        0,
        1,
    ),
)
OPERATIONS: Final = (
    level("DatabaseDown", "indelible_database_up", 1, 0),
    level(
        "DatabasePoolLow",
        f'{POOL}_available{{pool="reader"}}',
        5,
        4,
        steady(f'{POOL}_size{{pool="reader"}}', 15),
    ),
    # The only connection of SQLite's writer is taken now and then.
    level(
        "DatabasePoolLow",
        f'{POOL}_available{{pool="writer"}}',
        1,
        0,
        steady(f'{POOL}_size{{pool="writer"}}', 1),
    ),
    level("WorkersMissing", 'up{job="indelible"}', 1, 0, HEARTBEAT),
    level("WorkersMissing", "indelible_worker_heartbeat_age_seconds", 1, None),
    level("WorkerHeartbeatStale", "indelible_worker_heartbeat_age_seconds", 60, 61),
    level("WorkerThreadsHung", 'indelible_worker_stage_threads_timed_out{stage="x"}', 0, 1),
    level("SchedulerStale", "indelible_scheduler_round_age_seconds", 120, 121),
    level("SchedulerStale", "indelible_scheduler_round_age_seconds", 1, None),
    level("ClockSkew", "indelible_database_clock_skew_seconds", -2, -2.1),
    level(
        "TasksOld",
        'indelible_tasks_oldest_seconds{stage="x"}',
        300,
        301,
        steady('indelible_stage_paused{stage="y"}', 1),
    ),
    # The tasks of a paused stage wait on purpose.
    level(
        "TasksOld",
        'indelible_stage_paused{stage="x"}',
        1,
        None,
        steady('indelible_tasks_oldest_seconds{stage="x"}', 301),
    ),
    flows(
        "AuthenticationErrors",
        flow('indelible_authentications_total{outcome="accepted"}', 95, 94),
        flow('indelible_authentications_total{outcome="refused"}', 5, 6),
        window=5 * MINUTE,
    ),
    # Few failures are no alert, however large their share is.
    jump(
        "AuthenticationErrors",
        'indelible_authentications_total{outcome="refused"}',
        9,
        10,
        window=5 * MINUTE,
    ),
    level(
        "DiskAlmostFull",
        "indelible_disk_free_bytes",
        10,
        9,
        steady("indelible_disk_size_bytes", 100),
    ),
    jump("ConfigurationFallback", 'indelible_config_fallback_total{key="k",reason="r"}', 0, 1),
    level("FeedBlocked", 'indelible_feed_delay_seconds{database="d",transaction="1"}', 60, 61),
    level("DeadTasks", 'indelible_tasks_dead{stage="x"}', 0, 1),
    level("OutboxLag", "indelible_outbox_lag_seconds", 60, 61),
    level("SubscriberStopped", 'indelible_subscriber_stopped{subscriber="reactions"}', 0, 1),
    level("SubjectSilent", 'indelible_subject_silent{kind="stage",subject="x"}', 0, 1),
    level("BackupMissing", 'indelible_subject_silent{kind="backup",subject="backup"}', 0, 1),
    flows(
        "ApiErrors",
        flow('indelible_requests_total{status="200"}', 95, 94),
        flow('indelible_requests_total{status="503"}', 5, 6),
        window=5 * MINUTE,
    ),
    jump("ApiErrors", 'indelible_requests_total{status="503"}', 5, 6, window=5 * MINUTE),
    flows(
        "ErrorBudgetLow",
        flow('indelible_requests_total{status="200"}', 10_000 - 9, 10_000 - 10),
        flow('indelible_requests_total{status="500"}', 9, 10),
        window=30 * 24 * HOUR,
        step=HOUR,
    ),
)
PROJECTS: Final = (
    level("JobsStuck", 'indelible_tasks_oldest_seconds{stage="process_job"}', 900, 901),
    jump("JobsFail", 'indelible_jobs_total{outcome="failed",phase="push"}', 2, 3),
    jump("GitHostRefuses", 'indelible_job_pushes_total{outcome="failed"}', 0, 1),
    jump("GitHostRefuses", 'indelible_job_pushes_total{outcome="unreachable"}', 2, 3),
    level("GitHostRefuses", 'indelible_stage_breaker_open{stage="process_job"}', 0, 1),
)
TOKENS: Final = (
    jump("ChainScanStopped", RETRIED, 2, 3, steady(DETECTED, 7), window=10 * MINUTE),
    level("ChainScanStopped", 'indelible_tasks_dead{stage="detect"}', 0, 1),
    level("ChainFault", 'indelible_chain_notices{code="WRONG_CONTRACT"}', 0, 1),
    jump("ChainFault", 'indelible_chain_notices{code="LOGS_QUARANTINED"}', 0, 1, window=HOUR),
)
CAPTURES: Final = (
    jump(
        "EmbedderFails",
        'indelible_commands_total{lifecycle="artifact",action="embed",code="EMBEDDER_FAILED"}',
        0,
        1,
    ),
)
CASES: Final = (*CONTESTS, *MONEY, *OPERATIONS, *PROJECTS, *TOKENS, *CAPTURES)
