"""The API on the command line."""

from collections.abc import Sequence
from pathlib import Path

import click

from indelible_service.cli.output import Command, answer, show_table, visible, wants_json
from indelible_service.settings import load


@click.command(cls=Command)
@click.option(
    "--full",
    is_flag=True,
    help="Real PostgreSQL and Redis, and processes for web, workers and scheduler.",
)
def up(*, full: bool) -> None:
    """Start everything, with nothing set up before.

    It runs until Ctrl-C: in this process, or with `--full` as on a server, each part in a process of its own that comes
    back when it is killed. Makes the data directory, the database and a first key where they are missing, and keeps
    what is there.
    """
    from indelible_service.full import run_full
    from indelible_service.serving import run_here

    def started(address: str, key: str | None, workers: str, servers: Sequence[str]) -> None:
        lines = (
            f"Address:   {address}",
            f"Docs:      {address}/docs",
            f"Console:   {address}/console",
            key and f"First key: {key} (shown this once; kept in {settings.data_dir})",
            f"Workers:   {workers}",
            *(f"Server:    {each}" for each in servers),
            "Next:      indelible demo, in another terminal; Ctrl-C stops this one",
        )
        said = {
            "address": address,
            "docs": f"{address}/docs",
            "key": key,
            "workers": workers,
            "servers": servers,
        }
        answer(said, "\n".join(filter(None, lines)))

    settings = load()
    if full:
        run_full(settings, started)
    else:
        run_here(settings, started)


@click.command(cls=Command)
@click.option(
    "--stage",
    "stages",
    metavar="NAME",
    multiple=True,
    help="A stage to work for; may be given again.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes work.",
)
@click.option("--alone", is_flag=True, hidden=True)
def work(stages: tuple[str, ...], processes: int, *, alone: bool) -> None:
    """Do the work that is due, in processes of which a killed one comes back; SIGTERM lets them finish."""
    from indelible_service.workers import work_beside, work_here

    if alone:
        work_here(load(), stages)
    else:
        work_beside(load(), stages, processes)


@click.command(cls=Command)
def schedule() -> None:
    """Make periodic work due; run it twice, and it is due once all the same."""
    from indelible_service.workers import schedule_here

    schedule_here(load())


@click.command(cls=Command)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes answer.",
)
def serve(workers: int) -> None:
    """Serve the API from worker processes, on a database that `indelible db upgrade` has prepared."""
    from indelible_service.serving import run_beside

    run_beside(load(), workers)


@click.command(cls=Command)
@click.argument("name", type=click.Choice(["concepts", "captures"]), default="concepts")
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), required=False
)
@click.option(
    "--key",
    envvar="INDELIBLE_KEY",
    help="A key of the running instance, where its database is elsewhere.",
)
@click.option("--ask", metavar="QUESTION", help="What to search the texts of `captures` for.")
def demo(name: str, folder: Path | None, key: str | None, ask: str | None) -> None:
    """Show what it is for: `concepts`, a small curriculum, or `captures`, a folder of texts that is read.

    The concepts go through the REST API of the instance that runs at API_BASE_URL, or at INDELIBLE_HOST and
    INDELIBLE_PORT. The captures go into the database that the settings name: of every .md and .txt below FOLDER, or of
    our own documentation; each folder in it is a subspace. A second run finds everything done, and changes nothing.
    """
    from indelible_service.captures_demo import HANDBOOK, QUESTION, captures_demo
    from indelible_service.demo import DemoStep, concepts_demo, running

    settings, scenes = load(), list[DemoStep]()
    reads = name == "captures"
    texts = folder or HANDBOOK
    for scene in (
        captures_demo(settings, texts, ask or QUESTION)
        if reads
        else concepts_demo(running(settings, key))
    ):
        scenes.append(scene)
        if not wants_json():
            click.echo(visible(scene.text))
            show_table(scene.columns, scene.rows)
    answer(scenes, f"All of it stands at {settings.address} now.")
