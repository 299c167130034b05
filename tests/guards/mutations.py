"""Remove each guard: an attack is then accepted, or another guard refuses it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from tests.guards.attack_parts import Kind, Write
from tests.guards.attacks import all_attacks
from tests.guards.guard_names import REFUSALS
from tests.guards.lifting import PRIVILEGE, Lifting, PostgresLifting
from tests.guards.lifting_sqlite import SqliteLifting
from tests.guards.raw_database import postgresql_engine
from tests.guards.situated import Situated, transactions_in_database, transactions_in_file
from tests.guards.situation import Situation

from indelible_service.embedded import APP, OWNER, PostgresServer
from indelible_sql import Finding
from indelible_sql.contexts import CATALOG

logger = logging.getLogger(__name__)

LOGGED_ATTACKS = 50  # between two lines about the progress
GENERATED = "the database makes the value, and it is never another"
GENERATED_NOT_NULL = (
    *(f"{head.name}_lifecycle_not_null" for head in CATALOG.heads),
    *(f"{head.name}_version_not_null" for head in CATALOG.heads if "version" in head.c),
)
OF_STEPS = "the guards of a change's rows refuse each attack on steps first"
# Of executions of runbooks; `tests/core/kernel/test_runbooks.py` takes the most steps.
OF_RUNBOOKS = {
    "runbook_execution_steps_pkey": OF_STEPS,
    "runbook_executions_steps_bounded": "200 steps would come before it",
}
# Guards that no attack reaches, with the reason.
UNREACHED: Mapping[str, Mapping[str, str]] = {
    "postgresql": {**dict.fromkeys(GENERATED_NOT_NULL, GENERATED), **OF_RUNBOOKS},
    "sqlite": {
        **OF_RUNBOOKS,
        "runbook_execution_steps_no_replace": OF_STEPS,
        **dict.fromkeys(GENERATED_NOT_NULL, GENERATED),
        **dict.fromkeys((f"{head.name}_lifecycle_rule" for head in CATALOG.heads), GENERATED),
        "history_position_not_null": "a rowid is never NULL: SQLite makes one",
    },
}


@frozen(kw_only=True)
class Refusal:
    """An attack that a guard refuses when the guards before it are removed.

    `without` is the guard that refuses the attack when this one is removed too; '' if it is
    accepted.
    """

    attack: str
    before: tuple[str, ...]
    without: str


@frozen(kw_only=True)
class DatabaseReport:
    """The guards of one database, and the attacks that they refuse.

    `first_guards` maps each attack to the guard that refuses it, and `refusals` maps each guard to
    one of the repeated attacks. `without_foreign_keys` maps each guard to the guard that refuses
    the same attack on SQLite with foreign keys off; on PostgreSQL it is empty.
    """

    guards: frozenset[str]
    first_guards: Mapping[str, str]
    refusals: Mapping[str, Refusal]
    without_foreign_keys: Mapping[str, str]


@frozen(kw_only=True)
class Report:
    """All measurements.

    `privileges` maps each missing privilege to an attack. `replica_mode` and `foreign_keys_off`
    map each accepted attack to what verify finds of it.
    """

    databases: Mapping[str, DatabaseReport]
    privileges: Mapping[str, Refusal]
    replica_mode: Mapping[str, str]
    foreign_keys_off: Mapping[str, str]


def measure(
    file: Situated[Path], database: Situated[PostgresServer], repeated: Mapping[str, Kind]
) -> Report:
    """Try every attack on both databases, and the repeated ones of each without guards."""
    return Report(
        databases={
            "postgresql": measure_postgresql(database, repeated["postgresql"]),
            "sqlite": measure_sqlite(file, repeated["sqlite"]),
        },
        privileges=measure_privileges(database),
        replica_mode=accepted_in_replica_mode(database, repeated["postgresql"]),
        foreign_keys_off=accepted_without_foreign_keys(file, repeated["sqlite"]),
    )


def measure_postgresql(database: Situated[PostgresServer], repeated: Kind) -> DatabaseReport:
    """Try every attack as the owner, who has every privilege."""
    engine = postgresql_engine(database.location.admin_url)
    lifting = PostgresLifting(engine, OWNER)
    first_guards = _first_guards(
        "attacks on PostgreSQL", lifting, all_attacks("postgresql"), database.situation
    )
    guards_by_attack = _all_refusing_guards(
        "guards of PostgreSQL", lifting, repeated, database.situation
    )
    guards = frozenset(lifting.guards)
    lifting.close()

    return DatabaseReport(
        guards=guards,
        first_guards=first_guards,
        refusals=_refusals(guards_by_attack),
        without_foreign_keys={},
    )


def measure_sqlite(file: Situated[Path], repeated: Kind) -> DatabaseReport:
    """Try every attack with foreign keys on, and the reported ones with foreign keys off."""
    lifting = SqliteLifting(file.location, foreign_keys=True)
    first_guards = _first_guards(
        "attacks on SQLite", lifting, all_attacks("sqlite"), file.situation
    )
    guards_by_attack = _all_refusing_guards("guards of SQLite", lifting, repeated, file.situation)
    lifting.close()
    refusals = _refusals(guards_by_attack)

    return DatabaseReport(
        guards=frozenset(lifting.guards),
        first_guards=first_guards,
        refusals=refusals,
        without_foreign_keys=_refusals_without_foreign_keys(file, repeated, refusals),
    )


def _refusals_without_foreign_keys(
    file: Situated[Path], attacks: Kind, refusals: Mapping[str, Refusal]
) -> dict[str, str]:
    """Map each guard to the guard that refuses its attack without it and with foreign keys off."""
    lifting = SqliteLifting(file.location, foreign_keys=False)
    removed = {guard: (*refusal.before, guard) for guard, refusal in refusals.items()}
    refusing: dict[str, str] = {}
    for guard in sorted(refusals, key=lambda name: lifting.order(removed[name])):
        statements = tuple(attacks[refusals[guard].attack](file.situation))
        refusing[guard] = lifting.refusing_guard(statements, removed[guard])
    lifting.close()
    return dict(sorted(refusing.items()))


def _logged(purpose: str, attacks: Kind) -> Iterator[tuple[str, Write]]:
    """Yield each attack with its name, and log how many of them were yielded."""
    for number, (name, write) in enumerate(attacks.items()):
        if number % LOGGED_ATTACKS == 0:
            logger.info("%s: %d of %d attacks", purpose, number, len(attacks))
        yield name, write

    logger.info("%s: all %d attacks", purpose, len(attacks))


def _all_refusing_guards(
    purpose: str, lifting: Lifting, attacks: Kind, situation: Situation
) -> dict[str, tuple[str, ...]]:
    """Map each attack to the guards that refuse it, each when those before it are removed.

    The attacks that are tried without the same guards follow each other: other guards cost the
    database a new schema.
    """
    statements = {name: tuple(write(situation)) for name, write in attacks.items()}
    removed: dict[str, tuple[str, ...]] = dict.fromkeys(attacks, ())
    refused: list[str] = list(attacks)
    while refused:
        logger.info("%s: %d of %d attacks are refused", purpose, len(refused), len(attacks))
        refused.sort(key=lambda name: lifting.order(removed[name]))
        still_refused: list[str] = []
        for name in refused:
            guard = lifting.refusing_guard(statements[name], sorted(removed[name]))
            if guard:
                _check_guard(lifting, guard, removed[name])
                removed[name] = (*removed[name], guard)
                still_refused.append(name)
        refused = still_refused

    return removed


def _check_guard(lifting: Lifting, guard: str, removed: Sequence[str]) -> None:
    """Raise AssertionError if the guard was removed before, or is not known."""
    is_known = guard in lifting.guards or PRIVILEGE.fullmatch(guard) is not None
    if guard in removed or not is_known:
        problem = f"{guard} still refuses without {removed}"
        raise AssertionError(problem)


def _first_guards(
    purpose: str, lifting: Lifting, attacks: Kind, situation: Situation
) -> dict[str, str]:
    """Map each attack to the guard that refuses it; '' if it is accepted."""
    first: dict[str, str] = {}
    for name, write in _logged(purpose, attacks):
        first[name] = lifting.refusing_guard(tuple(write(situation)), ())
    return first


def _refusals(guards_by_attack: Mapping[str, tuple[str, ...]]) -> dict[str, Refusal]:
    """Map each guard to the attack with the fewest guards before it, then the fewest after it."""
    ranks: dict[str, tuple[int, int]] = {}
    refusals: dict[str, Refusal] = {}
    for name, guards in guards_by_attack.items():
        for index, guard in enumerate(guards):
            rank = (index, len(guards) - index)
            if guard in ranks and ranks[guard] <= rank:
                continue

            following = guards[index + 1 :]
            ranks[guard] = rank
            refusals[guard] = Refusal(
                attack=name, before=guards[:index], without=next(iter(following), "")
            )
    return dict(sorted(refusals.items()))


def measure_privileges(database: Situated[PostgresServer]) -> dict[str, Refusal]:
    """Try every attack as the application, and grant each privilege that it lacks."""
    engine = postgresql_engine(database.location.admin_url)
    lifting = PostgresLifting(engine, APP)
    refusals: dict[str, Refusal] = {}
    for name, write in _logged("privileges", all_attacks("postgresql")):
        statements = tuple(write(database.situation))
        privilege = lifting.refusing_guard(statements, ())
        if privilege in refusals or not PRIVILEGE.fullmatch(privilege):
            continue

        when_granted = lifting.refusing_guard(statements, (privilege,))
        refusals[privilege] = Refusal(attack=name, before=(), without=when_granted)

    lifting.close()
    return dict(sorted(refusals.items()))


def accepted_in_replica_mode(database: Situated[PostgresServer], attacks: Kind) -> dict[str, str]:
    """Map each attack that a superuser can commit without foreign keys to what verify finds."""
    accepted: dict[str, str] = {}
    transactions = transactions_in_database(database.location.admin_url)
    for name, write in _logged("replica mode", attacks):
        with suppress(*REFUSALS):
            findings = transactions.findings(
                write(database.situation),
                before=["SET LOCAL session_replication_role = replica"],
                role=APP,
            )
            accepted[name] = _describe(findings)
    transactions.close()
    return accepted


def accepted_without_foreign_keys(file: Situated[Path], attacks: Kind) -> dict[str, str]:
    """Map each attack that SQLite accepts with foreign keys off to what verify finds."""
    accepted: dict[str, str] = {}
    transactions = transactions_in_file(file.location, foreign_keys=False)
    for name, write in _logged("SQLite without keys", attacks):
        with suppress(*REFUSALS):
            accepted[name] = _describe(transactions.findings(write(file.situation)))
    transactions.close()
    return accepted


def _describe(findings: Sequence[Finding]) -> str:
    """Describe the first finding that names an entity, or at least a table; '' without one."""
    in_tables = [finding for finding in findings if finding.table]
    in_tables.sort(key=lambda finding: not finding.entity_id)
    if not in_tables:
        return ""

    finding = in_tables[0]
    return f"{finding.fault}, {finding.table} `{finding.entity_id}`: {finding.detail}"
