"""Plan the steps of the actors of hosts."""

from collections.abc import Iterator, Mapping
from typing import Final

from indelible_service.simulation.draws import Seed
from indelible_service.simulation.hosts import SimulatedHost
from indelible_service.simulation.plan import DAY, HOUR, PlannedHostStep

FIRST_STEP: Final = HOUR


def planned_steps(
    seed: Seed, days: int, hosts: Mapping[str, SimulatedHost]
) -> Iterator[PlannedHostStep]:
    """Yield the steps of the actors of hosts, each at a time that is drawn."""
    for module, host in hosts.items():
        actions = {name: host.per_day[action] for name, action in host.actions.items()}
        for action, per_day in actions.items():
            draws = seed.draws(module, action)
            for number in range(1, round(per_day * days) + 1):
                at = draws.whole(FIRST_STEP, days * DAY - HOUR)
                yield PlannedHostStep(
                    name=f"{action}-{number:03}", module=module, action=action, at=at
                )
