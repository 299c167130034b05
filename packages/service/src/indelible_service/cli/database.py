"""Upgrade, check, verify and rebuild the database."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final

import click
from attrs import asdict, frozen

from indelible.kernel import Actor, Conflict, NotFound, SystemClock
from indelible.kernel.seals import SealReference
from indelible_service.cli.output import (
    MODULE_OPTION,
    REFUSED,
    Command,
    open_settings_store,
    print_result,
    print_results,
)
from indelible_service.cli.progress import shown_progress
from indelible_service.cli.standby import STANDBY_OPTION, reading_standby
from indelible_service.cli.workers import DASK_OPTION, JOBS_OPTION
from indelible_service.files.access import atomic_file, translate_os_errors
from indelible_service.independent_work import Workers

EXPORT_FILE: Final = click.Path(path_type=Path, dir_okay=False)
BY_OPTION: Final = click.option(
    "--by", default="system:cli", show_default=True, help="The actor in the history of settings."
)
REASON_OPTION: Final = click.option(
    "--reason", required=True, help="The reason in the history of settings."
)
FOLDER: Final = click.Path(path_type=Path, file_okay=False, exists=True)
NOT_CHECKED_OF_LATER: Final = (
    "The schema is at the additive revision {revision} of the next release, whose own tables are "
    "not checked."
)
FINDING_COLUMNS: Final = ("fault", "table", "entity_id", "seq", "detail")


@frozen
class NothingToSeal(NotFound):
    """The history has no finished change, and there is no seal."""

    message: ClassVar[str] = "There is no change to seal."


@frozen
class LifecycleNotChecked(Conflict):
    """The database has a host's lifecycles that the command does not know."""

    message: ClassVar[str] = (
        "The tables of the lifecycles {lifecycles} were not rebuilt: their context is unknown."
    )
    lifecycles: str


@click.group()
def db() -> None:
    """Manage the database's schema."""


@db.command(cls=Command)
@click.option(
    "--history-partitions",
    type=int,
    metavar="NUMBER",
    help="Create a new store on PostgreSQL with its history in NUMBER hash partitions, 2 to 16.",
)
def upgrade(history_partitions: int | None) -> None:
    """Upgrade the schema to the newest revision, as the owner in INDELIBLE_OWNER_URL if set."""
    from indelible_service import database
    from indelible_service.instance.record import command_settings

    revision = database.upgrade(command_settings(), history_partitions=history_partitions)
    print_result({"revision": revision}, f"The database is at revision {revision}.")


@db.command(cls=Command)
@click.argument("revision")
@click.option(
    "--after-export",
    type=EXPORT_FILE,
    help="An export of all records that would be dropped; it is verified first.",
)
def downgrade(revision: str, after_export: Path | None) -> None:
    """Downgrade the schema to REVISION; `base` is the empty schema."""
    from alembic.util import CommandError

    from indelible_service.instance.record import command_settings
    from indelible_sql.engine.errors import translate_errors
    from indelible_sql.maintenance.export import exported_hashes
    from indelible_sql.schema import migrate
    from indelible_sql.store.owners import owner_address

    settings = command_settings()
    exported = frozenset[str]()
    try:
        with open_settings_store() as store, translate_errors():
            url = owner_address(store, settings.owner_url)
            if after_export:
                with translate_os_errors(after_export), after_export.open("rb") as stream:
                    exported = exported_hashes(stream, store.catalog)
            migrate.downgrade(
                url, settings.schema, revision, store.schema_catalog, exported=exported
            )
    except CommandError as error:
        raise click.BadParameter("no such revision", param_hint="REVISION") from error

    print_result({"revision": revision}, f"The database is at revision {revision}.")


@db.command("install-algorithm", cls=Command)
@click.argument("algorithm_id")
def install(algorithm_id: str) -> None:
    """Create the function of a registered ALGORITHM_ID on PostgreSQL; SQLite needs none."""
    from indelible_service.instance.record import command_settings
    from indelible_sql import install_algorithm

    with open_settings_store() as store:
        name = install_algorithm(store, algorithm_id, command_settings().owner_url)

    text = f"The function is {name}." if name else "SQLite needs no function."
    print_result({"function": name}, text)


