"""Faults of the API: a release with a defect."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.runbooks.bed import OPERATOR_SCOPES, Installation
from tests.runbooks.faults.operations import whole_plan
from tests.runbooks.scenarios import scenario

from indelible_service.simulation.plan import HOUR, MINUTE

CONTESTS: Final = "/v1/contests"
HEALTH: Final = "/health/live"
FAULTS: Final = 12  # of the server, that people meet
# With these requests the faults use up the budget of 30 days, and with the later ones they do not.
REQUESTS: Final = 10_100
LATER_REQUESTS: Final = 10_000
REPAIR_SECONDS: Final = 75 * MINUTE  # longer than the calm after a fault that nobody mends


@scenario("51-api-errors", "ApiErrors", "ErrorBudgetLow", plan=whole_plan, calm_seconds=HOUR)
def a_release_has_a_defect(installation: Installation) -> Iterator[None]:
    key = installation.new_key(*OPERATOR_SCOPES)
    installation.run_until(HOUR)
    ask(installation, HEALTH, 1)  # so that the first scrape shows the route
    installation.look()
    assert ask(installation, HEALTH, REQUESTS) == {200}
    installation.run_for(MINUTE)
    installation.look()
    installation.run_for(10 * MINUTE)
    withdraw = break_route(installation, CONTESTS)
    for _ in range(2):  # Prometheus counts what comes after the first scrape that shows a fault
        installation.look()
        assert ask(installation, CONTESTS, FAULTS, key) == {500}
        installation.run_for(MINUTE)

    def roll_back() -> None:
        withdraw()
        ask(installation, HEALTH, LATER_REQUESTS)

    installation.at(installation.seconds + REPAIR_SECONDS, roll_back)

    yield

    assert ask(installation, CONTESTS, 1, key) == {200}


def break_route(installation: Installation, path: str) -> Callable[[], None]:
    """Let a route raise an error, until the returned function is called."""
    app = installation.web.app
    endpoint, _ = app.url_map.bind("").match(path, method="GET")
    whole = app.view_functions[endpoint]

    def fail(**_: object) -> str:
        raise RuntimeError("a defect of the release")

    def mend() -> None:
        app.view_functions[endpoint] = whole

    app.view_functions[endpoint] = fail
    return mend


def ask(installation: Installation, path: str, number: int, key: str = "") -> set[int]:
    """Send requests, and return the statuses of the answers."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with installation.lock:
        client = installation.web.client
        return {client.get(path, headers=headers).status_code for _ in range(number)}
