"""`python -m tests.guards.table` measures every guard and writes `measured.md`."""

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.guards.attack_parts import Kind
from tests.guards.attacks import all_attacks, attacks
from tests.guards.attacks_on_records import LIES
from tests.guards.mutations import UNREACHED, DatabaseReport, Refusal, Report, measure
from tests.guards.page_rows import DOCUMENT, HEADINGS
from tests.guards.page_texts import (
    DETECTED,
    FOREIGN_KEYS_OFF,
    GUARDS,
    INTRODUCTION,
    KINDS,
    PRIVILEGES,
    REPLICA_MODE,
    UNREACHED_GUARDS,
)
from tests.guards.situated import settle_database, settle_file

from indelible_service.embedded import postgres
from indelible_sql import open_store

MEASURING = "tests.guards.mutations"  # the logger of the progress
MAX_NAMED_GUARDS = 6  # of a kind of attack
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory


def main() -> None:
    """Measure every guard on new databases, with lines about the progress, and write the file."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger(MEASURING).setLevel(logging.INFO)
    parent = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with (
        TemporaryDirectory(dir=parent) as directory,
        TemporaryDirectory(dir=parent) as cluster,
        postgres(Path(cluster), durable=False) as server,
    ):
        file = Path(directory, "guards.db")
        for url, owner_url in ((f"sqlite:///{file}", None), (server.url, server.owner_url)):
            store = open_store(url)
            store.upgrade(owner_url)
            store.dispose()

        every = {dialect: all_attacks(dialect) for dialect in ("postgresql", "sqlite")}
        report = measure(settle_file(file), settle_database(server), every)
        DOCUMENT.write_text(render(report), encoding="utf-8")


def render(report: Report) -> str:
    """Return the page."""
    parts = (
        INTRODUCTION,
        KINDS,
        kinds_table(report),
        FOREIGN_KEYS_OFF,
        findings_table(report.foreign_keys_off),
        GUARDS,
        HEADINGS["postgresql"],
        _guards_table(report.databases["postgresql"]),
        PRIVILEGES,
        privileges_table(report.privileges),
        HEADINGS["sqlite"],
        _guards_table(report.databases["sqlite"]),
        UNREACHED_GUARDS,
        _unreached_table(),
        REPLICA_MODE,
        findings_table(report.replica_mode),
        DETECTED,
        "\n".join(f"- {name}" for name in LIES),
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    rule = tuple("---" for _ in heading)
    return "\n".join(_line(cells) for cells in (heading, rule, *rows))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def kinds_table(report: Report) -> str:
    on_postgresql = attacks("postgresql")
    on_sqlite = attacks("sqlite")
    rows: list[tuple[str, ...]] = []
    for kind in sorted({*on_postgresql, *on_sqlite}):
        postgresql_attacks = on_postgresql.get(kind, {})
        sqlite_attacks = on_sqlite.get(kind, {})
        names = {*postgresql_attacks, *sqlite_attacks}
        rows.append(
            (
                kind,
                str(len(names)),
                _refusing_guards(report.databases["postgresql"], postgresql_attacks),
                _refusing_guards(report.databases["sqlite"], sqlite_attacks),
            )
        )
    heading = ("kind", "writes", "refused on PostgreSQL by", "refused on SQLite by")
    return _table(heading, rows)


def _refusing_guards(database: DatabaseReport, kind: Kind) -> str:
    """Return the names of the guards that refuse a kind of attack, or their number."""
    guards = {database.first_guards[name] for name in kind}
    guards.discard("")
    if len(guards) > MAX_NAMED_GUARDS:
        return f"{len(guards)} guards"

    return _names(sorted(guards))


def findings_table(findings: Mapping[str, str]) -> str:
    return _table(("write", "what `verify` finds"), findings.items())


def _guards_table(database: DatabaseReport) -> str:
    """Return the table of one database; on SQLite, with a column for foreign keys off."""
    heading = ["guard", "an attack that it refuses", "refused before it by", "without it"]
    if database.without_foreign_keys:
        heading.append("without it, keys off")

    return _table(tuple(heading), _guard_cells(database))


def guard_rows(database: DatabaseReport) -> dict[str, str]:
    """Map each guard to its row in the table of one database."""
    lines = (_line(cells) for cells in _guard_cells(database))
    return dict(zip(database.refusals, lines, strict=True))


def _guard_cells(database: DatabaseReport) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for guard, refusal in database.refusals.items():
        cells = [
            f"`{guard}`",
            refusal.attack,
            _names(refusal.before),
            _outcome(refusal.without),
        ]
        if database.without_foreign_keys:
            cells.append(_outcome(database.without_foreign_keys[guard]))
        rows.append(tuple(cells))
    return rows


def privileges_table(privileges: Mapping[str, Refusal]) -> str:
    rows = [
        (name, refusal.attack, _outcome(refusal.without)) for name, refusal in privileges.items()
    ]
    heading = ("privilege", "an attack that its absence refuses", "when it is granted")
    return _table(heading, rows)


def _unreached_table() -> str:
    rows: list[tuple[str, ...]] = []
    for dialect, guards in UNREACHED.items():
        for guard, reason in guards.items():
            rows.append((f"`{guard}`", dialect, reason))
    return _table(("guard", "on", "why"), rows)


def _outcome(guard: str) -> str:
    return f"refused by `{guard}`" if guard else "**accepted**"


def _names(guards: Iterable[str]) -> str:
    return ", ".join(f"`{guard}`" for guard in guards)


if __name__ == "__main__":
    main()
