"""Start the API, workers and schedulers, and run the demonstrations."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from indelible_service.cli.output import (
    Command,
    print_result,
    print_table,
    printable,
    wants_json,
)
from indelible_service.cli.screen import started_text
from indelible_service.instance import client_settings, command_settings
from indelible_service.log_files import log_path
from indelible_service.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indelible_service.demo import DemoStep
    from indelible_service.startup import Started

PROCESSES: Final = click.IntRange(1, 64)
STDIN_OPTION: Final = click.option("--settings-from-stdin", is_flag=True, hidden=True)
LOG_FILE_OPTION: Final = click.option(
    "--log-file", type=click.Path(path_type=Path), hidden=True, help="Log to this file."
)
MODULE_OPTION: Final = click.option(
    "--module",
    "modules",
    metavar="PACKAGE.MODULE",
    multiple=True,
    help="A module of yours, imported from the working directory or where it is installed.",
)
STARTING: Final = "Starting PostgreSQL, Redis, the API, the workers and the scheduler ..."
DEMOS: Final = click.Choice(["concepts", "captures", "contests", "money", "projects", "tokens"])
FOLDER: Final = click.Path(path_type=Path, file_okay=False, exists=True)


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
        from indelible_service.full import run_full

        if not wants_json():
            click.echo(STARTING, err=True)
        run_full(settings, on_started)
    else:
        from indelible_service.serving import run_single_process

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
    from indelible_service.workers import (
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
    from indelible_service.workers import run_scheduler_process

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
@STDIN_OPTION
@LOG_FILE_OPTION
def serve(workers: int, *, settings_from_stdin: bool, log_file: Path | None) -> None:
    """Serve the API from several processes, on a database that is upgraded already."""
    from indelible_service.server_processes import run_server_processes

    run_server_processes(
        _process_settings(from_stdin=settings_from_stdin, log_file=log_file), workers
    )


def _process_settings(*, from_stdin: bool, log_file: Path | None) -> Settings:
    """Return the settings of a process: those that its supervisor sends, or those of a command."""
    if from_stdin:
        from indelible_service.processes import configure_process

        settings = evolve(Settings.read(json.load(sys.stdin)), log_file=log_file)
        configure_process(settings)
        return settings

    return command_settings()


@click.command(cls=Command)
@click.argument("name", type=DEMOS, default="concepts")
@click.argument("folder", type=FOLDER, required=False)
@click.option(
    "--key",
    envvar="INDELIBLE_KEY",
    help="A key of the running instance; needed where its database is on another machine.",
)
@click.option("--ask", metavar="QUESTION", help="The question for the search in `captures`.")
@click.option(
    "--host",
    metavar="URL",
    help="The address of GitHub's API, or of one like it, for `projects`; needs GITHUB_TOKEN.",
)
@click.option(
    "--competitors",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A real leaderboard, whose players and first round `contests` uses.",
)
def demo(
    name: str,
    folder: Path | None,
    key: str | None,
    ask: str | None,
    host: str | None,
    competitors: Path | None,
) -> None:
    """Run a demonstration of concepts, captures, contests, money, projects or tokens.

    `concepts` uses the REST API of the running instance, or the one at API_BASE_URL, or at
    INDELIBLE_HOST and INDELIBLE_PORT. `captures` writes into its database: it reads every .md and
    .txt file in FOLDER, by default our own documentation, and each subfolder becomes a subspace. A
    second run changes nothing. `contests` is the provider of an invented tournament, which the
    workers of the running instance fetch: a contest on it runs to its settlement. Its entries are
    paid at a simulator of Stripe. `money` continues until its winners are paid, and prints the
    ledger. `projects` needs no running instance: it builds a project in three jobs, in a database
    and a repository of its own, and kills the worker of one during its push. `tokens` needs none
    either: it detects the tokens of a simulated chain, through a reorg, in a database of its own.
    """
    settings = client_settings()
    match name:
        case "contests":
            _show_contests(settings, competitors)
        case "money":
            _show_money(settings)
        case "projects":
            _show_projects(settings, host)
        case "tokens":
            _show_tokens(settings)
        case _:
            hint = f"See the results at {settings.address}/console."
            _print_steps(_demo_steps(settings, name, folder, key, ask), hint)


def _show_contests(settings: Settings, competitors: Path | None) -> None:
    from indelible_service.demos.contests import contests_demo

    hint = f"See the contest at {settings.address}/console/contests."
    _print_steps(contests_demo(settings, competitors), hint)


def _show_money(settings: Settings) -> None:
    from indelible_service.demos.money import money_demo

    _print_steps(
        money_demo(settings), f"See the ledger at {settings.address}/console/money/ledger."
    )


def _show_projects(settings: Settings, host: str | None) -> None:
    from indelible_service.projects_demo import demo_settings, projects_demo

    settings = demo_settings(settings, host)
    _print_steps(projects_demo(settings), _hint_of_own_database(settings, "jobs"))


def _show_tokens(settings: Settings) -> None:
    from indelible_service.demos.tokens import demo_settings, tokens_demo

    settings = demo_settings(settings)
    _print_steps(tokens_demo(settings), _hint_of_own_database(settings, "tokens"))


def _hint_of_own_database(settings: Settings, plural: str) -> str:
    """Return how to see what a demonstration has written that needs no running instance."""
    folder = shlex.quote(str(settings.data_dir))
    return f"`INDELIBLE_DATA_DIR={folder} indelible up` shows the {plural} in the console."


def _print_steps(demo_steps: "Iterator[DemoStep]", hint: str) -> None:
    """Print each step when it is done, or all as JSON at the end."""
    steps: list[DemoStep] = []
    for step in demo_steps:
        steps.append(step)
        if not wants_json():
            click.echo(printable(step.text))
            print_table(step.columns, step.rows)

    print_result(steps, hint)


def _demo_steps(
    settings: Settings, name: str, folder: Path | None, key: str | None, question: str | None
) -> "Iterator[DemoStep]":
    from indelible_service.captures_demo import HANDBOOK, QUESTION, captures_demo
    from indelible_service.demo import concepts_demo, running_api

    if name == "captures":
        return captures_demo(settings, folder or HANDBOOK, question or QUESTION)

    return concepts_demo(running_api(settings, key))
