"""Illegal writes by kind: each is a legal one with one thing changed."""

from collections.abc import Mapping

from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks_generated import GENERATED
from tests.guards.attacks_on_breakers import LEGAL_ON_BREAKERS, ON_BREAKERS
from tests.guards.attacks_on_captures import LEGAL_ON_CAPTURES, ON_CAPTURES, WITHOUT_SIGNAL
from tests.guards.attacks_on_columns import COLUMNS
from tests.guards.attacks_on_concepts import LEGAL_ON_CONCEPTS, ON_CONCEPTS, WITHOUT_RECORD
from tests.guards.attacks_on_contests import (
    LEGAL_ON_CONTESTS,
    ON_CONTESTS,
    WITHOUT_CONTEST_RECORD,
)
from tests.guards.attacks_on_heads import LEGAL_ON_HEADS, ON_HEADS, WITHOUT_CHANGE
from tests.guards.attacks_on_hung_threads import LEGAL_ON_HUNG_THREADS, ON_HUNG_THREADS
from tests.guards.attacks_on_json import JSON_LIMITS
from tests.guards.attacks_on_money import LEGAL_ON_MONEY, ON_MONEY, WITHOUT_MOVEMENT
from tests.guards.attacks_on_payloads import LEGAL_ON_PAYLOADS, ON_PAYLOADS
from tests.guards.attacks_on_payments import LEGAL_ON_PAYMENTS, ON_PAYMENTS
from tests.guards.attacks_on_postgresql import ON_POSTGRESQL
from tests.guards.attacks_on_projects import (
    LEGAL_ON_PROJECTS,
    ON_PROJECTS,
    WITHOUT_PROJECT_RECORD,
)
from tests.guards.attacks_on_rates import LEGAL_ON_RATES, ON_RATES
from tests.guards.attacks_on_records import RECORDS
from tests.guards.attacks_on_references import ON_REFERENCES
from tests.guards.attacks_on_retention import LEGAL_ON_RETENTION, ON_RETENTION
from tests.guards.attacks_on_runbooks import LEGAL_ON_RUNBOOKS, ON_RUNBOOKS
from tests.guards.attacks_on_seals import LEGAL_ON_SEALS, ON_SEALS
from tests.guards.attacks_on_settlements import (
    LEGAL_ON_SETTLEMENTS,
    ON_SETTLEMENTS,
    WITHOUT_SETTLEMENT_RECORD,
)
from tests.guards.attacks_on_sqlite import ON_SQLITE
from tests.guards.attacks_on_subjects import LEGAL_ON_SUBJECTS, ON_SUBJECTS
from tests.guards.attacks_on_subscribers import LEGAL_ON_SUBSCRIBERS, ON_SUBSCRIBERS
from tests.guards.attacks_on_task_ends import ON_TASK_ENDS
from tests.guards.attacks_on_tasks import LEGAL_ON_TASKS, ON_TASKS
from tests.guards.attacks_on_tokens import LEGAL_ON_TOKENS, ON_TOKENS
from tests.guards.attacks_on_versions import ON_VERSIONS
from tests.guards.attacks_with_true_changes import WITH_TRUE_CHANGES

LEGAL: Kind = {
    **LEGAL_ON_HEADS,
    **LEGAL_ON_CONCEPTS,
    **LEGAL_ON_CAPTURES,
    **LEGAL_ON_TOKENS,
    **LEGAL_ON_PROJECTS,
    **LEGAL_ON_CONTESTS,
    **LEGAL_ON_SETTLEMENTS,
    **LEGAL_ON_MONEY,
    **LEGAL_ON_PAYMENTS,
    **LEGAL_ON_TASKS,
    **LEGAL_ON_RATES,
    **LEGAL_ON_RETENTION,
    **LEGAL_ON_BREAKERS,
    **LEGAL_ON_HUNG_THREADS,
    **LEGAL_ON_SUBSCRIBERS,
    **LEGAL_ON_SUBJECTS,
    **LEGAL_ON_SEALS,
    **LEGAL_ON_RUNBOOKS,
    **LEGAL_ON_PAYLOADS,
}

# With foreign keys off, as they are in SQLite by default, a head can be left without its record.
HEADS_ALONE: Mapping[str, Kind] = {
    "a head without its change": WITHOUT_CHANGE,
    "a derived head without its signal": WITHOUT_SIGNAL,
    **WITHOUT_RECORD,
    **WITHOUT_PROJECT_RECORD,
    **WITHOUT_CONTEST_RECORD,
    **WITHOUT_SETTLEMENT_RECORD,
    **WITHOUT_MOVEMENT,
}

ON_BOTH = (
    ON_CONCEPTS,
    ON_VERSIONS,
    ON_CAPTURES,
    ON_TOKENS,
    ON_PROJECTS,
    ON_CONTESTS,
    ON_SETTLEMENTS,
    ON_MONEY,
    ON_PAYMENTS,
    WITH_TRUE_CHANGES,
    ON_REFERENCES,
    ON_TASKS,
    ON_TASK_ENDS,
    ON_RATES,
    ON_RETENTION,
    ON_BREAKERS,
    ON_HUNG_THREADS,
    ON_SUBSCRIBERS,
    ON_SUBJECTS,
    ON_SEALS,
    ON_RUNBOOKS,
    ON_PAYLOADS,
    ON_HEADS,
    RECORDS,
    HEADS_ALONE,
    COLUMNS,
    JSON_LIMITS,
    GENERATED,
)


def attacks(dialect: str) -> dict[str, dict[str, Write]]:
    """Return every attack on a database, by kind and by name."""
    on_dialect = ON_SQLITE if dialect == "sqlite" else ON_POSTGRESQL
    attacks_by_kind: dict[str, dict[str, Write]] = {}
    for kinds in (*ON_BOTH, on_dialect):
        for kind, named in kinds.items():
            attacks_by_kind.setdefault(kind, {}).update(named)
    return attacks_by_kind


def all_attacks(dialect: str) -> dict[str, Write]:
    """Return every attack on a database by name."""
    return by_name(attacks(dialect))


def by_name(kinds: Mapping[str, Kind]) -> dict[str, Write]:
    """Return the attacks of all kinds by name.

    Raises:
        ValueError: Two attacks have the same name.
    """
    attacks_by_name: dict[str, Write] = {}
    for kind, named in kinds.items():
        for name, write in named.items():
            if name in attacks_by_name:
                problem = f"two attacks have the name {name!r}, one of kind {kind!r}"
                raise ValueError(problem)
            attacks_by_name[name] = write
    return attacks_by_name
