"""The tables of executions of runbooks: the header and its steps."""

from collections.abc import Iterator

from indelible.kernel.runbooks import (
    RUNBOOK_EXECUTION,
    RunbookExecution,
    RunbookExecutions,
    RunbookStep,
)
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.entity_tables import entity_bulk, entity_head, list_indexes
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.own_records import own_record_guards
from indelible_sql.schema.tables import HISTORY

RUNBOOK_EXECUTIONS = entity_head(
    "runbook_executions",
    RunbookExecution,
    *list_indexes("runbook_executions", "runbook_name", "status", "created_at", "updated_at"),
)
RUNBOOK_STEPS = entity_bulk("runbook_execution_steps", RunbookStep, RUNBOOK_EXECUTIONS)
EXECUTION_HEADS = HeadMapping(
    table=RUNBOOK_EXECUTIONS,
    entity=RunbookExecution,
    finders=RunbookExecutions,
    bulk={RunbookStep: RUNBOOK_STEPS},
)


def runbook_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of executions, and those of the change that appends a step."""
    yield from entity_guards(RUNBOOK_EXECUTIONS, RunbookExecution, dialect)
    for bulk in EXECUTION_HEADS.bulk_tables:
        yield from own_record_guards(bulk, dialect)
    yield _counts_guard(dialect)


def _counts_guard(dialect: str) -> Guard:
    """Refuse a change whose numbers of steps are not those of the rows."""
    steps = qualified_name(RUNBOOK_STEPS, dialect)
    of_change = f"FROM {steps} AS step WHERE step.entity_id = NEW.entity_id AND step.seq <= NEW.seq"
    counts = {
        "step_count": f"SELECT count(*) {of_change}",
        "failed_step_count": f"SELECT count(*) {of_change} AND step.ok = 0",
    }
    met = [f"{_number(name, dialect)} = ({count})" for name, count in counts.items()]
    is_own = f"NEW.lifecycle = '{RUNBOOK_EXECUTION.name}'"
    return Guard(
        table=HISTORY,
        rule="counts_runbook_steps",
        event="INSERT",
        condition=f"NOT ({is_own}) OR ({' AND '.join(met)})",
        row_filter=is_own,
    )


def _number(name: str, dialect: str) -> str:
    """Return a number in the data of a new change."""
    if dialect == "sqlite":
        return f"CASE WHEN json_valid(NEW.data) THEN json_extract(NEW.data, '$.{name}') END"
    return f"CAST(NEW.data ->> '{name}' AS bigint)"
