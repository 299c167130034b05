"""Handlers of commands of contests. They load, let entities and rules decide, and save."""

from indelible.contests.handlers.contests import configure_contest, force_lock, publish_contest
from indelible.contests.handlers.entries import (
    activate_entry,
    enter_contest,
    refund_entry,
    reinstate_entry,
    reject_entry,
    set_roster,
    void_entry,
)
from indelible.contests.handlers.feeds import poll_feed, record_fetch, stop_feed
from indelible.contests.handlers.logs import (
    append_events,
    correct_log,
    import_field,
    pause_ingestion,
    resume_ingestion,
)
from indelible.contests.handlers.runs import fail_run, finish_run, start_run
from indelible.contests.handlers.transitions import (
    cancel_by_provider,
    cancel_contest,
    cancel_shortened,
    fail_contest,
    lock_contest,
    resolve_error,
    start_contest,
)
from indelible.contests.repositories import (
    DueSettlement,
    configuration_of,
    folded_state,
    require_due,
)

__all__ = [
    # of contests
    "cancel_by_provider",
    "cancel_contest",
    "cancel_shortened",
    "configure_contest",
    "fail_contest",
    "force_lock",
    "lock_contest",
    "publish_contest",
    "resolve_error",
    "start_contest",
    # of entries
    "activate_entry",
    "enter_contest",
    "refund_entry",
    "reinstate_entry",
    "reject_entry",
    "set_roster",
    "void_entry",
    # of logs and feeds
    "append_events",
    "correct_log",
    "import_field",
    "pause_ingestion",
    "poll_feed",
    "record_fetch",
    "resume_ingestion",
    "stop_feed",
    # of runs
    "fail_run",
    "finish_run",
    "start_run",
    # what handlers and queries read
    "DueSettlement",
    "configuration_of",
    "folded_state",
    "require_due",
]
