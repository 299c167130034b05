"""The service as the operator of a simulation reaches it: requests to the web process."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from attrs import field, frozen

from indelible_service.remote.calls import Answer, Body, RemoteService, answer_of
from indelible_service.remote.errors import NotRunning
from indelible_service.simulation.answers import Answer as PersonalAnswer
from indelible_service.simulation.crashes import SimulatedCrash
from indelible_service.simulation.doors import Doors
from indelible_service.simulation.people import People

ADDRESS: Final = "http://127.0.0.1"


@frozen
class InProcessService(RemoteService):
    """Sends requests without a socket; each is announced to the doors as a step of a runbook."""

    people: People = field(repr=False)
    doors: Doors = field(repr=False)

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        json: Body | None = None,
    ) -> Answer:
        """Send a request.

        Raises: UnexpectedAnswer, and NotRunning if the web process is dead, or dies.
        """
        web = self.people.web
        if web.mortality.is_dead:
            raise NotRunning(self.address)
        self.doors.expected = f"{method} {path}"
        try:
            answer = web.client.open(
                path,
                method=method,
                query_string=dict(fields or {}),
                json=json,
                headers={**(headers or {}), "Authorization": f"Bearer {self._key}"},
            )
        except SimulatedCrash as error:
            self.people.world.on_crash(web.name)
            raise NotRunning(self.address) from error
        finally:
            self.doors.expected = ""

        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            problem: Any = answer.get_json(silent=True)
            self.people.note_server_error(path, PersonalAnswer(answer.status_code, problem or {}))
        return answer_of(
            f"{method} {path}",
            answer.status_code,
            answer.headers.get("Content-Type", ""),
            answer.data,
        )
