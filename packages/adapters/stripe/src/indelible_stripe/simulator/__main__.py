"""Run a simulator: `python -m indelible_stripe.simulator --port P --seed N [--story FILE]`."""

import signal
import sys
import threading
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from types import FrameType

from indelible.kernel import IndelibleError
from indelible.kernel.distributions import STRIPE_SIMULATOR, DistributionMissing

try:
    with STRIPE_SIMULATOR.required():
        from indelible_stripe.simulator.fields import StoryInvalid
        from indelible_stripe.simulator.server import open_simulator
        from indelible_stripe.simulator.story import Story, load_story
except DistributionMissing as missing:
    sys.stderr.write(f"{missing}\n")
    sys.exit(2)

MAX_PORT = 65_535
MAX_PORT_DIGITS = 5
STORY_HELP = "a JSON file; SIMULATOR.md of the sources lists its fields, controls and faults"


def main() -> int:
    """Serve until a signal; print the address first. Return 2 for a story that is wrong."""
    parser = ArgumentParser(prog="python -m indelible_stripe.simulator", description=__doc__)
    parser.add_argument("--port", default="0", help="0 lets the system choose one")
    parser.add_argument("--seed", type=int, default=1, help="of faults and ids; 1 by default")
    parser.add_argument("--story", type=Path, help=STORY_HELP)
    options = parser.parse_args()
    try:
        port = _read_port(options.port)
        story = Story() if options.story is None else load_story(options.story)
    except IndelibleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        simulator = open_simulator(story, seed=options.seed, port=port)
    except OSError as error:
        sys.stderr.write(f"port {port} cannot be bound: {error.strerror}\n")
        return 2

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=simulator.close, daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    sys.stdout.write(f"{simulator.base_url}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        simulator.serve()
    return 0


def _read_port(text: str) -> int:
    """Return the port of the argument.

    Raises:
        StoryInvalid: It is no number, or none of a port.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_PORT_DIGITS
    if not is_number or int(text) > MAX_PORT:
        expected = f"a whole number from 0 to {MAX_PORT}"
        raise StoryInvalid(subject="argument --port", expected=expected, actual=repr(text)[:100])
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
