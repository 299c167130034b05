"""The registration of the kernel: history, records of its own, keys, settings and tasks."""

from collections.abc import Iterator

from indelible_sql.kernel.breaker_tables import BREAKERS, breaker_guards
from indelible_sql.kernel.hung_thread_tables import HUNG_THREADS, hung_thread_guards
from indelible_sql.kernel.keys import KEY_HEADS, key_guards
from indelible_sql.kernel.payload_tables import PAYLOADS, payload_guards
from indelible_sql.kernel.pruned_tables import PRUNED_TABLES, pruned_table_guards
from indelible_sql.kernel.rate_tables import RATE_BUCKETS, rate_guards
from indelible_sql.kernel.receipt_guards import receipt_guards
from indelible_sql.kernel.record_export import RECORD_EXPORT
from indelible_sql.kernel.record_findings import record_findings
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.kernel.runbook_tables import EXECUTION_HEADS, runbook_guards
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS, seal_guards
from indelible_sql.kernel.settings import SETTING_HEADS
from indelible_sql.kernel.subject_tables import SUBJECTS, subject_guards
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS, subscriber_guards
from indelible_sql.kernel.task_guards import task_guards
from indelible_sql.kernel.task_tables import (
    PRUNED_STAGES,
    STAGE_HEADS,
    TASK_ARGUMENTS,
    TASK_ATTEMPTS,
    TASK_RESULT,
    TASKS,
)
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS
from indelible_sql.schema.declaration_tables import DECLARATIONS, declaration_guards
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.schema.tables import HISTORY, RECEIPTS
from indelible_sql.schema.value_columns import AMOUNT_MINOR, CURRENCY, RAW_BYTES


def kernel_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the kernel's own tables."""
    yield from task_guards(dialect)
    yield from pruned_table_guards(dialect)
    yield from rate_guards(dialect)
    yield from breaker_guards(dialect)
    yield from hung_thread_guards(dialect)
    yield from seal_guards(dialect)
    yield from payload_guards(dialect)
    yield from subscriber_guards(dialect)
    yield from subject_guards(dialect)
    yield from key_guards(dialect)
    yield from receipt_guards(dialect)
    yield from declaration_guards(dialect)
    yield from runbook_guards(dialect)


CONTEXT = SqlContext(
    name="kernel",
    mappings=(KEY_HEADS, STAGE_HEADS, SETTING_HEADS, EXECUTION_HEADS),
    records=(
        HISTORY,
        RECEIPTS,
        TASK_ATTEMPTS,
        SEALS,
        SEAL_RECORDS,
        PAYLOADS,
        REJECTIONS,
        WEBHOOK_REJECTIONS,
        DECLARATIONS,
    ),
    task_tables=(
        TASKS,
        PRUNED_STAGES,
        PRUNED_TABLES,
        RATE_BUCKETS,
        BREAKERS,
        HUNG_THREADS,
        SUBSCRIBER_CURSORS,
        SUBJECTS,
    ),
    prunable_tables=(TASKS, HUNG_THREADS, TASK_ATTEMPTS, WEBHOOK_REJECTIONS),
    domains=(TASK_ARGUMENTS, TASK_RESULT, AMOUNT_MINOR, CURRENCY, RAW_BYTES),
    guards=kernel_guards,
    record_export=RECORD_EXPORT,
    verify=record_findings,
)
