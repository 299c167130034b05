"""A simulator of Stripe on a real socket, for tests and demonstrations.

Only tests and demonstrations import it. It needs the extra `indelible-stripe[simulator]`; its names
are imported at their first use, so that the program can say what is missing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from indelible_stripe.simulator.server import Simulator, running_simulator
    from indelible_stripe.simulator.story import Story, load_story, read_story

__all__ = ["Simulator", "Story", "load_story", "read_story", "running_simulator"]

SERVER_NAMES: Final = frozenset({"Simulator", "running_simulator"})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module defines
    """Return a name of the server or of the stories."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    module = "server" if name in SERVER_NAMES else "story"
    return getattr(import_module(f"{__name__}.{module}"), name)
