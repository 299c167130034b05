"""INDELIBLE_CONTEXTS decides which contexts are on: everything else of the service follows."""

import re
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from tests.service.commands import error_code, json_result, run

from indelible.money.lifecycle.payments import CHARGE
from indelible_service.composition import build_app
from indelible_service.contexts import CONTEXTS, service_scopes
from indelible_service.database import open_store, upgrade
from indelible_service.hosts.selection import selected_host_contexts
from indelible_service.processes.building import build_gateways, build_stages, recurring_tasks
from indelible_service.settings.service import Settings
from indelible_service.stages.subscribers import build_subscribers
from indelible_sql import SqlStore

TOKEN: Final = re.compile('name="csrf" value="([0-9a-f]+)"')
TICKETS: Final = "tests.examples.tickets"
BY_NAME: Final = {context.name: context for context in CONTEXTS}
# Each built-in context with what it needs, and nothing else.
ALONE: Final = [",".join((context.name, *context.needs)) for context in CONTEXTS]
# An address of each context's routes, and of its first page.
ROUTES: Final = {
    "captures": "/v1/spaces",
    "concepts": "/v1/concepts",
    "contests": "/v1/contests",
    "money": "/v1/payments/checkout",
    "projects": "/v1/projects",
    "tokens": "/v1/tokens",
}
PAGES: Final = {
    "captures": "/console/spaces",
    "concepts": "/console/concepts",
    "contests": "/console/contests",
    "money": "/console/money",
    "projects": "/console/projects",
    "tokens": "/console/tokens",
}


def variables_of(folder: Path, contexts: str) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder}/switched.db",
        "INDELIBLE_DATA_DIR": str(folder),
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
        "INDELIBLE_CONTEXTS": contexts,
    }


class Service:
    """A service with some contexts, and an operator who is signed in to its console."""

    def __init__(self, folder: Path, contexts: str) -> None:
        self.variables = variables_of(folder, contexts)
        self.settings = Settings.read(self.variables)
        upgrade(self.settings)
        self.store: SqlStore = open_store(self.settings, needs_key_secret=True)
        self.client: FlaskClient = build_app(self.settings, self.store).test_client()
        words = ("key", "create", "--owner", "user:ann", "--scope", "admin", "--scope", "console")
        self.key = json_result(*words, settings=self.variables)["text"]
        token = TOKEN.findall(self.client.get("/console/sign-in").text)[0]
        self.client.post("/console/sign-in", data={"csrf": token, "key": self.key})
        self.on = {name for name in self.settings.contexts if name in BY_NAME}

    def status(self, path: str) -> int:
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.get(path, headers=headers).status_code

    def page(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture(params=[*ALONE, f"concepts,{TICKETS}", TICKETS])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Service]:
    service = Service(tmp_path, request.param)
    yield service
    service.store.dispose()


@pytest.mark.dose
def test_each_context_alone_has_its_routes_pages_and_metrics(service: Service) -> None:
    paths = set(service.client.get("/openapi.json").get_json()["paths"])
    metrics = service.client.get("/metrics").text
    home = service.page("/console")
    for name, route in ROUTES.items():
        is_on = name in service.on
        assert (route in paths) == is_on, name
        assert is_on or PAGES[name] not in home, name
        assert (service.status(PAGES[name]) == 404) == (not is_on), name
    assert ("/v1/tickets" in paths) == (TICKETS in service.settings.contexts)
    assert (f'lifecycle="{CHARGE.name}"' in metrics) == ("money" in service.on)
    assert ('lifecycle="concept"' in metrics) == ("concepts" in service.on)


@pytest.mark.slow
def test_what_is_off_is_an_unknown_path(service: Service) -> None:
    unknown = service.client.get("/v1/no-such-path").get_json()
    for name in ("concepts", "projects", "tokens", "contests"):
        if name in service.on:
            assert service.status(ROUTES[name]) == 200
            continue
        answer = service.client.get(ROUTES[name])
        assert answer.status_code == 404
        assert answer.get_json()["code"] == unknown["code"]


@pytest.mark.slow
def test_every_page_of_the_navigation_and_the_search_answer(service: Service) -> None:
    navigation = set(re.findall(r'<a [^>]*href="(/console[^"#?]*)"', service.page("/console")))
    assert navigation
    for address in sorted(navigation):
        assert service.page(address), address
    assert "no-such-name" in service.page("/console/search?q=no-such-name")
    assert service.status("/v1/history") == 200


