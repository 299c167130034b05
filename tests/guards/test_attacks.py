"""Test that both databases refuse every illegal write without the domain, and by which guard."""

import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from tests.guards.arena import Arena, PostgresArena, SqliteArena, postgresql_engine
from tests.guards.attacks import HEADS_ALONE, LEGAL, attacks
from tests.guards.attacks_on_records import LIES
from tests.guards.attacks_on_tokens import TOLD
from tests.guards.kinds import Kind
from tests.guards.places import Inside, Place, inside_database, inside_file
from tests.guards.situation import Situation

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify
from indelible_sql.contexts import CATALOG

pytestmark = [pytest.mark.slow, pytest.mark.runs_first]

FEWEST_GUARDS, FEWEST_OF_A_KIND = 45, 3
TARGETS = ("postgresql, application", "postgresql, owner", "sqlite, keys on", "sqlite, keys off")
ALONE: Kind = {name: write for kind in HEADS_ALONE.values() for name, write in kind.items()}


class Target:
    """One database as one kind of connection sees it, and what it answered to every attack."""

    def __init__(self, name: str, url: str, arena: Arena, situation: Situation) -> None:
        self.name, self.url, self.arena, self.situation = name, url, arena, situation
        self.before = contents(arena.engine)
        self.refusals = {
            kind: {name: arena.refusal(write(situation)) for name, write in named.items()}
            for kind, named in attacks(arena.engine.dialect.name).items()
        }

    def accepted(self) -> set[str]:
        return {
            name for named in self.refusals.values() for name, guard in named.items() if not guard
        }


def contents(engine: Engine) -> str:
    """Every row of every table."""
    with engine.connect() as connection:
        return "\n".join(
            f"{table} {sorted(map(repr, connection.execute(select(table))))}"
            for table in CATALOG.tables
        )


@pytest.fixture(scope="module", params=TARGETS)
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Target]:
    database, _, who = str(request.param).partition(", ")
    if database == "sqlite":
        place: Place[Path] = request.getfixturevalue("situated_file")
        path = Path(shutil.copy(place.where, tmp_path_factory.mktemp("attacked")))
        yield Target(
            request.param,
            f"sqlite:///{path}",
            SqliteArena(path, keys=who == "keys on"),
            place.situation,
        )
        return
    kept: Place[PostgresServer] = request.getfixturevalue("situated_database")
    arena = PostgresArena(
        postgresql_engine(kept.where.owner_url if who == "owner" else kept.where.url)
    )
    yield Target(request.param, kept.where.url, arena, kept.situation)
    arena.engine.dispose()


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def inside(request: pytest.FixtureRequest) -> Generator[tuple[Inside, Situation]]:
    if request.param == "sqlite":
        place: Place[Path] = request.getfixturevalue("situated_file")
        found = inside_file(place.where, keys=True)
        yield found, place.situation
    else:
        kept: Place[PostgresServer] = request.getfixturevalue("situated_database")
        found = inside_database(kept.where.url)
        yield found, kept.situation
    found.close()


def test_every_legal_write_is_accepted(target: Target) -> None:
    assert {
        name: target.arena.refusal(write(target.situation)) for name, write in LEGAL.items()
    } == dict.fromkeys(LEGAL, "")


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_raw_write_leaves_nothing_to_find(
    name: str, inside: tuple[Inside, Situation]
) -> None:
    place, situation = inside

    assert place.findings(LEGAL[name](situation)) == []


def test_every_illegal_write_is_refused(target: Target) -> None:
    passing = ALONE if target.name == "sqlite, keys off" else ()

    assert target.accepted() == {*passing}


def test_every_illegal_step_of_tokens_is_refused_whatever_its_change_says(target: Target) -> None:
    refusals = {name: target.arena.refusal(write(target.situation)) for name, write in TOLD.items()}

    assert len(refusals) >= 100
    assert [name for name, guard in refusals.items() if not guard] == []


def test_the_refused_leave_nothing_behind(target: Target) -> None:
    store = open_store(target.url)

    assert contents(target.arena.engine) == target.before
    assert verify(store) == ()
    store.dispose()


def test_there_are_three_attacks_of_every_kind(target: Target) -> None:
    assert {
        kind for kind, named in target.refusals.items() if len(named) < FEWEST_OF_A_KIND
    } == set()


def test_the_attacks_are_distinct_because_different_guards_refuse_them(
    target: Target, tell: Callable[[str], None]
) -> None:
    """Prints kind, database and guard; see it with -n0 -s."""
    guards: dict[str, set[str]] = defaultdict(set)
    for kind, named in target.refusals.items():
        guards[kind].update(filter(None, named.values()))
        sys.stdout.write(f"{kind} | {target.name} | {', '.join(sorted(guards[kind]))}\n")
    distinct = {guard for found in guards.values() for guard in found}
    total = sum(map(len, target.refusals.values()))
    tell(
        f"guards on {target.name}: {total} illegal writes of {len(guards)} kinds,"
        f" {len(distinct)} guards refuse them"
    )

    assert len(distinct) >= FEWEST_GUARDS


@pytest.fixture(scope="module")
def without_keys(situated_file: Place[Path]) -> Generator[Inside]:
    found = inside_file(situated_file.where, keys=False)
    yield found
    found.close()


@pytest.mark.parametrize("name", ALONE)
def test_a_head_without_its_record_is_named_by_verify(
    name: str, situated_file: Place[Path], without_keys: Inside
) -> None:
    found = without_keys.findings(ALONE[name](situated_file.situation))

    assert {each.entity_id for each in found if each.table} & entities(situated_file.situation)


def entities(s: Situation) -> set[str]:
    c = s.captures
    of_captures = {c.artifact_id, c.part_id, c.empty_id, c.new.artifact["id"]}
    changes = (s.approve, s.create, s.revoke, s.grant, c.rename, c.seed, c.replace, c.choose)
    steps = (*s.minted.steps.values(), *s.minted.births.values())
    return (
        {each.entity_id for each in changes}
        | of_captures
        | {each.change.entity_id for each in steps}
    )


@pytest.mark.parametrize("name", LIES)
def test_a_well_formed_lie_is_accepted_and_named_by_verify(
    name: str, inside: tuple[Inside, Situation]
) -> None:
    place, situation = inside

    found = place.findings(LIES[name](situation))

    assert [each.table for each in found if each.entity_id]
