"""Faults of captures."""

from collections.abc import Iterator

from tests.runbooks.bed import Installation
from tests.runbooks.scenarios import scenario
from tests.web.reader import LetterEmbedder

from indelible.testing.captures.scenarios import MODEL
from indelible_service.simulation.plan import HOUR, MINUTE

SCOPES = ("captures:read", "captures:write")
READER = "reader"


@scenario("45-embedder-down", "EmbedderFails", ends_by_itself=True)
def the_server_of_the_model_is_out(installation: Installation) -> Iterator[None]:
    embedder = LetterEmbedder()
    with installation.lock:
        installation.simulation.around.embedder = embedder
        installation.web.restart()
        installation.simulation.people.admit(READER, SCOPES)
    space_id = created_space(installation)
    assert capture(installation, space_id, "first") == 201
    installation.look()
    embedder.error = ConnectionRefusedError()
    assert capture(installation, space_id, "second") == 503
    installation.run_for(MINUTE)
    ended = installation.seconds + HOUR
    installation.at(ended, lambda: setattr(embedder, "error", None))

    yield

    assert capture(installation, space_id, "second") == 201


def created_space(installation: Installation) -> str:
    """Create a space of the embedder's model, and return its id."""
    body = {"name": "reading", "model": MODEL, "dimension": 3, "reason": "a test"}
    with installation.lock:
        answer = installation.simulation.people.ask(READER, "/v1/spaces", "space", body)
    return str(answer.document["space"]["id"])


def capture(installation: Installation, space_id: str, title: str) -> int:
    """Capture a page by its text, and return the status of the answer."""
    body = {"space_id": space_id, "url": f"https://example.org/{title}", "title": title}
    with installation.lock:
        people = installation.simulation.people
        return people.ask(READER, "/v1/captures", f"capture:{title}", body).status
