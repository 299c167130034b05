"""Start the API, workers and schedulers."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import asdict, evolve

from indelible_service.cli.output import (
    MODULE_OPTION,
    Command,
    print_result,
    wants_json,
)
from indelible_service.cli.screen import started_text
from indelible_service.instance.record import command_settings
from indelible_service.logs.files import log_path
from indelible_service.settings.service import Settings, load

if TYPE_CHECKING:
    from indelible_service.instance.startup import Started

PROCESSES: Final = click.IntRange(1, 64)
STDIN_OPTION: Final = click.option("--settings-from-stdin", is_flag=True, hidden=True)
LOG_FILE_OPTION: Final = click.option(
    "--log-file", type=click.Path(path_type=Path), hidden=True, help="Log to this file."
)
STARTING: Final = "Starting PostgreSQL, Redis, the API, the workers and the scheduler ..."


@click.command(cls=Command)
@click.option(
    "--full",
    is_flag=True,
    help="Run PostgreSQL, Redis, and separate processes for web, workers and scheduler.",
)
def up(*, full: bool) -> None:
    """Start everything without any configuration, until Ctrl-C.

    Runs in one process; with `--full` as on a server, each part in a process of its own that is
    restarted when it ends. Creates the data directory, the database and a first key where they
    are missing, and keeps what exists.

    Each process writes its log to a file in `logs` in the data directory; the terminal shows
    warnings and errors. With `--json` all lines of the log go to standard error instead.
    """
    settings = load()
    if not wants_json():
        settings = evolve(settings, log_file=log_path(settings.data_dir, "up"))

    def on_started(started: "Started") -> None:
        document = {
            "address": started.address,
            "console": f"{started.address}/console",
            "docs": f"{started.address}/docs",
            "contexts": [asdict(context) for context in started.contexts],
            "database": started.database,
            "key": started.first_key,
            "key_file": str(started.key_file),
            "workers": started.workers,
            "servers": list(started.servers.values()),
            "metrics": started.metrics,
            "metrics_targets": started.metrics_targets and str(started.metrics_targets),
        }
        print_result(document, started_text(started))

    if full:
        from indelible_service.processes.full import run_full

        if not wants_json():
            click.echo(STARTING, err=True)
        run_full(settings, on_started)
    else:
        from indelible_service.serving.single_process import run_single_process

        run_single_process(settings, on_started)


@click.command(cls=Command)
@click.option(
    "--stage",
    "stages",
    metavar="NAME",
    multiple=True,
    help="A stage whose tasks are processed; repeatable. By default all.",
)
@MODULE_OPTION
@click.option(
    "--processes",
    type=PROCESSES,
    default=1,
    show_default=True,
    help="The number of processes.",
)
@click.option("--alone", is_flag=True, hidden=True)
@STDIN_OPTION
@LOG_FILE_OPTION
def work(
    stages: tuple[str, ...],
    modules: tuple[str, ...],
    processes: int,
    *,
    alone: bool,
    settings_from_stdin: bool,
    log_file: Path | None,
) -> None:
    """Process tasks, in processes that are restarted when they end, until SIGTERM.

    With `--module` the stages that your module exports as `stages` are run: a sequence of
    `indelible.kernel.stages.Stage`, or a function that returns one for the store. Without a
    `--stage`, only those.
    """
    from indelible_service.processes.workers import (
        StageSelection,
        run_worker_process,
        run_worker_processes,
    )

    settings = _process_settings(from_stdin=settings_from_stdin, log_file=log_file)
    selection = StageSelection(stages, modules)
    if alone:
        run_worker_process(settings, selection)
    else:
        run_worker_processes(settings, selection, processes)


@click.command(cls=Command)
@MODULE_OPTION
@STDIN_OPTION
@LOG_FILE_OPTION
def schedule(modules: tuple[str, ...], *, settings_from_stdin: bool, log_file: Path | None) -> None:
    """Enqueue recurring tasks; each is enqueued once even if several schedulers run.

    With `--module` also those that your module exports as `recurring_tasks`.
    """
    from indelible_service.processes.workers import run_scheduler_process

    run_scheduler_process(
        _process_settings(from_stdin=settings_from_stdin, log_file=log_file), modules
    )


@click.command(cls=Command)
@click.option(
    "--workers",
    type=PROCESSES,
    default=1,
    show_default=True,
    help="The number of processes.",
)
@click.option("--embedded-redis", is_flag=True, hidden=True)
@STDIN_OPTION
@LOG_FILE_OPTION
def serve(
    workers: int, *, embedded_redis: bool, settings_from_stdin: bool, log_file: Path | None
) -> None:
    """Serve the API from several processes, on a database that is upgraded already."""
    from indelible_service.serving.server_processes import run_server_processes

    settings = _process_settings(from_stdin=settings_from_stdin, log_file=log_file)
    run_server_processes(evolve(settings, is_redis_embedded=embedded_redis), workers)


def _process_settings(*, from_stdin: bool, log_file: Path | None) -> Settings:
    """Return the settings of a process: those that its supervisor sends, or those of a command."""
    if from_stdin:
        from indelible_service.processes.building import configure_process

        settings = evolve(Settings.read(json.load(sys.stdin)), log_file=log_file)
        configure_process(settings)
        return settings

    return command_settings()
