"""The API on the command line."""

import click

from indelible_service.cli.answers import Command, answer, show_table, visible, wants_json
from indelible_service.settings import load


@click.command(cls=Command)
def up() -> None:
    """Start everything, with nothing set up before.

    It runs in this process until Ctrl-C. Makes the data directory, the database and a first key where they are
    missing, and keeps what is there.
    """
    from indelible_service.serving import run_here

    def started(address: str, key: str | None) -> None:
        lines = (
            f"Address:   {address}",
            f"Docs:      {address}/docs",
            f"Console:   {address}/console",
            key and f"First key: {key} (shown this once; kept in {settings.data_dir})",
            "Next:      indelible demo, in another terminal; Ctrl-C stops this one",
        )
        answer({"address": address, "docs": f"{address}/docs", "key": key}, "\n".join(filter(None, lines)))

    settings = load()
    run_here(settings, started)


@click.command(cls=Command)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes answer.")
def serve(workers: int) -> None:
    """Serve the API from worker processes, on a database that `indelible db upgrade` has prepared."""
    from indelible_service.serving import run_beside

    run_beside(load(), workers)


@click.command(cls=Command)
@click.argument("names", type=click.Choice(["concepts"]), nargs=-1)
@click.option("--key", envvar="INDELIBLE_KEY", help="A key of the running instance, where its database is elsewhere.")
def demo(names: tuple[str, ...], key: str | None) -> None:
    """Write a small curriculum, and look at it.

    It goes through the REST API of the instance that runs at API_BASE_URL, or at INDELIBLE_HOST and INDELIBLE_PORT. A
    second run finds every step done, and changes nothing. NAMES say which parts to show; without any, all there are.
    """
    from indelible_service.demo import STORIES, Scene, running

    api, scenes = running(load(), key), list[Scene]()
    for scene in (scene for name in names or STORIES for scene in STORIES[name](api)):
        scenes.append(scene)
        if not wants_json():
            click.echo(visible(scene.text))
            show_table(scene.columns, scene.rows)
    answer(scenes, f"All of it stands at {api.address} now.")
