"""The guards of contests, beside those that every head, record and bulk record has."""

from collections.abc import Iterator

from indelible.contests.lifecycle import CONTEST, PROVIDER_FEED
from indelible.contests.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.contests.guards.contests import contest_guards
from indelible_sql.contests.guards.entries import entry_guards
from indelible_sql.contests.guards.logs import log_guards
from indelible_sql.contests.guards.runs import run_guards
from indelible_sql.contests.tables.contests import CONTESTS
from indelible_sql.contests.tables.feeds import FEEDS
from indelible_sql.kernel.task_guards import task_entity_guard
from indelible_sql.schema.guard import Guard


def all_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the context for a dialect."""
    yield from contest_guards(dialect)
    yield from entry_guards(dialect)
    yield from log_guards(dialect)
    yield from run_guards(dialect)
    for head, lifecycle in ((CONTESTS, CONTEST), (FEEDS, PROVIDER_FEED)):
        stages = [stage for stage, owner in STAGE_LIFECYCLES.items() if owner is lifecycle]
        yield task_entity_guard(head, stages, dialect)
