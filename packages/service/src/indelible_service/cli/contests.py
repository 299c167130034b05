"""Check configurations, replay logs and compute settlements."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import asdict

from indelible_service.cli.output import (
    REFUSED,
    Command,
    open_settings_store,
    print_result,
    print_table,
    wants_json,
)
from indelible_service.cli.progress import shown_progress
from indelible_service.cli.workers import DASK_OPTION, JOBS_OPTION
from indelible_service.independent_work import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indelible.contests.rules.configuration.faults import ConfigurationFault
    from indelible.contests.rules.configuration.values import Configuration
    from indelible.contests.tasks.dry_runs import DryRunComparison
    from indelible.contests.tasks.replays import LogReplay

FILE: Final = click.Path(path_type=Path, dir_okay=False)
REPLAY_COLUMNS: Final = ("contest", "problem")
FAULT_COLUMNS: Final = ("path", "code", "expected", "actual")
RESULT_COLUMNS: Final = ("rank", "entry", "score", "payout")
DIFFERENCE_COLUMNS: Final = (
    "entry",
    "rank",
    "other rank",
    "score",
    "other score",
    "payout",
    "other payout",
)


@click.group()
def contests() -> None:
    """Check, replay and settle contests."""


@contests.command(cls=Command)
@click.argument("file", type=FILE)
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    """List all faults of the configuration in FILE, or print its digest.

    FILE is JSON, or standard input where it is `-`. No database is needed. Exits with 1 if the
    configuration has a fault.
    """
    from indelible.contests.rules.configuration.faults import ConfigurationInvalid
    from indelible_service.files.configurations import read_configuration

    try:
        configuration = read_configuration(file)
    except ConfigurationInvalid as error:
        _print_faults(error.faults)
        context.exit(REFUSED)

    result: dict[str, object] = {
        "valid": True,
        "digest": configuration.digest,
        "faults": [],
    }
    print_result(result, f"The configuration is valid. Digest: {configuration.digest}")


def _print_faults(faults: "Sequence[ConfigurationFault]") -> None:
    """Print the faults of a configuration: as JSON, or their number and a table."""
    documents = [fault.document() for fault in faults]
    print_result({"valid": False, "faults": documents}, f"Faults: {len(documents)}")
    if wants_json():
        return

    rows = [(fault.path, fault.code, fault.expected, fault.actual) for fault in faults]
    print_table(FAULT_COLUMNS, rows)


@contests.command(cls=Command)
@click.argument("contest_id", metavar="ID")
@click.pass_context
def replay(context: click.Context, contest_id: str) -> None:
    """Replay the log of contest ID from its first event, and compare it with the stored state.

    Also checks the chain of the events' hashes. Nothing is changed. Exits with 1 if the states
    differ or the chain is broken.
    """
    from indelible.contests.tasks.replays import replay_log

    with open_settings_store() as store:
        replayed = replay_log(store, contest_id)

    outcome = "equals the stored state"
    if not replayed.is_equal:
        outcome = f"DIFFERS from the stored state; {replayed.first_problem}"
    text = f"The replay of {replayed.event_number} events {outcome}."
    document = {**asdict(replayed), "is_equal": replayed.is_equal}
    print_result(document, f"{text} Digest: {replayed.replayed_digest}")
    context.exit(0 if replayed.is_equal else REFUSED)


@contests.command("replay-all", cls=Command)
@JOBS_OPTION
@DASK_OPTION
@click.pass_context
def replay_logs(context: click.Context, jobs: int, address: str | None) -> None:
    """Replay the logs of all contests as `replay` does, and list each that has a problem.

    Nothing is changed. Exits with 1 if a contest is listed. `--jobs` and `--dask` share the
    contests; each worker opens the database that its own settings name.
    """
    from indelible_service.split_checks import replay_all

    workers = Workers(jobs=jobs, address=address)
    contests_number = 0
    events = 0
    differing: list[LogReplay] = []
    with open_settings_store() as store, shown_progress("contests replay-all") as progress:
        for replayed in replay_all(workers, store, progress):
            contests_number += 1
            events += replayed.event_number
            if not replayed.is_equal:
                differing.append(replayed)

    summary = f"Contests: {contests_number}, events: {events}, different: {len(differing)}"
    documents = [asdict(replayed) for replayed in differing]
    print_result({"contests": contests_number, "events": events, "different": documents}, summary)
    if not wants_json():
        rows = [(replayed.contest_id, replayed.first_problem) for replayed in differing]
        print_table(REPLAY_COLUMNS, rows)
    context.exit(REFUSED if differing else 0)


@contests.command(cls=Command)
@click.argument("contest_id", metavar="ID")
@click.option("--dry-run", is_flag=True, required=True, help="Store nothing; always needed.")
@click.option(
    "--configuration",
    "configuration_file",
    type=FILE,
    metavar="FILE",
    help="Another configuration: the lines that differ are listed.",
)
def settle(contest_id: str, *, dry_run: bool, configuration_file: Path | None) -> None:
    """Compute the settlement of contest ID from one read, and store nothing.

    Workers settle a contest by themselves. A settlement that failed is tried again with the
    console's or the API's resolve-error.
    """
    from indelible.contests.tasks.dry_runs import dry_run_settlement
    from indelible_service.files.configurations import read_configuration

    assert dry_run  # noqa: S101 - click requires it
    other: Configuration | None = None
    if configuration_file is not None:
        other = read_configuration(configuration_file)

    with open_settings_store() as store:
        comparison = dry_run_settlement(store, contest_id, other)

    _print_comparison(comparison)


def _print_comparison(comparison: "DryRunComparison") -> None:
    """Print the result, and the lines that differ with another configuration."""
    run = comparison.run
    results = run.result["results"]
    summary = f"Entries: {len(results)}. Result digest: {run.result_digest}"
    if comparison.other is not None:
        other_digest = comparison.other.result_digest
        summary += (
            f"\nWith the other configuration {len(comparison.differences)} lines differ."
            f" Result digest: {other_digest}"
        )
    print_result(asdict(comparison), summary)
    if wants_json():
        return

    rows = [[row["rank"], row["entry_id"], row["score"], row["payout_cents"]] for row in results]
    print_table(RESULT_COLUMNS, rows)
    differing = [list(asdict(difference).values()) for difference in comparison.differences]
    print_table(DIFFERENCE_COLUMNS, differing)


@contests.command(cls=Command)
@click.argument("contest_id", metavar="ID")
@click.argument("file", type=FILE)
def bundle(contest_id: str, file: Path) -> None:
    """Write the inputs, the configuration and the digests of contest ID to FILE.

    The script `recompute_payout.py` of the documentation recomputes a payout from it, without
    indelible and without a database.
    """
    from indelible.contests.tasks.bundles import read_bundle
    from indelible.kernel import canonical_json
    from indelible_service.files.access import atomic_file

    with open_settings_store() as store:
        document = store.read(read_bundle, contest_id)

    with atomic_file(file) as out:
        out.write(canonical_json(document).encode())
        out.write(b"\n")

    counts = f"{len(document['events'])} events and {len(document['entries'])} entries"
    result = {"file": str(file), "contest_id": contest_id}
    print_result(result, f"{counts} written to {file}.")
