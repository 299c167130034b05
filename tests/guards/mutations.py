"""Lift each guard: an attack then gets through or meets another guard."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from tests.guards.arena import REFUSALS, Statement, postgresql_engine
from tests.guards.attacks import attacks
from tests.guards.kinds import Kind, Write
from tests.guards.lifting import PRIVILEGE, Lifting, PostgresLifting
from tests.guards.lifting_sqlite import SqliteLifting
from tests.guards.places import Place, inside_database, inside_file
from tests.guards.situation import Situation

from indelible_service.embedded import APP, OWNER, PostgresServer
from indelible_sql import Finding
from indelible_sql.contexts import CATALOG

logger = logging.getLogger(__name__)

LOGGED_ATTACKS = 50  # between two lines about the progress
MADE = "the database makes the value, and it is never another"
BY_ROWID = "a rowid is never NULL: SQLite makes one"
MADE_NOT_NULL = (
    *(f"{head.name}_lifecycle_not_null" for head in CATALOG.heads),
    *(
        f"{head.name}_version_not_null"
        for head in CATALOG.heads
        if head.c.get("version") is not None
    ),
)
# Guards that no attack reaches, and why they are there all the same.
UNREACHED: Mapping[str, Mapping[str, str]] = {
    "postgresql": dict.fromkeys(MADE_NOT_NULL, MADE),
    "sqlite": {
        **dict.fromkeys(MADE_NOT_NULL, MADE),
        **dict.fromkeys((f"{head.name}_lifecycle_rule" for head in CATALOG.heads), MADE),
        "history_position_not_null": BY_ROWID,
    },
}


@frozen(kw_only=True)
class Held:
    """An attack that a guard refuses when the guards before it are lifted.

    `without` names the guard that refuses the attack next; '' if it gets through.
    """

    attack: str
    before: tuple[str, ...]
    without: str


@frozen(kw_only=True)
class Holding:
    """The attacks that each guard of a database refuses; `unkeyed`: SQLite without foreign keys."""

    guards: frozenset[str]
    first: Mapping[str, str]
    held: Mapping[str, Held]
    unkeyed: Mapping[str, str]


def every_attack(dialect: str) -> Kind:
    return {name: write for named in attacks(dialect).values() for name, write in named.items()}


def logged(purpose: str, written: Kind) -> Iterator[tuple[str, Write]]:
    """Yield each attack with its name, and log how many of them were yielded."""
    for number, (name, write) in enumerate(written.items()):
        if number % LOGGED_ATTACKS == 0:
            logger.info("%s: %d of %d attacks", purpose, number, len(written))
        yield name, write

    logger.info("%s: all %d attacks", purpose, len(written))


def peeled(lifting: Lifting, statements: Sequence[Statement]) -> tuple[str, ...]:
    """The guards that refuse, each when those before it are gone, until the attack gets through."""
    gone: list[str] = []
    while found := lifting.refusal(statements, gone):
        known = found in lifting.guards or PRIVILEGE.fullmatch(found)
        if found in gone or not known:
            raise AssertionError(f"{found} still refuses without {gone}")
        gone.append(found)
    return tuple(gone)


def peeled_all(
    purpose: str, lifting: Lifting, written: Kind, situation: Situation
) -> dict[str, tuple[str, ...]]:
    """Return the guards that refuse each attack, in order."""
    peels: dict[str, tuple[str, ...]] = {}
    for name, write in logged(purpose, written):
        peels[name] = peeled(lifting, write(situation))

    return peels


def held_by(peels: Mapping[str, tuple[str, ...]]) -> dict[str, Held]:
    """Map each guard to the attack with the fewest guards before it, then the fewest behind it."""
    found: dict[str, tuple[tuple[int, int], Held]] = {}
    for name, guards in peels.items():
        for place, guard in enumerate(guards):
            rank = (place, len(guards) - place)
            held = Held(
                attack=name, before=guards[:place], without=next(iter(guards[place + 1 :]), "")
            )
            if guard not in found or rank < found[guard][0]:
                found[guard] = rank, held
    return {guard: held for guard, (_, held) in sorted(found.items())}


def first_of(peels: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: next(iter(guards), "") for name, guards in peels.items()}


def on_postgresql(place: Place[PostgresServer]) -> Holding:
    """As the owner, whom no privilege holds back."""
    engine = postgresql_engine(place.where.admin_url)
    lifting = PostgresLifting(engine, OWNER)
    written = every_attack("postgresql")
    peels = peeled_all("guards of PostgreSQL", lifting, written, place.situation)
    guards = frozenset(lifting.guards)
    engine.dispose()
    return Holding(guards=guards, first=first_of(peels), held=held_by(peels), unkeyed={})


def of_privileges(place: Place[PostgresServer]) -> dict[str, Held]:
    """As the application, which lacks privileges that are guards too."""
    engine = postgresql_engine(place.where.admin_url)
    lifting = PostgresLifting(engine, APP)
    found: dict[str, Held] = {}
    for name, write in logged("privileges", every_attack("postgresql")):
        privilege = lifting.refusal(tuple(write(place.situation)), ())
        if PRIVILEGE.fullmatch(privilege) and privilege not in found:
            granted = lifting.refusal(tuple(write(place.situation)), (privilege,))
            found[privilege] = Held(attack=name, before=(), without=granted)
    engine.dispose()
    return dict(sorted(found.items()))


def on_sqlite(place: Place[Path]) -> Holding:
    """With foreign keys on, and what the same attacks do with them off."""
    lifting, unkeyed = (SqliteLifting(place.where, keys=keys) for keys in (True, False))
    written = every_attack("sqlite")
    peels = peeled_all("guards of SQLite", lifting, written, place.situation)
    held = held_by(peels)
    without = dict(_unkeyed(unkeyed, written, place.situation, held))
    return Holding(
        guards=frozenset(lifting.guards), first=first_of(peels), held=held, unkeyed=without
    )


def _unkeyed(
    lifting: Lifting, written: Kind, situation: Situation, held: Mapping[str, Held]
) -> Iterator[tuple[str, str]]:
    for guard, each in held.items():
        statements = tuple(written[each.attack](situation))
        yield guard, lifting.refusal(statements, (*each.before, guard))


def named(findings: Sequence[Finding]) -> str:
    """What verify finds that names an entity, or at least a table; '' where it finds neither."""
    telling = sorted((each for each in findings if each.table), key=lambda each: not each.entity_id)
    return next(
        (f"{each.fault}, {each.table} `{each.entity_id}`: {each.detail}" for each in telling), ""
    )


def in_replica_mode(place: Place[PostgresServer]) -> dict[str, str]:
    """What a superuser can write with foreign keys asleep, and what verify finds of it."""
    found: dict[str, str] = {}
    inside = inside_database(place.where.admin_url)
    for name, write in logged("replica mode", every_attack("postgresql")):
        with suppress(*REFUSALS):
            before = ["SET LOCAL session_replication_role = replica"]
            found[name] = named(inside.findings(write(place.situation), before=before, role=APP))
    inside.close()
    return found


def alone(place: Place[Path]) -> dict[str, str]:
    """What gets through SQLite with foreign keys off, and what verify finds of it."""
    found: dict[str, str] = {}
    inside = inside_file(place.where, keys=False)
    for name, write in logged("SQLite without keys", every_attack("sqlite")):
        with suppress(*REFUSALS):
            found[name] = named(inside.findings(write(place.situation)))
    inside.close()
    return found


@frozen(kw_only=True)
class Report:
    """All that was measured."""

    holdings: Mapping[str, Holding]
    privileges: Mapping[str, Held]
    replica: Mapping[str, str]
    alone: Mapping[str, str]


def measured(file: Place[Path], database: Place[PostgresServer]) -> Report:
    return Report(
        holdings={"postgresql": on_postgresql(database), "sqlite": on_sqlite(file)},
        privileges=of_privileges(database),
        replica=in_replica_mode(database),
        alone=alone(file),
    )
