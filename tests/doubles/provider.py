"""Serve a story of the provider: `python -m tests.doubles.provider --port P --story FILE`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from threading import Event

from indelible_service.demos.provider import provider_stub, read_stories


def main() -> None:
    """Serve the stories of a file until the program is ended."""
    parser = ArgumentParser(prog="python -m tests.doubles.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--story", type=Path, required=True)
    options = parser.parse_args()

    stories = read_stories(options.story.read_text(encoding="utf-8"))
    with provider_stub(stories, options.port) as stub:
        sys.stdout.write(f"{stub.endpoint}\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