@db.command(cls=Command)
@click.option(
    "--against",
    type=EXPORT_FILE,
    metavar="FILE",
    help="The snapshot file of a release, such as that of the release to go back to.",
)
@MODULE_OPTION
@click.pass_context
def check(context: click.Context, against: Path | None, modules: tuple[str, ...]) -> None:
    """Compare tables, guards and edges with what is declared, and list each difference.

    With `--against` with a snapshot file in place of the declarations; the database may be at any
    revision. The tables of your own contexts are in no snapshot. On PostgreSQL the owner loads the
    file into a schema of its own, and rolls that back.
    """
    if against is not None:
        if modules:
            raise click.UsageError("--module cannot be used with --against.")
        context.exit(REFUSED if _print_differences_from(against) else 0)

    from indelible_service.hosts.modules import with_host_contexts
    from indelible_service.instance.record import command_settings
    from indelible_sql.maintenance.snapshot_files import differences, later_revision
    from indelible_sql.schema.installed_files import INSTALLED

    owner_url = command_settings().owner_url
    with open_settings_store() as settings_store, translate_os_errors(INSTALLED):
        store = with_host_contexts(settings_store, modules)
        kinds = differences(store, owner_url)
        documents = [{"is": kind, "fact": fact} for fact, kind in kinds.items()]
        later = later_revision(store)

    title = f"Differences: {len(documents)}"
    if later:
        title = f"{title}. {NOT_CHECKED_OF_LATER.format(revision=later)}"
    print_results(documents, ("is", "fact"), title)
    context.exit(REFUSED if documents else 0)


def _print_differences_from(file: Path) -> bool:
    """Print each difference between the database and a snapshot file; return False for none."""
    from indelible_service.instance.record import command_settings
    from indelible_sql.maintenance.release_snapshots import differences_from

    owner_url = command_settings().owner_url
    with open_settings_store() as store, translate_os_errors(file):
        differences = differences_from(store, file, owner_url)

    documents: list[dict[str, object]] = []
    for difference in differences:
        documents.append(
            {
                "is": difference.difference,
                **asdict(difference.schema_object),
                "expected": difference.expected,
                "actual": difference.actual,
            }
        )
    title = f"Differences from the file: {len(documents)}"
    print_results(documents, ("is", "kind", "name"), title)
    return bool(documents)


@db.command(cls=Command)
@click.option(
    "--iteration",
    type=click.IntRange(1),
    required=True,
    help="The iteration in the first line of each file.",
)
@click.option(
    "--into",
    type=FOLDER,
    default=Path("packages/adapters/sql"),
    show_default=True,
    help="The folder for the files.",
)
def snapshot(iteration: int, into: Path) -> None:
    """Write the generated files of the schema: a snapshot for each database, and its digests.

    Run it in a checkout after each change of a declaration.
    """
    from indelible_service.embedded import postgres
    from indelible_sql.contexts import CATALOG
    from indelible_sql.maintenance.snapshot_files import generated_files

    title = f"iteration {iteration}, {SystemClock().now():%Y-%m-%d}"
    with (
        TemporaryDirectory() as sqlite_folder,
        TemporaryDirectory() as server_folder,
        postgres(Path(server_folder), durable=False) as server,
    ):
        owner_urls = {
            "postgresql": server.owner_url,
            "sqlite": f"sqlite:///{sqlite_folder}/new.db",
        }
        texts = generated_files(CATALOG, title, owner_urls)

    for name, content in texts.items():
        with atomic_file(into / name) as out:
            out.write(content.encode())
    names = [str(into / name) for name in texts]
    print_result(names, "\n".join(names))


@db.command(cls=Command)
def index() -> None:
    """Create search indexes for large spaces, on PostgreSQL with pgvector 0.8.4 or newer."""
    import indelible_sql
    from indelible_service.instance.record import command_settings

    with open_settings_store() as store:
        spaces = indelible_sql.index_spaces(store, command_settings().owner_url or None)

    print_result(spaces, f"Spaces with an index: {len(spaces)}")


