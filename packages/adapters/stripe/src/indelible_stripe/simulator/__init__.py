"""A simulator of Stripe on a real socket, for tests and demonstrations.

Only tests and demonstrations import it. It needs the extra `indelible-stripe[simulator]`.
"""

from indelible_stripe.simulator.server import Simulator, running_simulator
from indelible_stripe.simulator.story import Story, load_story, read_story

__all__ = ["Simulator", "Story", "load_story", "read_story", "running_simulator"]
