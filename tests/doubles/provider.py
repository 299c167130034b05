"""Serve a story of the provider: `python -m tests.doubles.provider --port P --story FILE`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from threading import Event

from tests.doubles.story_files import read_stories

from indelible.kernel import IndelibleError
from indelible_service.cli.output import USAGE
from indelible_service.demos.provider import provider_stub


def main() -> None:
    """Serve the stories of a file until the program is ended."""
    parser = ArgumentParser(prog="python -m tests.doubles.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--story", type=Path, required=True)
    options = parser.parse_args()

    try:
        stories = read_stories(options.story)
        with provider_stub(stories, options.port) as stub:
            sys.stdout.write(f"{stub.endpoint}\n")
            sys.stdout.flush()
            Event().wait()
    except IndelibleError as error:  # of the file or the port
        parser.exit(USAGE, f"{error.code}: {error.describe()}\n")


if __name__ == "__main__":
    main()
