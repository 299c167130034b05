"""The API on the command line."""

from contextlib import ExitStack

import click

from indelible_service.cli.answers import Command, answer, show_table, visible, wants_json
from indelible_service.settings import load

DEMOS = ("concepts",)


@click.command(cls=Command)
def up() -> None:
    """Start everything, with nothing set up before.

    It runs in this process until Ctrl-C. Makes the data directory, the database and a first key where they are
    missing, and keeps what is there.
    """
    from indelible_service.serving import Running, run_here

    def started(running: Running) -> None:
        key = running.key and f"First key: {running.key} (shown this once; kept in {settings.data_dir})"
        lines = (
            f"Address:   {running.address}",
            f"Docs:      {running.docs}",
            f"Console:   {running.address}/console",
            key,
            "Next:      indelible demo",
        )
        answer(running, "\n".join(filter(None, lines)))

    settings = load()
    run_here(settings, started)


@click.command(cls=Command)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes answer.")
def serve(workers: int) -> None:
    """Serve the API from worker processes.

    They run under granian, on a database that `indelible db upgrade` has prepared.
    """
    from indelible_service.serving import run_beside

    run_beside(load(), workers)


@click.command(cls=Command)
@click.argument("names", type=click.Choice(DEMOS), nargs=-1)
@click.option("--key", envvar="INDELIBLE_KEY", help="A key of the running instance, where its database is elsewhere.")
def demo(names: tuple[str, ...], key: str | None) -> None:
    """Write a small curriculum, and look at it.

    It goes through the REST API of the instance at API_BASE_URL, or at INDELIBLE_HOST and INDELIBLE_PORT; where none
    runs, a temporary one is started. A second run finds every step done, and changes nothing. NAMES say which parts
    to show; without any, all there are.
    """
    from indelible_service.api import Api, temporary_instance
    from indelible_service.demo import STORIES, keys_of_people

    settings = load()
    with ExitStack() as stack:
        if not Api(settings.address).is_running():
            _say(f"Nothing runs at {settings.address}: a temporary instance is started, and goes afterwards.\n")
            settings = stack.enter_context(temporary_instance())
        for name in names or DEMOS:
            story = STORIES[name](settings.address, keys_of_people(settings, key))
            for scene in story.scenes():
                _say(scene.text)
                if scene.columns and not wants_json():
                    show_table(scene.columns, scene.rows)
            told = story.summary()
            done = f"{told.steps} steps of {told.concepts} concepts, {told.steps_done_before} of them done before"
            answer(told, f"{done}; {told.refusals} refusals and {told.warnings} warnings, as there should be.")


def _say(text: str) -> None:
    if not wants_json():
        click.echo(visible(text))