@pytest.mark.slow
def test_workers_schedulers_and_gateways_have_what_is_on(service: Service) -> None:
    stages = set(build_stages(service.settings, service.store))
    tasks = {task.name for task in recurring_tasks(service.settings)}
    for context in CONTEXTS:
        section = service.settings.section(context.settings)
        of_context = {stage.name for stage in context.stages(section, service.store)}
        recurring = {task.name for task in context.recurring(section)}
        if context.name in service.on:
            assert of_context <= stages
            assert recurring <= tasks
        else:
            assert of_context.isdisjoint(stages)
            assert recurring.isdisjoint(tasks)
    gateways = {name for one in service.on for name in BY_NAME[one].gateways}
    assert set(build_gateways(service.settings)) == gateways
    assert bool(build_subscribers(service.settings)) == ("contests" in service.on)


@pytest.mark.slow
def test_keys_get_the_scopes_that_are_on(service: Service) -> None:
    form = service.page("/console/keys/new")
    words = ("key", "create", "--owner", "user:ann", "--scope")
    on = {*service_scopes(service.settings.built_in_contexts)}
    if TICKETS in service.settings.contexts:
        on |= {"tickets:read", "tickets:write"}
    for scope in ("concepts:read", "projects:read", "payments:read", "tickets:read"):
        made = run(*words, scope, settings=service.variables)
        assert (made.exit_code == 0) == (scope in on), made.output
        assert (f'"{scope}"' in form) == (scope in on), scope


@pytest.mark.slow
def test_commands_of_what_is_off_are_refused(tmp_path: Path) -> None:
    service = Service(tmp_path, TICKETS)
    refused = {
        ("list",): "CONTEXT_OFF",
        ("list", "concepts"): "CONTEXT_OFF",
        ("list", "charges"): "CONTEXT_UNKNOWN",
        ("show", "projects", "p-1"): "CONTEXT_UNKNOWN",
        ("history", "contests", "c-1"): "CONTEXT_UNKNOWN",
        ("diff", "c-1", "1", "2"): "CONTEXT_OFF",
        ("demo", "concepts"): "CONTEXT_OFF",
        ("demo", "tokens"): "CONTEXT_OFF",
        ("money", "statement", "user:maya"): "CONTEXT_OFF",
    }
    for words, code in refused.items():
        assert error_code(*words, settings=service.variables) == code, words
    assert json_result("list", "tickets", settings=service.variables) == []
    assert json_result("history", settings=service.variables) != []
    service.store.dispose()

    assert error_code("demo", "money", settings=variables_of(tmp_path, "money")) == "CONTEXT_OFF"
    assert json_result("list", "concepts", settings=variables_of(tmp_path, "")) == []


FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "no.such.module,tests.conftest": (
        "module no.such.module: its import fails",
        "module tests.conftest: it exports no 'contexts'",
    ),
    f"{TICKETS},{TICKETS}": ("context tickets is registered twice",),
    "concept,no.such.module": ("built-in contexts are concepts, captures", "no.such.module"),
    "concepts,concepts,contests": (
        "context concepts is named 2 times",
        "context contests needs money, which is off",
    ),
    "contests,no.such.module": ("contests needs money", "no.such.module: its import fails"),
    "tests.service.host_named_tokens,contests": (
        "context tokens is registered twice",
        "contests needs money",
    ),
}


@pytest.mark.parametrize("contexts", FAULTS)
def test_a_start_names_every_fault(contexts: str, tmp_path: Path) -> None:
    refused = run("up", settings=variables_of(tmp_path, contexts))
    assert refused.exit_code == 1, refused.output
    assert refused.stderr.startswith("CONTEXTS_UNUSABLE: ")
    for fault in FAULTS[contexts]:
        assert fault in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["db upgrade", "serve", "work", "schedule", "verify"])
def test_every_command_checks_the_same_contexts(command: str, tmp_path: Path) -> None:
    upgrade(Settings.read(variables_of(tmp_path, "")))
    wrong = variables_of(tmp_path, "contests,tests.conftest")
    assert error_code(*command.split(), settings=wrong) == "CONTEXTS_UNUSABLE"


def test_without_the_setting_all_built_in_contexts_are_on(tmp_path: Path) -> None:
    settings = Settings.read(variables_of(tmp_path, ""))
    assert settings.built_in_contexts == CONTEXTS
    assert settings.contexts_off == frozenset()
    assert selected_host_contexts(settings) == ()
