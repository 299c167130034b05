"""Check the settings without a start, also against those of another environment."""

from pathlib import Path
from typing import Final

import click

from indelible_service.cli.output import ENCODER, Command, print_result
from indelible_service.settings.environment import SettingsWrong

FILE: Final = click.Path(path_type=Path, dir_okay=False)
RIGHT: Final = "Faults: 0. Nothing was started and no connection was opened."


@click.group()
def config() -> None:
    """Check the settings, also against those of another environment."""


@config.command(cls=Command)
@click.option(
    "--differs-from",
    type=FILE,
    metavar="FILE",
    help="The fingerprint of another environment: no secret, database, origin or provider may be"
    " the same.",
)
def check(differs_from: Path | None) -> None:
    """Check the settings of this directory and this environment, and start nothing.

    Lists every fault that would end `up`, `serve`, `work` or `schedule` before its first
    connection, by the names of variables and never with a value. Modules and a chain that the
    settings name are imported and built. No file is created.
    """
    from indelible_service.processes.checking import load_and_check
    from indelible_service.settings.fingerprints import read_fingerprint

    other = None if differs_from is None else read_fingerprint(differs_from)
    settings, faults = load_and_check()
    if other is not None:
        faults += other.problems_of(settings)
    if faults:
        raise SettingsWrong(tuple(faults))

    print_result({"faults": faults}, RIGHT)


@config.command(cls=Command)
def fingerprint() -> None:
    """Print digests of what must differ in another environment, for `check --differs-from`.

    The digests are slow ones with a random salt. They show no secret, but whoever has them can
    test guesses: keep the file where only operators read it.
    """
    from indelible_service.settings.fingerprints import Fingerprint
    from indelible_service.settings.service import load

    document = Fingerprint.of(load()).document()
    print_result(document, ENCODER.encode(document))
