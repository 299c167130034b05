"""Run the demonstrations: one at a time in a data directory, until their end or a signal."""

import shlex
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import frozen

from indelible_service.cli.interruption import ended_by_signals
from indelible_service.cli.output import (
    Command,
    check_on,
    print_result,
    print_table,
    printable,
    wants_json,
)
from indelible_service.demos.running import RunningDemonstration, only_demonstration
from indelible_service.instance.data_directory import data_directory
from indelible_service.instance.record import client_settings
from indelible_service.settings.service import Settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from indelible_service.demos.concepts import DemoStep

    Steps = Generator[DemoStep]
    Demonstration = tuple[Steps, str]  # with where to look afterwards

REPEATABLE: Final = ("concepts", "captures")
CONTEXTS_OF_DEMO: Final = {"money": ("contests", "money")}
ON_INSTANCE: Final = ("contests", "money")
DEMOS: Final = click.Choice(["concepts", "captures", "contests", "money", "projects", "tokens"])
FOLDER: Final = click.Path(path_type=Path, file_okay=False, exists=True)


@frozen(kw_only=True)
class _Options:
    """The options of the command."""

    folder: Path | None
    key: str | None
    ask: str | None
    host: str | None
    competitors: Path | None


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
    options = _Options(folder=folder, key=key, ask=ask, host=host, competitors=competitors)
    settings = client_settings()
    check_on(settings, *CONTEXTS_OF_DEMO.get(name, (name,)))
    with ended_by_signals(name) as check_signals:
        if name in REPEATABLE:
            _print_steps(*_repeatable(name, settings, options), check_signals)
            return

        if name in ON_INSTANCE:
            _check_instance(settings)
        with only_demonstration(data_directory(settings), name) as running:
            _print_steps(*_alone(name, settings, options, running), check_signals)


def _check_instance(settings: Settings) -> None:
    """Return if an instance runs; nothing is written where none does."""
    from indelible_service.demos.concepts import check_running

    check_running(settings)


def _repeatable(name: str, settings: Settings, options: _Options) -> "Demonstration":
    """Return a demonstration that changes nothing when it is repeated, and need not be alone."""
    if name == "captures":
        return _captures(settings, options)

    return _concepts(settings, options)


def _alone(
    name: str, settings: Settings, options: _Options, running: RunningDemonstration
) -> "Demonstration":
    """Return a demonstration that no other one may disturb."""
    match name:
        case "contests":
            return _contests(settings, options, running)
        case "money":
            return _money(settings, running)
        case "tokens":
            return _tokens(settings)
        case _:
            return _projects(settings, options)


def _concepts(settings: Settings, options: _Options) -> "Demonstration":
    from indelible_service.demos.concepts import concepts_demo, running_api

    api = running_api(settings, options.key)
    return concepts_demo(api), _console_hint(settings)


def _captures(settings: Settings, options: _Options) -> "Demonstration":
    from indelible_service.demos.captures import HANDBOOK, QUESTION, captures_demo

    steps = captures_demo(settings, options.folder or HANDBOOK, options.ask or QUESTION, tell_wait)
    return steps, _console_hint(settings)


def _contests(
    settings: Settings, options: _Options, running: RunningDemonstration
) -> "Demonstration":
    from indelible_service.demos.contests import contests_demo

    steps = contests_demo(settings, running, options.competitors, tell_wait)
    return steps, f"See the contest at {settings.address}/console/contests."


def _money(settings: Settings, running: RunningDemonstration) -> "Demonstration":
    from indelible_service.demos.money import money_demo

    steps = money_demo(settings, running, tell_wait)
    return steps, f"See the ledger at {settings.address}/console/money/ledger."


def _projects(settings: Settings, options: _Options) -> "Demonstration":
    from indelible_service.demos.projects import demo_settings, projects_demo

    settings = demo_settings(settings, options.host)
    return projects_demo(settings, tell_wait), _hint_of_own_database(settings, "jobs")


def _tokens(settings: Settings) -> "Demonstration":
    from indelible_service.demos.tokens import demo_settings, tokens_demo

    settings = demo_settings(settings)
    return tokens_demo(settings), _hint_of_own_database(settings, "tokens")


def _hint_of_own_database(settings: Settings, plural: str) -> str:
    """Return how to see what a demonstration has written that needs no running instance."""
    folder = shlex.quote(str(settings.data_dir))
    return f"`INDELIBLE_DATA_DIR={folder} indelible up` shows the {plural} in the console."


def _console_hint(settings: Settings) -> str:
    return f"See the results at {settings.address}/console."


def tell_wait(expected: str) -> None:
    """Print what the demonstration waits for, for a person."""
    if not wants_json():
        click.echo(f"Waiting for {printable(expected)} ...")


def _print_steps(steps: "Steps", hint: str, check_signals: Callable[[], None]) -> None:
    """Print each step when it is done, or all as JSON at the end."""
    done: list[DemoStep] = []
    with closing(steps):
        for step in steps:
            done.append(step)
            if not wants_json():
                click.echo(printable(step.text))
                print_table(step.columns, step.rows)
            check_signals()

    print_result(done, hint)
