"""Two machines, each with its own data directory, serve and work on one PostgreSQL and one Redis.

A machine is a directory with `serve` and `work`. Both have the same INDELIBLE_SECRET.
"""

import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from attrs import frozen
from tests.conftest import folder
from tests.databases import temporary_copy
from tests.service.processes import (
    TIMEOUT_SECONDS,
    free_ports,
    start_command,
    stop_command,
    wait_until_ready,
)
from tests.web.console.visitor import Page
from tests.workers.bakery import enqueue, get_task, wait_until

from indelible import captures
from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, KeyCreated, RevokeKey, create_key, revoke_key
from indelible_service.composition import create_app
from indelible_service.database import SecretMissing, open_configured_store
from indelible_service.embedded import PostgresServer
from indelible_service.processes.building import publish_commits
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

SECRET = "a secret of two machines, long enough"  # noqa: S105 - of the tests
LIMIT = 40
DISPATCH_SECONDS = 30  # a worker that finds a task earlier has got news of it
TASKS = tuple(f"loaf-{number}" for number in range(12))
MAYA = Actor.user("maya")
TEST = Actor.system("test")
# Each task leaves a file in the directory of the machine that has performed it. Those of `TASKS`
# wait until both machines perform one.
STAGE = """
import time
from pathlib import Path

from indelible.kernel.stages import Stage

MEETING = Path({meeting!r})


def bake(name, handle):
    if name.startswith("loaf"):
        (MEETING / Path.cwd().name).touch()
        while len(list(MEETING.iterdir())) < 2:
            handle.check()
            handle.wait(0.01)
    with Path(name).open("x"):
        pass


stages = [
    Stage(
        name="bake", batch=1, concurrency=1, lifecycle=None, acts_outside=True, perform=bake
    )
]
"""


