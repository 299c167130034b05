"""A simulator of Stripe on a real socket, for tests and demonstrations.

Nothing that runs in production imports it. It needs the extra `indelible-stripe[simulator]`.
"""

from indelible_stripe.simulator.server import Simulator, running_simulator
from indelible_stripe.simulator.story import Story, load_story, read_story

__all__ = ["Simulator", "Story", "load_story", "read_story", "running_simulator"]
