"""The database on the command line: its schema, and whether everything in it follows from its history."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indelible.kernel import SystemClock
from indelible_service.cli.output import REFUSED, Command, answer, answer_table, open_settings_store
from indelible_service.data_directory import atomic_file, translate_os_errors
from indelible_service.settings import load

EXPORT = click.Path(path_type=Path, dir_okay=False)


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command(cls=Command)
def upgrade() -> None:
    """Bring the database to the newest revision, as the schema's owner where INDELIBLE_OWNER_URL names one."""
    from indelible_service.database import upgrade as bring_up
    from indelible_sql.schema.migrate import newest

    bring_up(load())
    answer({"revision": newest()[0]}, f"The database is at revision {newest()[0]}.")


@db.command(cls=Command)
@click.argument("revision")
@click.option(
    "--after-export", type=EXPORT, help="An export of all that is dropped; it is verified first."
)
def downgrade(revision: str, after_export: Path | None) -> None:
    """Take the schema back to REVISION; `base` is before the first."""
    from alembic.util import CommandError

    from indelible_sql.engine.errors import translate_errors
    from indelible_sql.maintenance.export import exported_hashes
    from indelible_sql.schema import migrate

    settings, exported = load(), frozenset[str]()
    if after_export:
        with translate_os_errors(after_export), after_export.open("rb") as stream:
            exported = exported_hashes(stream)
    try:
        with open_settings_store() as store, translate_errors():
            migrate.downgrade(
                settings.owner_url or settings.url,
                settings.schema,
                revision,
                store.schema_catalog,
                exported=exported,
            )
    except CommandError as error:
        raise click.BadParameter("there is no such revision", param_hint="REVISION") from error
    answer({"revision": revision}, f"The database is at revision {revision}.")


@db.command("install-algorithm", cls=Command)
@click.argument("algorithm_id")
def install(algorithm_id: str) -> None:
    """Give PostgreSQL the function of a registered ALGORITHM_ID, as the schema's owner; SQLite needs none."""
    from indelible_sql import install_algorithm

    with open_settings_store() as store:
        name = install_algorithm(store, algorithm_id, load().owner_url)
    answer(
        {"function": name},
        f"The function is {name}." if name else "SQLite computes by the text itself.",
    )


@db.command(cls=Command)
@click.pass_context
def check(context: click.Context) -> None:
    """Compare tables, guards and edges with what the migrations make, and name each difference."""
    from indelible_sql.maintenance.snapshot_files import INSTALLED, differences

    with open_settings_store() as store, translate_os_errors(INSTALLED):
        told = [{"is": kind, "fact": fact} for fact, kind in differences(store).items()]
    answer_table(told, ("is", "fact"), f"Differences: {len(told)}")
    context.exit(REFUSED if told else 0)


@db.command(cls=Command)
@click.option(
    "--iteration",
    type=click.IntRange(1),
    required=True,
    help="The iteration that the first line names.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("packages/adapters/sql"),
    show_default=True,
)
def snapshot(iteration: int, into: Path) -> None:
    """Write down what the migrations make of an empty PostgreSQL and an empty SQLite."""
    from indelible_service.embedded import postgres
    from indelible_sql import open_store
    from indelible_sql.maintenance.snapshot_files import NAMES, snapshot_of

    written = {kind: into / name for kind, name in NAMES.items()}
    title = f"iteration {iteration}, {SystemClock().now():%Y-%m-%d}"
    with (
        TemporaryDirectory() as own,
        TemporaryDirectory() as other,
        postgres(Path(other), durable=False) as server,
    ):
        urls = {
            "postgresql": (server.url, server.owner_url),
            "sqlite": (f"sqlite:///{own}/new.db", None),
        }
        for kind, path in written.items():
            with atomic_file(path) as out:
                url, owner_url = urls[kind]
                store = open_store(url)
                out.write(snapshot_of(store, owner_url, title).encode())
                store.dispose()
    answer(list(map(str, written.values())), "\n".join(map(str, written.values())))


@db.command(cls=Command)
def index() -> None:
    """Give each large space of captures an index to be searched by, on PostgreSQL with pgvector 0.8.4 or newer."""
    import indelible_sql

    with open_settings_store() as store:
        done = indelible_sql.index_spaces(store, load().owner_url or None)
    answer(done, f"Spaces with an index: {len(done)}")


@click.command(cls=Command)
@click.pass_context
def verify(context: click.Context) -> None:
    """Read everything back, and say what does not follow."""
    import indelible_sql

    with open_settings_store() as store:
        findings = indelible_sql.verify(store)
    answer_table(
        findings, ("fault", "table", "entity_id", "seq", "detail"), f"Findings: {len(findings)}"
    )
    context.exit(REFUSED if findings else 0)


@click.command(cls=Command)
def rebuild() -> None:
    """Make every head again from its history."""
    import indelible_sql

    with open_settings_store() as store:
        done = indelible_sql.rebuild(store, load().owner_url or None)
    answer_table(done, ("table", "rows", "changed"), "Heads")