@frozen
class Machines:
    """The directories and addresses of two machines, and a store as a third one has it."""

    directories: tuple[Path, Path]
    addresses: tuple[str, str]
    store: SqlStore
    variables: dict[str, str]

    def new_key(self) -> KeyCreated:
        """Create a key of its own for a test, so that no other one counts its requests."""
        command = CreateKey(owner=MAYA, scopes=("admin",))
        return self.store.run(create_key, command, actor=TEST, reason="a test")

    def client(self, key: str = "") -> httpx.Client:
        """Return a client whose cookies both machines receive."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)


@pytest.fixture(scope="module")
def machines(
    admin: psycopg.Connection[Any], server: PostgresServer, template: PostgresServer, redis_url: str
) -> Generator[Machines]:
    """Run two machines on a database and a Redis."""
    with ExitStack() as stack:
        database = stack.enter_context(
            temporary_copy(admin, server, "two_machines", template.url.rpartition("/")[2])
        )
        variables = {
            "DATABASE_URL": database.url,
            "INDELIBLE_REDIS_URL": redis_url,
            "INDELIBLE_SECRET": SECRET,
            "INDELIBLE_REQUESTS_PER_MINUTE": str(LIMIT),
            "INDELIBLE_DISPATCH_SECONDS": str(DISPATCH_SECONDS),
        }
        settings = Settings.read(variables)
        store = stack.enter_context(open_configured_store(settings, needs_key_secret=True))
        stack.callback(publish_commits(settings, store))
        meeting = stack.enter_context(folder())
        directories = (stack.enter_context(folder()), stack.enter_context(folder()))
        port = free_ports(2)
        addresses = (
            start_machine(stack, directories[0], variables, meeting, port),
            start_machine(stack, directories[1], variables, meeting, port + 1),
        )
        for address in addresses:
            wait_until_ready(address)
        yield Machines(directories, addresses, store, variables)


def start_machine(
    stack: ExitStack, directory: Path, variables: dict[str, str], meeting: Path, port: int
) -> str:
    """Start a server and a worker in the directory until the stack ends; return the address."""
    (directory / "bakery_stage.py").write_text(STAGE.format(meeting=str(meeting)))
    own = {**variables, "INDELIBLE_PORT": str(port)}
    for words in (("serve",), ("work", "--module", "bakery_stage")):
        process = stack.enter_context(start_command(*words, cwd=directory, **own))
        stack.callback(stop_command, process)

    return f"http://127.0.0.1:{port}"


def concept(name: str) -> dict[str, object]:
    return {"content": {"name": name}, "reason": "a test"}


def page_of(answer: httpx.Response) -> Page:
    page = Page()
    page.feed(answer.text)
    return page


def sign_in(machines: Machines, client: httpx.Client) -> None:
    """Load the form of the first machine, and send it to the second one."""
    first, second = machines.addresses
    (form,) = page_of(client.get(f"{first}/console/sign-in")).forms
    form.fields["key"] = [machines.new_key().text]

    answer = client.post(second + form.action, data=form.fields)

    assert answer.status_code == 303, answer.text


@pytest.mark.slow
def test_the_requests_of_a_caller_are_counted_on_both(machines: Machines) -> None:
    with machines.client(machines.new_key().text) as client:
        statuses: list[int] = []
        for number in range(LIMIT):
            address = machines.addresses[number % 2]
            statuses.append(client.get(f"{address}/v1/concepts").status_code)
        refused = [client.get(f"{address}/v1/concepts") for address in machines.addresses]

    assert statuses == [200] * LIMIT
    assert [answer.json()["code"] for answer in refused] == ["TOO_MANY_REQUESTS"] * 2


def test_a_revoked_key_is_refused_on_both_at_once(machines: Machines) -> None:
    key = machines.new_key()
    with machines.client(key.text) as client:
        before = [client.get(f"{address}/v1/concepts") for address in machines.addresses]
        revoke = RevokeKey(key_id=key.key.id, expected_seq=key.seq)
        machines.store.run(revoke_key, revoke, actor=TEST, reason="a test")
        after = [client.get(f"{address}/v1/concepts") for address in machines.addresses]

    assert [answer.status_code for answer in before] == [200, 200]
    assert [answer.json()["code"] for answer in after] == ["UNAUTHENTICATED"] * 2


def test_a_cursor_and_an_idempotency_key_of_one_are_known_to_the_other(
    machines: Machines,
) -> None:
    first, second = machines.addresses
    with machines.client(machines.new_key().text) as client:
        saved: list[httpx.Response] = []
        for address in machines.addresses:
            headers = {"Idempotency-Key": "of-two-machines"}
            body = concept("Ratio")
            saved.append(client.post(f"{address}/v1/concepts", json=body, headers=headers))
        client.post(f"{first}/v1/concepts", json=concept("Average"))
        page = client.get(f"{first}/v1/concepts?limit=1").json()
        path = f"/v1/concepts?limit=1&cursor={page['next']}"
        next_pages = [client.get(first + path), client.get(second + path)]

    assert [answer.status_code for answer in saved] == [201, 201]
    assert saved[0].json() == saved[1].json()
    assert [answer.status_code for answer in next_pages] == [200, 200]
    assert next_pages[0].json() == next_pages[1].json()
    assert next_pages[0].json()["items"] != page["items"]


@pytest.mark.slow
def test_a_session_begins_on_one_and_ends_on_both(machines: Machines) -> None:
    with machines.client() as client:
        sign_in(machines, client)
        pages = [client.get(f"{address}/console/concepts") for address in machines.addresses]
        cookies = dict(client.cookies)
        (sign_out,) = [
            form for form in page_of(pages[1]).forms if form.action.endswith("/sign-out")
        ]
        ended = client.post(machines.addresses[0] + sign_out.action, data=sign_out.fields)

    assert [answer.status_code for answer in pages] == [200, 200]
    assert ended.status_code == 303
    with machines.client() as copy:
        copy.cookies.update(cookies)
        for address in machines.addresses:
            answer = copy.get(f"{address}/console/concepts")
            assert answer.status_code == 303
            assert "/sign-in" in answer.headers["location"]


def test_a_stream_of_one_shows_a_change_of_the_other(machines: Machines) -> None:
    first, second = machines.addresses
    key = machines.new_key().text
    with machines.client() as client, machines.client(key) as writer:
        sign_in(machines, client)
        page = page_of(client.get(f"{first}/console/history"))
        (table,) = [attributes for _, attributes in page.tags if "data-stream" in attributes]
        query = {"cursor": table["data-cursor"]}
        with client.stream("GET", second + table["data-stream"], params=query) as events:
            lines = events.iter_lines()
            assert "data: open" in lines  # reads up to it
            saved = writer.post(f"{first}/v1/concepts", json=concept("Written on the first one"))
            assert any(saved.json()["concept"]["id"] in line for line in lines)


@pytest.mark.slow
def test_both_workers_get_news_of_a_commit_and_each_task_is_performed_once(
    machines: Machines,
) -> None:
    store = machines.store
    # A worker that starts looks at once, so both have to be idle.
    enqueue(store, "first")
    wait_until(lambda: get_task(store, "first").due_at is None, TIMEOUT_SECONDS)
    started_at = time.monotonic()
    enqueue(store, *TASKS)

    def is_complete() -> bool:
        return all(get_task(store, name).due_at is None for name in TASKS)

    wait_until(is_complete, TIMEOUT_SECONDS)

    seconds = time.monotonic() - started_at
    names: list[str] = []
    for directory in machines.directories:
        baked = [path.name for path in directory.glob("loaf-*")]
        assert baked
        names += baked
    assert sorted(names) == sorted(TASKS)
    assert seconds < DISPATCH_SECONDS


def test_a_setting_of_one_applies_on_the_other_after_its_time_to_live(machines: Machines) -> None:
    settings = Settings.read(machines.variables)
    with open_configured_store(settings) as first, open_configured_store(settings) as second:
        second.config.spawn = lambda work: work()
        key = "max_assign_distance"
        assert second.config.get(key, None) is None
        change = captures.ChangeSetting(key=key, value="0.25", expected_seq=0)
        first.run(captures.change_setting, change, actor=TEST, reason="a test")

        assert first.config.get(key, None) == 0.25
        assert second.config.get(key, None) is None
        passed_seconds = 1.2 * second.config.ttl_seconds
        second.config.monotonic = lambda: time.monotonic() + passed_seconds
        assert second.config.get(key, None) == 0.25


@pytest.mark.slow
def test_a_machine_without_the_secret_is_refused_and_creates_none(
    machines: Machines, tmp_path: Path
) -> None:
    machines.new_key()
    own_directory = tmp_path / "third"
    variables = {
        **machines.variables,
        "INDELIBLE_SECRET": "",
        "INDELIBLE_DATA_DIR": str(own_directory),
    }

    with start_command("serve", "--json", cwd=tmp_path, **variables) as process:
        assert process.wait(TIMEOUT_SECONDS) == 3
    assert '"code":"SECRET_MISSING"' in (tmp_path / "log").read_text().replace(" ", "")
    with pytest.raises(SecretMissing):
        create_app(Settings.read(variables))
    assert not (own_directory / "secret").exists()