@db.command(cls=Command)
@BY_OPTION
@REASON_OPTION
def prune(by: str, reason: str) -> None:
    """Delete tasks, attempts and rejections of webhooks that are older than their retention.

    The retentions are those of the settings, and are stored first. Without any nothing is deleted.
    The command may be stopped and repeated.
    """
    from indelible_service.instance.record import command_settings
    from indelible_service.stages import pruning

    days = pruning.retention_days(command_settings())
    with open_settings_store() as store:
        numbers = pruning.prune(store, days, actor=Actor.parse(by), reason=reason)

    documents = [{"table": table, "deleted": number} for table, number in numbers.items()]
    print_results(documents, ("table", "deleted"), f"Deleted rows: {sum(numbers.values())}")


@click.command(cls=Command)
@click.option(
    "--against",
    metavar="SEAL",
    help="A seal that `indelible seal` printed: nothing before it may be missing or changed.",
)
@JOBS_OPTION
@DASK_OPTION
@STANDBY_OPTION
@MODULE_OPTION
@click.pass_context
def verify(
    context: click.Context,
    against: str | None,
    jobs: int,
    address: str | None,
    modules: tuple[str, ...],
    *,
    reads_standby: bool,
) -> None:
    """Read all records and list each one that contradicts its history.

    With `--jobs` or `--dask` the rows are read in parts. Each worker opens the database that its
    own settings name, and is refused if it is another one. With `--standby` pages of the standby
    are checked: damage of a page of the primary is not replicated to it.
    """
    import indelible_sql
    from indelible_service.hosts.modules import with_host_contexts
    from indelible_service.split_checks import verify_with

    reference = None if against is None else SealReference.parse(against)
    workers = Workers(jobs=jobs, address=address)
    if reads_standby and not workers.is_this_process:
        # They share a snapshot of the primary, and a server in recovery exports none.
        raise click.UsageError("--standby cannot be used with --jobs or --dask.")

    with open_settings_store() as settings_store, shown_progress("verify") as progress:
        store = with_host_contexts(settings_store, modules)
        if workers.is_this_process:
            with reading_standby(store, reads_standby=reads_standby):
                findings = indelible_sql.verify(store, against=reference, progress=progress)
        else:
            findings = verify_with(workers, store, modules, against=reference, progress=progress)

    print_results(findings, FINDING_COLUMNS, f"Findings: {len(findings)}")
    context.exit(REFUSED if findings else 0)


@click.command(cls=Command)
@click.option(
    "--by",
    default="system:cli",
    show_default=True,
    help="The sealing actor: user:<id> or system:<name>.",
)
def seal(by: str) -> None:
    """Seal the history up to now, and print the newest seal to note it outside of the database.

    `indelible verify --against SEAL` then proves that nothing before the seal is missing or
    changed.
    """
    import indelible_sql

    with open_settings_store() as store:
        newest = indelible_sql.seal(store, actor=Actor.parse(by), reason="sealed by hand")
    if newest is None:
        raise NothingToSeal

    document = {
        "seal": str(newest.reference),
        "number": newest.number,
        "hash": newest.hash,
        "ends_at": newest.ends_at,
        "at": newest.at,
    }
    print_result(document, str(newest.reference))


@click.command(cls=Command)
@MODULE_OPTION
def rebuild(modules: tuple[str, ...]) -> None:
    """Rebuild every head from its history."""
    import indelible_sql
    from indelible_service.hosts.modules import with_host_contexts
    from indelible_service.instance.record import command_settings

    owner_url = command_settings().owner_url or None
    with open_settings_store() as settings_store, shown_progress("rebuild") as progress:
        store = with_host_contexts(settings_store, modules)
        tables = indelible_sql.rebuild(store, owner_url, progress=progress)
        unchecked = indelible_sql.unchecked_lifecycles(store)

    print_results(tables, ("table", "rows", "changed"), "Rebuilt heads")
    if unchecked:
        raise LifecycleNotChecked(", ".join(unchecked))
