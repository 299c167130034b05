"""The panels of the dashboard, by rows; a row without a context is in every dashboard."""

from typing import Final

from attrs import frozen

SECONDS: Final = "s"
NUMBER: Final = "short"
PER_SECOND: Final = "cps"
SHARE: Final = "percentunit"
BYTES: Final = "bytes"
MINOR_UNITS: Final = "none"


@frozen
class Query:
    """An expression of PromQL, and the text of its lines in the legend."""

    text: str
    legend: str


@frozen(kw_only=True)
class Panel:
    """A panel with its queries; Grafana knows the unit."""

    title: str
    unit: str
    queries: tuple[Query, ...]
    is_signed: bool = False


Row = tuple[str, str | None, tuple[Panel, ...]]  # the title, the context and the panels


def _by(metric: str, label: str, *, selector: str = "", function: str = "max") -> Query:
    """Return the query of a gauge by one label; several processes export it."""
    return Query(f"{function} by ({label}) ({metric}{selector})", f"{{{{{label}}}}}")


def _one(metric: str, legend: str) -> Query:
    """Return the query of a gauge that several processes export."""
    return Query(f"max({metric})", legend)


def _rate(metric: str, label: str, *, selector: str = "") -> Query:
    """Return the query of a counter by one label."""
    return Query(f"sum by ({label}) (rate({metric}{selector}[5m]))", f"{{{{{label}}}}}")


def _quantiles(metric: str) -> tuple[Query, ...]:
    """Return the queries of the median and the 95th percentile of a histogram."""
    queries: list[Query] = []
    for quantile, legend in ((0.5, "median"), (0.95, "95 %")):
        rates = f"sum by (le) (rate({metric}_bucket[5m]))"
        queries.append(Query(f"histogram_quantile({quantile}, {rates})", legend))
    return tuple(queries)


def _panel(title: str, unit: str, *queries: Query) -> Panel:
    return Panel(title=title, unit=unit, queries=queries)


def _signed_panel(title: str, unit: str, *queries: Query) -> Panel:
    """Return a panel whose values may be negative."""
    return Panel(title=title, unit=unit, queries=queries, is_signed=True)


