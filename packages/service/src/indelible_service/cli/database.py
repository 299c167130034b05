"""The database on the command line: its schema, and whether everything in it follows from its history."""

from pathlib import Path

import click

from indelible_service.cli.answers import REFUSED, Command, answer, answer_table
from indelible_service.local import readable
from indelible_service.settings import load


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command(cls=Command)
def upgrade() -> None:
    """Bring the database to the newest revision, as the schema's owner where INDELIBLE_OWNER_URL names one."""
    from indelible_service.database import upgrade as bring_up
    from indelible_sql.migrate import newest

    bring_up(load())
    revision, _ = newest()
    answer({"revision": revision}, f"The database is at revision {revision}.")


@db.command(cls=Command)
@click.argument("revision")
@click.option(
    "--after-export",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An export of every change that the downgrade would drop; it is verified first.",
)
def downgrade(revision: str, after_export: Path | None) -> None:
    """Take the schema back to REVISION; `base` is before the first."""
    from alembic.util import CommandError

    from indelible_service.database import opened
    from indelible_service.transfer import exported_hashes
    from indelible_sql import migrate
    from indelible_sql.faults import translated

    settings, hashes = load(), frozenset[str]()
    if after_export:
        with readable(after_export) as stream:
            hashes = exported_hashes(stream)
    try:
        with opened(settings), translated():
            migrate.downgrade(settings.owner_url or settings.url, settings.schema, revision, exported=hashes)
    except CommandError as error:
        raise click.BadParameter("there is no such revision", param_hint="REVISION") from error
    answer({"revision": revision}, f"The database is at revision {revision}.")


@db.command(cls=Command)
@click.pass_context
def check(context: click.Context) -> None:
    """Compare tables, guards and edges with what the migrations make, and name each difference."""
    from indelible_service.database import opened
    from indelible_service.schema_files import expected_facts, found_facts

    with opened(load()) as store:
        found = set(found_facts(store))
        expected = set(expected_facts(store.engines.reader.dialect.name))
    differing = sorted(found ^ expected)
    rows = [("missing" if fact in expected else "unexpected", fact) for fact in differing]
    told = [{"is": kind, "fact": fact} for kind, fact in rows]
    answer_table(told, ("is", "fact"), rows, title=f"Differences: {len(rows)}, among {len(expected)} facts")
    context.exit(REFUSED if rows else 0)


@db.command(cls=Command)
@click.option("--iteration", type=click.IntRange(1), required=True, help="The iteration that the first line names.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("packages/adapters/sql"),
    show_default=True,
)
def snapshot(iteration: int, into: Path) -> None:
    """Write down what the migrations make of an empty PostgreSQL and an empty SQLite."""
    from indelible.kernel import SystemClock
    from indelible_service.schema_files import write_snapshots

    written = write_snapshots(into, iteration=iteration, clock=SystemClock())
    answer([str(path) for path in written], "\n".join(map(str, written)))


@click.command(cls=Command)
@click.pass_context
def verify(context: click.Context) -> None:
    """Read everything back, and say what does not follow."""
    import indelible_sql
    from indelible_service.database import opened

    with opened(load()) as store:
        findings = indelible_sql.verify(store)
    columns = ("fault", "table", "entity_id", "seq", "detail")
    rows = [[getattr(each, name) for name in columns] for each in findings]
    answer_table(findings, columns, rows, title=f"Findings: {len(findings)}")
    context.exit(REFUSED if findings else 0)


@click.command(cls=Command)
def rebuild() -> None:
    """Make every head again from its history."""
    import indelible_sql
    from indelible_service.database import opened

    settings = load()
    with opened(settings) as store:
        done = indelible_sql.rebuild(store, settings.owner_url or None)
    columns = ("table", "rows", "changed")
    rows = [(each.table, each.rows, ", ".join(each.changed) or "none") for each in done]
    answer_table(done, columns, rows, title="Heads")
