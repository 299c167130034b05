"""Test that INDELIBLE_SECRET is replaced without a refused request."""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from attrs import evolve
from flask import Flask
from tests.web.console.visitor import DOOR, LIST, Visitor
from tests.web.harness import problem

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible.testing.stores import create
from indelible_service.composition import create_app
from indelible_service.database import open_configured_store, upgrade
from indelible_service.settings.service import Settings

OLD: Final = b"the secret before, which is long enough"
NEW: Final = b"the secret after, which is long enough"
CONCEPTS: Final = "/v1/concepts?limit=1"


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
