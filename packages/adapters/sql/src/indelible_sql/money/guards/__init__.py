"""The guards of money, beside those that every head, record and bulk record has."""

from collections.abc import Iterator

from indelible.money.rules.stages import STAGE_LIFECYCLES
from indelible_sql.kernel.task_guards import task_entity_guard
from indelible_sql.money.guards.ledger import ledger_guards
from indelible_sql.money.guards.payments import payment_guards
from indelible_sql.money.guards.payouts import payout_guards
from indelible_sql.money.rows import MAPPINGS
from indelible_sql.schema.guard import Guard


def all_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the context for a dialect."""
    yield from ledger_guards(dialect)
    yield from payment_guards(dialect)
    yield from payout_guards(dialect)
    for mapping in MAPPINGS:
        lifecycle = mapping.entity.lifecycle
        stages = [stage for stage, owner in STAGE_LIFECYCLES.items() if owner is lifecycle]
        if stages:
            yield task_entity_guard(mapping.table, stages, dialect)
