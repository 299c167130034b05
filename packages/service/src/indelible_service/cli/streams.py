"""The errors of files and of the standard output of a command, with a code."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import click

from indelible_service.files.access import full_disk_text, translate_os_errors

OUTPUT: Final = Path("standard output")


@contextmanager
def translate_output_errors() -> Generator[None]:
    """Raise DiskFull or FileUnusable for the error of a file, or of a full standard output.

    Other errors of the system stay, such as that of a pipe that nobody reads any more.
    """
    try:
        yield
        # Write what is left, which Python would do after the command, where no error has a code.
        click.echo(nl=False)
    except OSError as error:
        file = error.filename
        if file is None:
            if not full_disk_text(str(error)):
                raise
            _discard_output()
        with translate_os_errors(OUTPUT if file is None else Path(str(file))):
            raise


def _discard_output() -> None:
    """Let Python's own last attempt to write what is left succeed."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