FIRING: Final = Query(
    'sum by (alertname, severity) (ALERTS{alertstate="firing"})', "{{alertname}} ({{severity}})"
)
ALERT_PANELS: Final = (
    _panel("Firing alerts", NUMBER, FIRING),
    _panel("Processes", NUMBER, Query('up{job="indelible"}', "{{instance}}")),
    _panel(
        "What is silent",
        NUMBER,
        Query(
            "max by (kind, subject) (indelible_subject_silent) > 0",
            "{{kind}} {{subject}} is silent",
        ),
    ),
)
API_PANELS: Final = (
    _panel("Requests", PER_SECOND, _rate("indelible_requests_total", "status")),
    _panel("Time to answer", SECONDS, *_quantiles("indelible_request_seconds")),
    _panel(
        "Failures",
        SHARE,
        Query("indelible:request_failures:ratio5m", "requests that fail"),
        Query("indelible:authentication_failures:ratio5m", "logins that fail"),
        Query("indelible:error_budget_remaining:ratio30d", "error budget left"),
    ),
    _panel("Logins", PER_SECOND, _rate("indelible_authentications_total", "outcome")),
    _panel(
        "Refused commands",
        PER_SECOND,
        _rate("indelible_commands_total", "code", selector='{code!="OK"}'),
    ),
    _panel("Repeated requests", PER_SECOND, _rate("indelible_idempotency_hits_total", "lifecycle")),
)
DATABASE_PANELS: Final = (
    _panel("Database answers", NUMBER, _by("indelible_database_up", "instance", function="min")),
    _panel(
        "Free connections",
        NUMBER,
        Query(
            "min by (instance, pool) (indelible_database_connection_pool_available)",
            "{{instance}} {{pool}}",
        ),
    ),
    _signed_panel(
        "Clock ahead of the database",
        SECONDS,
        _by("indelible_database_clock_skew_seconds", "instance"),
    ),
    _panel(
        "Transactions that lost a race",
        PER_SECOND,
        _rate("indelible_store_lost_races_total", "instance"),
    ),
    _panel(
        "Reads that a standby may answer",
        PER_SECOND,
        _rate("indelible_standby_reads_total", "source"),
    ),
    _panel("Free space", BYTES, _by("indelible_disk_free_bytes", "instance", function="min")),
    _panel(
        "Open transactions that delay the feed",
        SECONDS,
        _by("indelible_feed_delay_seconds", "transaction"),
    ),
)
WORK_PANELS: Final = (
    _panel("Tasks that are due", NUMBER, _by("indelible_tasks_due", "stage")),
    _panel("Oldest due task", SECONDS, _by("indelible_tasks_oldest_seconds", "stage")),
    _panel("Dead tasks", NUMBER, _by("indelible_tasks_dead", "stage")),
    _panel("Outcomes of tasks", PER_SECOND, _rate("indelible_worker_tasks_total", "outcome")),
    _panel(
        "Busy threads", NUMBER, _by("indelible_worker_stage_threads_busy", "stage", function="sum")
    ),
    _panel(
        "Hung threads",
        NUMBER,
        _by("indelible_worker_stage_threads_timed_out", "stage", function="sum"),
    ),
    _panel(
        "Age of the last sign of life",
        SECONDS,
        Query("indelible_worker_heartbeat_age_seconds", "worker {{instance}}"),
        Query("indelible_scheduler_round_age_seconds", "scheduler {{instance}}"),
    ),
    _panel("Lag of subscribers", SECONDS, _by("indelible_subscriber_lag_seconds", "subscriber")),
    _panel("Paused stages", NUMBER, _by("indelible_stage_paused", "stage")),
    _panel("Open breakers", NUMBER, _by("indelible_stage_breaker_open", "stage")),
)
CONCEPT_PANELS: Final = (
    _panel(
        "Changes of concepts",
        PER_SECOND,
        _rate("indelible_transitions_total", "action", selector='{lifecycle="concept"}'),
    ),
)
CAPTURE_PANELS: Final = (
    _panel(
        "Captures",
        PER_SECOND,
        _rate(
            "indelible_commands_total", "code", selector='{lifecycle="artifact",action="capture"}'
        ),
    ),
    _panel(
        "Embeddings",
        PER_SECOND,
        _rate("indelible_commands_total", "code", selector='{lifecycle="artifact",action="embed"}'),
    ),
)
CONTEST_PANELS: Final = (
    _panel(
        "Time since the last leaderboard", SECONDS, _one("indelible_ingestion_lag_seconds", "lag")
    ),
    _panel("Fetches", PER_SECOND, _rate("indelible_ingestion_fetches_total", "outcome")),
    _panel("Refused events", PER_SECOND, _rate("indelible_ingestion_rejections_total", "code")),
    _panel("Contests", NUMBER, _by("indelible_contest_state", "state")),
    _panel("Overdue transitions", SECONDS, _by("indelible_contest_overdue_seconds", "transition")),
    _panel("What holds contests up", NUMBER, _by("indelible_contest_holds", "code")),
    _panel("Settlements", PER_SECOND, _rate("indelible_settlement_status_total", "status")),
    _panel(
        "Time to compute a settlement",
        SECONDS,
        *_quantiles("indelible_settlement_duration_seconds"),
    ),
    _panel("Time to score an event", SECONDS, *_quantiles("indelible_scoring_duration_seconds")),
)
MONEY_PANELS: Final = (
    _panel("Charges", NUMBER, _by("indelible_payment_state", "state")),
    _panel(
        "Requests to Stripe's webhook",
        PER_SECOND,
        _rate("indelible_webhook_requests_total", "code", selector='{endpoint="stripe"}'),
    ),
    _panel(
        "Time from an event's storage to its end",
        SECONDS,
        *_quantiles("indelible_webhook_latency_seconds"),
    ),
    _panel("Events by outcome", PER_SECOND, _rate("indelible_webhook_events_total", "outcome")),
    _panel("Dead letters", NUMBER, _one("indelible_webhook_dead_letters", "events")),
    _panel(
        "Halts",
        NUMBER,
        _one("indelible_payments_halted", "payments halted"),
        _one("indelible_stripe_breaker_open", "Stripe does not answer"),
    ),
    _panel("Transfers", NUMBER, _by("indelible_payout_transfers", "state")),
    _panel("Oldest open transfer", SECONDS, _by("indelible_payout_age_seconds", "state")),
    _panel("Parked transfers", NUMBER, _by("indelible_payouts_parked", "reason")),
    _panel("Attempts to pay", PER_SECOND, _rate("indelible_payout_attempts_total", "class")),
    _panel(
        "Differences from Stripe", NUMBER, _by("indelible_reconciliation_discrepancies", "scope")
    ),
    _panel(
        "Ledger out of balance", MINOR_UNITS, _one("indelible_ledger_unbalanced", "minor units")
    ),
)
PROJECT_PANELS: Final = (
    _panel("Jobs that ended", PER_SECOND, _rate("indelible_jobs_total", "outcome")),
    _panel("Pushes", PER_SECOND, _rate("indelible_job_pushes_total", "outcome")),
    _panel(
        "Average time of phases",
        SECONDS,
        Query(
            "sum by (phase) (rate(indelible_job_phase_seconds_sum[5m]))"
            " / sum by (phase) (rate(indelible_job_phase_seconds_count[5m]))",
            "{{phase}}",
        ),
    ),
    _panel("Workspaces in use", NUMBER, _by("indelible_job_workspaces", "instance")),
    _panel(
        "Requests that the Git host allows",
        NUMBER,
        _by("indelible_git_host_remaining_requests", "instance"),
    ),
)
TOKEN_PANELS: Final = (
    _panel(
        "Scans of the chain",
        PER_SECOND,
        _rate("indelible_worker_tasks_total", "outcome", selector='{stage="detect"}'),
    ),
    _panel("Notices of the chain", NUMBER, _by("indelible_chain_notices", "code")),
    _panel(
        "Images: outcomes of tasks",
        PER_SECOND,
        _rate(
            "indelible_worker_tasks_total", "outcome", selector='{stage=~"generate|upload|reveal"}'
        ),
    ),
)
ROWS: Final[tuple[Row, ...]] = (
    ("Alerts", None, ALERT_PANELS),
    ("API", None, API_PANELS),
    ("Database and disk", None, DATABASE_PANELS),
    ("Tasks and workers", None, WORK_PANELS),
    ("Contests", "contests", CONTEST_PANELS),
    ("Money", "money", MONEY_PANELS),
    ("Projects", "projects", PROJECT_PANELS),
    ("Tokens", "tokens", TOKEN_PANELS),
    ("Captures", "captures", CAPTURE_PANELS),
    ("Concepts", "concepts", CONCEPT_PANELS),
)
