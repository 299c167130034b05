"""Both databases refuse illegal writes past the library, or verify names what they wrote."""

import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from attrs import define, field
from sqlalchemy import Table, select
from tests.conftest import POLICY
from tests.guards.accepted import JUDGED_BY_VERIFY, OPERATIONAL
from tests.guards.cases import recorded_tapes
from tests.guards.forgeries import (
    KINDS,
    LEFT_OUT,
    MALFORMED_VALUE,
    OTHER_VALUE,
    REPLACED,
    REWRITTEN,
    TRUE_CHANGE,
    UNDECLARED,
    attacks_on,
    replacements,
    rewrites,
)
from tests.guards.raw import Raw, RawDatabase, RawFile, Statement
from tests.guards.tapes import DELETE, INSERT, Row, Tape, Write, key_names
from tests.guards.test_one_snapshot import next_seal_row

from indelible_service.embedded import APP, PostgresServer
from indelible_sql import open_store
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.seal_tables import SEALS
from indelible_sql.kernel.task_tables import TASKS

pytestmark = pytest.mark.slow

MIN_ATTACKS: Final = 15_000
MIN_MALFORMED: Final = 500
ACCEPTED: Final = {**JUDGED_BY_VERIFY, **OPERATIONAL}
# A transaction may be without these records; `verify` names it if another row refers to one.
MAY_BE_LEFT_OUT: Final = {
    "receipts",
    "refund_attempts",
    "rejections",
    "stripe_event_attempts",
    "task_attempts",
    "transfer_attempts",
    "webhook_rejections",
    *OPERATIONAL,
}
# A program may change or delete these rows outside a transaction of the library.
MAY_BE_REWRITTEN: Final = {"webhook_rejections", *OPERATIONAL}
SEALED_BY_HASH: Final = {
    f"seals.{name}"
    for name in ["actor", "changes", "feed_digest", "hash", "reason", "records", "records_digest"]
}
# The unique index of running reconciliations does not concern one that has ended.
MAY_BE_REPLACED: Final = {"reconciliations_one_running"}


@define
class Battle:
    """The attacks on one database, each tried once: by what it changes and in which step."""

    raw: Raw
    kinds: frozenset[str] = KINDS
    tried: set[tuple[str, str]] = field(factory=set[tuple[str, str]])
    guards: set[str] = field(factory=set[str])
    accepted: dict[str, set[str]] = field(factory=lambda: defaultdict[str, set[str]](set))
    # Whether `verify` finds something after the first accepted attack on each table.
    verified: dict[tuple[str, str], bool] = field(factory=dict[tuple[str, str], bool])

    def play(self, tape: Tape) -> None:
        """Write a tape, and attack each of its writes before it."""
        rows: dict[Table, dict[object, Row]] = defaultdict(dict)
        for transaction in tape:
            for number, write in enumerate(transaction):
                stored = [*rows[write.table].values()]
                attacks = (
                    *attacks_on(write, transaction, self.raw),
                    *replacements(write, stored, self.raw),
                )
                for attack in attacks:
                    if self._is_new(attack.kind, attack.name):
                        statements = attack.statements(self.raw, transaction[number:])
                        self._attack(attack.kind, attack.name, statements)
                self.raw.run(self.raw.statement(write))
                key = tuple(write.row[name] for name in key_names(write.table))
                rows[write.table][key] = write.row
                if write.event == DELETE:
                    del rows[write.table][key]
            assert self.raw.broken_key() == ""

        for table, stored_rows in rows.items():
            for row in [*stored_rows.values()][:1]:
                for name, statement in rewrites(table, row, self.raw):
                    if self._is_new(REWRITTEN, name):
                        self._attack(REWRITTEN, name, [statement])

    def _is_new(self, kind: str, name: str) -> bool:
        is_new = kind in self.kinds and (kind, name) not in self.tried
        self.tried.add((kind, name))
        return is_new

    def _attack(self, kind: str, name: str, statements: Sequence[Statement]) -> None:
        """Attack, and let verify judge the first attack on a table that is accepted."""
        subject = re.split(r"[ ,]", name)[0]
        table = subject.partition(".")[0]
        is_first = (kind, table) not in self.verified
        guard, findings = self.raw.outcome(statements, verified=is_first)
        if guard:
            self.guards.add(guard)
            return
        self.accepted[kind].add(subject)
        if is_first:
            self.verified[kind, table] = bool(findings)


@pytest.fixture(params=["sqlite", "postgresql"])
def raw(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Raw]:
    """Connect as a program does that has the address of the application."""
    opened: Raw
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("template_file")
        opened = RawFile(Path(shutil.copy(template, tmp_path / "attacked.db")))
    else:
        database: PostgresServer = request.getfixturevalue("database")
        opened = RawDatabase(database.url)
        assert opened.execute("SELECT current_user").scalar_one() == APP
    yield opened
    opened.close()


