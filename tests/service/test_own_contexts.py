"""A host's contexts in the service: one setting lets every command and the API know them."""

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.examples import tickets
from tests.service.commands import json_result, run
from tests.service.processes import read_json_line, read_screen, start_command, stop_command

from indelible_service.cli.screen import started_text
from indelible_service.composition import build_app
from indelible_service.database import open_store, upgrade
from indelible_service.hosts.scopes import served_contexts
from indelible_service.instance.startup import Started
from indelible_service.settings.service import Settings

MODULES = "tests.examples.tickets,tests.examples.orders"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "INDELIBLE_DATA_DIR": str(tmp_path),
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
        "INDELIBLE_CONTEXTS": MODULES,
    }


TOKEN = re.compile('name="csrf" value="([0-9a-f]+)"')


@pytest.fixture
def client(variables: dict[str, str]) -> FlaskClient:
    settings = Settings.read(variables)
    upgrade(settings)
    return build_app(settings, open_store(settings, needs_key_secret=True)).test_client()


@pytest.mark.slow
def test_the_api_serves_a_hosts_contexts(client: FlaskClient, variables: dict[str, str]) -> None:
    scopes = ("--scope", "tickets:read", "--scope", "tickets:write")
    words = ("key", "create", "--owner", "user:maya", *scopes)
    key = json_result(*words, settings=variables)["text"]
    sent = {"headers": {"Authorization": f"Bearer {key}"}}
    body = {"number": "T-1", "title": "Fire", "reason": "a call"}
    ticket = client.post("/v1/tickets", json=body, **sent).get_json()
    listed = client.get("/v1/tickets?status=OPEN", **sent).get_json()
    assert listed["items"] == [ticket]
    assert json_result("verify", settings=variables) == []
    assert json_result("db", "check", settings=variables) == []
    assert "/v1/orders" in client.get("/openapi.json").get_json()["paths"]


@pytest.mark.slow
def test_the_console_shows_a_hosts_contexts(client: FlaskClient, variables: dict[str, str]) -> None:
    scopes = ("--scope", "console", "--scope", "tickets:read", "--scope", "tickets:write")
    words = ("key", "create", "--owner", "user:maya", *scopes)
    key = json_result(*words, settings=variables)["text"]
    token = TOKEN.findall(client.get("/console/sign-in").text)[0]
    client.post("/console/sign-in", data={"csrf": token, "key": key})
    form = client.get("/console/tickets/new/open").text
    sent = {"csrf": TOKEN.findall(form)[0], "number": "T-1", "title": "Fire", "reason": "a call"}
    answer = client.post("/console/tickets/new/open", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert "T-1 is saved: open." in answer.text
    assert "T-1" in client.get("/console/tickets?text=fire&status=OPEN").text


@pytest.mark.slow
def test_up_prints_where_a_hosts_contexts_are_and_what_opens_them(tmp_path: Path) -> None:
    shutil.copy(tickets.__file__, tmp_path)
    setting = {"INDELIBLE_CONTEXTS": "tickets"}
    with start_command("up", cwd=tmp_path, **setting) as process:
        screen = read_screen(process)
        assert stop_command(process) == 0

    path = f"{screen['Address']}/v1/tickets"
    assert screen["Contexts"] == f"{path} (scopes tickets:read and tickets:write)"
    assert screen["Next"] == "sign in to the console"  # what the demonstration needs is off
    with start_command("up", "--json", cwd=tmp_path, **setting) as process:
        (context,) = read_json_line(process)["contexts"]
        assert stop_command(process) == 0
    assert context["name"] == "tickets"
    assert context["address"].endswith("/v1/tickets")
    assert context["scopes"] == ["tickets:read", "tickets:write"]


def test_each_context_of_a_host_has_a_line_with_its_own_address(variables: dict[str, str]) -> None:
    served = served_contexts(Settings.read({**variables, "INDELIBLE_PORT": "8123"}))
    addresses = {context.name: context.address for context in served}
    assert addresses == {
        "tickets": "http://127.0.0.1:8123/v1/tickets",
        "orders": "http://127.0.0.1:8123/v1/orders",
    }
    started = Started(
        address="http://127.0.0.1:8123",
        contexts=served,
        database="",
        first_key=None,
        key_file=Path("key"),
        workers="",
        data_dir=Path(),
        logs=None,
        metrics={},
    )
    lines = [line for line in started_text(started).splitlines() if "/v1/" in line]
    assert lines == [
        "Contexts:  http://127.0.0.1:8123/v1/tickets (scopes tickets:read and tickets:write)",
        "           http://127.0.0.1:8123/v1/orders (scopes orders:read and orders:write)",
    ]


@pytest.mark.slow
def test_a_scope_has_the_whole_name_of_a_context(variables: dict[str, str]) -> None:
    variables["INDELIBLE_CONTEXTS"] = "tests.service.host_purchase_orders"
    settings = Settings.read(variables)
    upgrade(settings)
    (served,) = served_contexts(settings)
    read, write = "purchase_orders_2:read", "purchase_orders_2:write"
    assert served.scopes == (read, write)

    words = ("key", "create", "--owner", "user:maya", "--scope")
    created = json_result(*words, read, "--scope", write, settings=variables)
    assert created["scopes"] == [read, write]
    assert [key["scopes"] for key in json_result("key", "list", settings=variables)] == [
        [read, write]
    ]
    client = build_app(settings, open_store(settings, needs_key_secret=True)).test_client()
    sent = {"headers": {"Authorization": f"Bearer {created['text']}"}}
    body = {"number": "T-1", "title": "Fire", "reason": "a call"}
    assert client.post("/v1/purchase-orders-2", json=body, **sent).status_code == 201
    assert json_result("verify", settings=variables) == []


@pytest.mark.parametrize(
    "scope",
    [
        "purchaseorders:write",
        "Purchase_orders_2:write",
        "2purchase_orders:write",
        "purchase_orders_2:write:all",
        "purchase_orders_2:write\n",
        f"{'a' * 41}:write",
    ],
)
def test_another_scope_is_refused_with_those_there_are(
    variables: dict[str, str], scope: str
) -> None:
    variables["INDELIBLE_CONTEXTS"] = "tests.service.host_purchase_orders"
    words = ("key", "create", "--owner", "user:maya", "--scope", scope)
    refused = run(*words, settings=variables)
    assert refused.exit_code == 2
    assert "purchase_orders_2:write" in refused.stderr


@pytest.mark.slow
def test_a_database_without_the_setting_says_what_it_does_not_check(
    client: FlaskClient,
    variables: dict[str, str],
) -> None:
    assert client.get("/health/live").status_code == 200
    del variables["INDELIBLE_CONTEXTS"]
    faults = [finding["fault"] for finding in json_result("verify", settings=variables, code=1)]
    assert faults == ["LIFECYCLE_NOT_CHECKED"] * 2
