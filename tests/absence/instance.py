"""A service on a socket that an operator or an observer reaches."""

from tests.doubles.serving import Double, Fault
from tests.web.harness import Web

from indelible_service.remote.calls import RemoteService
from indelible_service.simulation.absence.client import OperatorClient


class Instance:
    """A service on a socket, the key of an observer, and that of somebody who acts."""

    def __init__(self, web: Web, double: Double) -> None:
        self.web = web
        self.url = double.url
        self.double = double
        self.observer = web.new_key("ops", "contests:read")
        self.actor = RemoteService(double.url, web.new_key("ops"))

    def act(self, name: str, body: dict[str, str]) -> None:
        """Halt or resume payments."""
        answer = self.actor.post(f"/admin/payments/{name}", body, name)
        assert answer.status == 200, answer.content

    def client(self) -> OperatorClient:
        """Return a client with the key of the observer."""
        return OperatorClient(RemoteService(self.url, self.observer))

    def lose(self, matching: str) -> None:
        """Let the next such request take effect, and its answer be lost."""
        self.double.plan(Fault(matching=matching, lost=True))
