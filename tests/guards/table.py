"""`python -m tests.guards.table` measures every guard and writes docs/reference/guards.md."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.guards.attacks import attacks
from tests.guards.attacks_on_records import LIES
from tests.guards.mutations import UNREACHED, Held, Holding, Report, measured
from tests.guards.places import settled_database, settled_file
from tests.guards.prose import (
    ALONE,
    BEGINNING,
    DATABASE_ALONE,
    GUARDS,
    KINDS,
    LIED,
    PRIVILEGES,
    REPLICA,
    UNSEEN,
)

from indelible_service.embedded import postgres
from indelible_sql import open_store

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "guards.md"
MEASURING = "tests.guards.mutations"  # the logger of the progress
MOST_NAMED = 6
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108


def main() -> None:
    """Measure every guard, with lines about the progress, and write the document."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger(MEASURING).setLevel(logging.INFO)
    place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    with (
        TemporaryDirectory(dir=place) as directory,
        TemporaryDirectory(dir=place) as cluster,
        postgres(Path(cluster), durable=False) as server,
    ):
        file = Path(directory, "guards.db")
        for url, owner_url in ((f"sqlite:///{file}", None), (server.url, server.owner_url)):
            store = open_store(url)
            store.upgrade(owner_url)
            store.dispose()
        DOCUMENT.write_text(
            render(measured(settled_file(file), settled_database(server))), encoding="utf-8"
        )


def render(report: Report) -> str:
    """The whole document."""
    postgresql, sqlite = report.holdings["postgresql"], report.holdings["sqlite"]
    parts = (
        BEGINNING,
        KINDS,
        _table(
            ("kind", "writes", "refused on PostgreSQL by", "refused on SQLite by"), _kinds(report)
        ),
        ALONE,
        _table(("write", "what `verify` finds"), report.alone.items()),
        GUARDS,
        "### On PostgreSQL",
        _table(
            ("guard", "an attack that it refuses", "refused before it by", "without it"),
            _rows(postgresql),
        ),
        PRIVILEGES,
        _table(
            ("privilege", "an attack that its absence refuses", "when it is granted"),
            _granted(report.privileges),
        ),
        "### On SQLite",
        _table(
            (
                "guard",
                "an attack that it refuses",
                "refused before it by",
                "without it",
                "without it, keys off",
            ),
            _rows(sqlite),
        ),
        UNSEEN,
        _table(("guard", "on", "why"), _unreached()),
        REPLICA,
        _table(("write", "what `verify` finds"), report.replica.items()),
        LIED,
        "\n".join(f"- {name}" for name in LIES),
        DATABASE_ALONE,
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _kinds(report: Report) -> Iterator[tuple[str, ...]]:
    postgresql, sqlite = attacks("postgresql"), attacks("sqlite")
    for kind in sorted({*postgresql, *sqlite}):
        named = {**postgresql.get(kind, {}), **sqlite.get(kind, {})}
        yield (
            kind,
            str(len(named)),
            *(
                _refusing(report.holdings[dialect], own.get(kind, {}))
                for dialect, own in (("postgresql", postgresql), ("sqlite", sqlite))
            ),
        )


def _refusing(holding: Holding, named: Mapping[str, object]) -> str:
    guards = sorted({holding.first[name] for name in named} - {""})
    return f"{len(guards)} guards" if len(guards) > MOST_NAMED else _names(guards)


def _rows(holding: Holding) -> Iterator[tuple[str, ...]]:
    for guard, held in holding.held.items():
        off = (_outcome(holding.unkeyed[guard]),) if holding.unkeyed else ()
        yield f"`{guard}`", held.attack, _names(held.before), _outcome(held.without), *off


def _granted(privileges: Mapping[str, Held]) -> Iterator[tuple[str, ...]]:
    for name, held in privileges.items():
        yield name, held.attack, _outcome(held.without)


def _unreached() -> Iterator[tuple[str, ...]]:
    for dialect, guards in UNREACHED.items():
        for guard, why in guards.items():
            yield f"`{guard}`", dialect, why


def _outcome(guard: str) -> str:
    return f"refused by `{guard}`" if guard else "**accepted**"


def _names(guards: Iterable[str]) -> str:
    return ", ".join(f"`{guard}`" for guard in guards)


if __name__ == "__main__":
    main()
