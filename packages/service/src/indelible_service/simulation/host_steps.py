"""Let the actors of hosts act, and check what they have changed."""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, IndelibleError
from indelible_service.simulation.hosts import HostChanges, HostStep, NothingToDo, SimulatedHost
from indelible_service.simulation.invariants import Check
from indelible_service.simulation.observed import Observed
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import PlannedHostStep
from indelible_service.simulation.world import Action

DONE: Final = "done"


@define(eq=False)
class HostPeople:
    """Lets the actors of hosts act by the plan; a refusal is an answer, and not an error."""

    people: People
    steps: int = 0
    _changes: dict[str, HostChanges] = field(factory=dict[str, HostChanges])

    def begin(self) -> None:
        """Let the steps come."""
        for name, host in self.people.around.hosts.items():
            self._changes[name] = HostChanges(host.lifecycles)
        for planned in self.people.plan.host_steps:
            self.people.world.at(planned.at, planned.name, planned.action, self._action(planned))

    def _action(self, planned: PlannedHostStep) -> Action:
        def act() -> str:
            if self.people.web.mortality.is_dead:
                return ""
            action = self.people.around.hosts[planned.module].actions[planned.action]
            step = HostStep(
                store=self.people.web.store,
                draws=self.people.world.seed.draws(planned.module, planned.name),
                actor=Actor.user(planned.name),
                changes=self._changes[planned.module],
            )
            try:
                action(step)
            except NothingToDo:
                return ""
            except IndelibleError as refusal:
                return refusal.code
            except Exception as error:  # noqa: BLE001 - an invariant names it
                self.people.server_errors.append(f"{planned.module}.{planned.action}: {error!r}")
                return type(error).__name__
            self.steps += 1
            return DONE

        return act


def host_checks(hosts: Iterable[SimulatedHost]) -> dict[str, Check]:
    """Return the invariants of hosts by name; they are checked each hour."""
    checks: dict[str, Check] = {}
    for host in hosts:
        for name, _ in host.named_invariants():
            checks[name] = _check_of(host, name)
    return checks


def _check_of(host: SimulatedHost, name: str) -> Check:
    invariant = dict(host.named_invariants())[name]

    def check(observed: Observed) -> Iterator[str]:
        changes = [one for one in observed.new_changes if one.lifecycle in host.lifecycles]
        yield from invariant(changes)

    return check