def test_every_illegal_write_is_refused(raw: Raw, add_summary_line: Callable[[str], None]) -> None:
    battle = Battle(raw)
    for tape in recorded_tapes().values():
        raw.begin()
        battle.play(tape)

    accepted = {f"{table}.{name}" for table, names in ACCEPTED.items() for name in names.split()}
    tried, guards = len(battle.tried), len(battle.guards)
    add_summary_line(f"{raw.dialect}: {tried} illegal writes, {guards} guards refuse them")
    assert battle.accepted.pop(OTHER_VALUE) | battle.accepted.pop(TRUE_CHANGE) == accepted
    assert battle.accepted.pop(LEFT_OUT) <= MAY_BE_LEFT_OUT
    assert battle.accepted.pop(REPLACED, set()) <= MAY_BE_REPLACED
    rewritten = {name.partition(".")[0] for name in battle.accepted.pop(REWRITTEN)}
    assert rewritten <= MAY_BE_REWRITTEN
    assert battle.accepted == {}
    assert {
        table
        for kind, table in battle.verified
        if kind == OTHER_VALUE and battle.verified[kind, table]
    } >= JUDGED_BY_VERIFY.keys()
    assert len(battle.tried) >= MIN_ATTACKS


def test_columns_refuse_malformed_values_without_triggers(
    template_file: Path, tmp_path: Path
) -> None:
    """SQLite asks triggers first, so that they hide what the rules of columns refuse."""
    path = Path(shutil.copy(template_file, tmp_path / "bare.db"))
    with closing(sqlite3.connect(path)) as connection:
        for guard in CATALOG.guards("sqlite"):
            connection.execute(f"DROP TRIGGER {guard.name}")
    raw = RawFile(path, foreign_keys=False)
    battle = Battle(raw, frozenset({MALFORMED_VALUE}))
    for tape in recorded_tapes().values():
        raw.begin()
        battle.play(tape)
    raw.close()

    assert battle.accepted == {}
    assert len(battle.tried) >= MIN_MALFORMED


def test_without_foreign_keys_triggers_refuse_what_keys_refuse(
    template_file: Path, tmp_path: Path
) -> None:
    """Any program that opens a SQLite file has no foreign keys unless it asks for them."""
    raw = RawFile(Path(shutil.copy(template_file, tmp_path / "open.db")), foreign_keys=False)
    battle = Battle(raw, frozenset({LEFT_OUT, UNDECLARED, REWRITTEN}))
    for tape in recorded_tapes().values():
        raw.begin()
        battle.play(tape)
    raw.close()

    unnoticed = {table for (_, table), is_found in battle.verified.items() if not is_found}
    assert UNDECLARED not in battle.accepted
    assert unnoticed <= MAY_BE_LEFT_OUT
    assert {name.partition(".")[0] for name in battle.accepted[REWRITTEN]} <= MAY_BE_REWRITTEN


def test_no_update_happens_within_an_update(populated_file: Path, tmp_path: Path) -> None:
    """A TEMP trigger of a program may write to the row that the program updates."""
    raw = RawFile(Path(shutil.copy(populated_file, tmp_path / "nested.db")), foreign_keys=False)
    accepted: list[str] = []
    alone: list[str] = []
    for table in (*CATALOG.heads, *(derived.table for derived in CATALOG.derived_heads), TASKS):
        counter = "fence" if table is TASKS else "seq"
        same_row = " AND ".join(f"{name} = NEW.{name}" for name in key_names(table))
        count = f"UPDATE {table.name} SET {counter} = {counter} + 1"
        if "updated_at" in table.c:
            count += ", updated_at = '{}-01-01T00:00:00.000000+00:00'"
        trigger = f"CREATE TEMP TRIGGER nested BEFORE UPDATE ON main.{table.name}"
        nested = f"{trigger} BEGIN {count.format(2997)} WHERE {same_row}; END"
        outer = count.format(2998)
        if raw.refusing_guard((outer, ())) == "":
            alone.append(table.name)
        if raw.refusing_guard((nested, ()), (outer, ())) == "":
            accepted.append(table.name)
    raw.close()

    assert accepted == []
    assert "concepts" in alone, alone  # only what is nested is refused there


def test_the_owner_of_the_tables_meets_the_triggers(populated_database: PostgresServer) -> None:
    raw = RawDatabase(populated_database.owner_url)
    accepted: set[str] = set()
    empty: set[str] = set()
    for table in CATALOG.tables:
        row = raw.connection.execute(select(table).limit(1)).mappings().first()
        if row is None:
            empty.add(table.name)
            continue
        for _, statement in rewrites(table, dict(row), raw):
            if raw.refusing_guard(statement) == "":
                accepted.add(table.name)
    raw.close()

    assert accepted <= MAY_BE_REWRITTEN
    assert empty <= {"pruned_stages"}


def test_a_forged_seal_is_refused(populated_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(populated_file, tmp_path / "seals.db"))
    store = open_store(f"sqlite:///{path}", policy=POLICY)
    row = store.read(next_seal_row)
    store.dispose()
    raw = RawFile(path)
    battle = Battle(raw)
    battle.play([[Write(SEALS, INSERT, row)]])
    raw.close()

    assert battle.accepted.keys() == {OTHER_VALUE, LEFT_OUT}
    assert battle.accepted[OTHER_VALUE] == SEALED_BY_HASH
