"""Test that INDELIBLE_SECRET is replaced without a refused request."""

from collections.abc import Generator
from contextlib import contextmanager
from itertools import cycle, pairwise
from pathlib import Path
from threading import Condition, Thread
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from attrs import define, evolve, field
from flask import Flask
from tests.web.console.visitor import DOOR, LIST, Visitor
from tests.web.harness import problem

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.testing.stores import create
from indelible_service.composition import create_app
from indelible_service.database import open_configured_store, upgrade
from indelible_service.settings.service import Settings

pytestmark = pytest.mark.slow

OLD: Final = b"the secret before, which is long enough"
NEW: Final = b"the secret after, which is long enough"
CONCEPTS: Final = "/v1/concepts?limit=1"
PROCESSES: Final = 2
MAX_WAIT_SECONDS: Final = 60.0


def stages(folder: Path) -> list[Settings]:
    """Return the settings of each step; processes of two neighbours run side by side."""
    start = Settings(data_dir=folder, secret=OLD)
    return [
        start,
        evolve(start, other_secret=NEW),
        evolve(start, secret=NEW, other_secret=OLD),
        evolve(start, secret=NEW),
    ]


def new_key(settings: Settings) -> str:
    with open_configured_store(settings, needs_key_secret=True) as store:
        command = CreateKey(owner=Actor.user("maya"), scopes=("admin",))
        return store.run(create_key, command, actor=Actor.system("test"), reason="a test").text


def get(app: Flask, path: str, key: str) -> Any:  # noqa: ANN401 - the answer of Flask's client
    return app.test_client().get(path, headers={"Authorization": f"Bearer {key}"})


def next_page(app: Flask, key: str) -> str:
    return f"{CONCEPTS}&cursor={get(app, CONCEPTS, key).json['next']}"


def sign_in(first: Flask, second: Flask, key: str) -> int:
    """Open the form of one process and send it to the other; return the first one's answer."""
    visitor = Visitor(cast("Any", SimpleNamespace(app=first)))
    visitor.get(DOOR)
    visitor.client.application = second
    visitor.send("sign-in", key=key)
    visitor.client.application = first
    return visitor.get(LIST).status_code


@define
class Load:
    """Requests to the web processes that run, one after the other, while these are replaced."""

    apps: list[Flask]
    key: str
    rounds: int = 0
    refused: list[tuple[str, int]] = field(factory=list[tuple[str, int]])
    has_ended: bool = False
    ended: Condition = field(factory=Condition)  # a round

    def run(self) -> None:
        """Use what one process has signed at the next one, until it is ended."""
        for number in cycle(range(PROCESSES)):
            if self.has_ended:
                return
            first, second, key = self.apps[number], self.apps[number - 1], self.key
            page = get(first, CONCEPTS, key)
            statuses = {"page": page.status_code}
            if page.status_code == 200:
                path = f"{CONCEPTS}&cursor={page.json['next']}"
                statuses["next page"] = get(second, path, key).status_code
                statuses["sign-in"] = sign_in(first, second, key)
            with self.ended:
                self.refused += [(what, code) for what, code in statuses.items() if code != 200]
                self.rounds += 1
                self.ended.notify_all()

    def wait(self) -> None:
        """Wait until each process was used in both ways after this call."""
        with self.ended:
            wanted = self.rounds + 1 + PROCESSES  # the present round has begun before
            self.ended.wait_for(lambda: self.rounds >= wanted, MAX_WAIT_SECONDS)
            assert self.rounds >= wanted, "the load stands still"

    @contextmanager
    def running(self) -> Generator[None]:
        """Run the load during the block."""
        thread = Thread(target=self.run, name="load")
        thread.start()
        try:
            yield
        finally:
            self.has_ended = True
            thread.join()


@pytest.fixture
def steps(tmp_path: Path) -> list[Settings]:
    steps = stages(tmp_path)
    upgrade(steps[0])
    with open_configured_store(steps[0]) as store:
        create(store)
        create(store)
    return steps


def test_neighbours_accept_what_the_other_has_signed(steps: list[Settings]) -> None:
    apps = [(create_app(settings), new_key(settings)) for settings in steps[:3]]
    for one, other in pairwise(apps):
        for (first, key), (second, other_key) in ((one, other), (other, one)):
            assert get(second, CONCEPTS, key).status_code == 200
            assert get(second, next_page(first, key), other_key).status_code == 200
            assert sign_in(first, second, key) == 200


def test_the_secret_before_opens_nothing_when_it_is_removed(steps: list[Settings]) -> None:
    before, *_, after = steps
    old_app, app = create_app(before), create_app(after)
    old_key, key = new_key(before), new_key(after)

    assert problem(get(app, CONCEPTS, old_key)) == (401, "UNAUTHENTICATED")
    assert problem(get(app, next_page(old_app, old_key), key)) == (400, "INVALID_CURSOR")
    assert get(app, CONCEPTS, key).status_code == 200


def test_keys_of_both_secrets_are_accepted_in_the_middle_of_a_rotation(
    steps: list[Settings],
) -> None:
    old_key, new = new_key(steps[0]), new_key(steps[3])

    for settings in steps[1:3]:
        app = create_app(settings)
        assert [get(app, CONCEPTS, key).status_code for key in (old_key, new)] == [200, 200]


def test_a_rotation_under_load_refuses_no_request(steps: list[Settings]) -> None:
    load = Load([create_app(steps[0]) for _ in range(PROCESSES)], new_key(steps[0]))

    with load.running():
        for settings in steps[1:]:
            for number in range(PROCESSES):
                load.wait()
                load.apps[number] = create_app(settings)
            load.wait()
            if settings.secret == NEW:
                load.key = new_key(settings)  # before the old secret is removed
        load.wait()

    assert load.refused == []


def test_a_load_notices_a_secret_that_is_replaced_at_once(steps: list[Settings]) -> None:
    load = Load([create_app(steps[0]) for _ in range(PROCESSES)], new_key(steps[0]))

    with load.running():
        load.wait()
        load.apps[0] = create_app(steps[3])
        load.wait()

    assert load.refused
