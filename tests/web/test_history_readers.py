"""Test who reads the data of changes in the history: a stranger, the owner, and an operator."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.conftest import POLICY
from tests.guards.population import populate
from tests.web.harness import Json, Web, saved

from indelible.kernel import EVERYONE, Actor, Edge, Lifecycle, Readers
from indelible.kernel.settings import SettingStatus
from indelible.testing.stores import CountedIds, TickingClock
from indelible_sql import open_store

PUBLIC: Final = {
    "algorithm",
    "author",
    "concept",
    "contest",
    "contest_log",
    "provider_feed",
    "setting",
    "settlement_run",
    "token",
}
# The owner of a change's data, by the lifecycle: of these, nobody else reads anything.
OWNERS_ONLY: Final = {"space", "subspace", "entry", "project", "job"}
OWNER_FIELDS: Final = {"charge": "party", "transfer": "party"}

ByLifecycle = Mapping[str, list[Json]]


@pytest.fixture(scope="module")
def situated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Return an application over a store that has rows of every kind."""
    path: Path = tmp_path_factory.mktemp("history") / "records.db"
    store = open_store(f"sqlite:///{path}", policy=POLICY, clock=TickingClock(), ids=CountedIds())
    store.upgrade()
    try:
        populate(store)
        yield Web(store)
    finally:
        store.dispose()


def read_all(web: Web, owner: Actor, *scopes: str) -> ByLifecycle:
    """Return every change of the history, as the caller sees it, by its lifecycle."""
    key = web.new_key(*scopes, owner=owner)
    changes: dict[str, list[Json]] = defaultdict(list)
    cursor = ""
    while True:
        page = saved(web.get(f"/v1/history?limit=100{cursor}", key=key), 200)
        for change in page["items"]:
            changes[change["lifecycle"]].append(change)
        if len(page["items"]) < 100:
            return changes
        cursor = f"&cursor={page['next']}"


def with_data(changes: ByLifecycle) -> set[str]:
    """Return the lifecycles of which at least one change has data."""
    return {name for name, found in changes.items() if any(change["data"] for change in found)}


def test_a_stranger_reads_the_data_of_public_lifecycles_only(situated: Web) -> None:
    changes = read_all(situated, Actor.user("eve"), "history:read")

    assert len(changes) > 20
    assert with_data(changes) == PUBLIC & changes.keys()
    assert all(change["reason"] for found in changes.values() for change in found)


def test_an_operator_reads_the_data_of_money_and_keys(situated: Web) -> None:
    changes = read_all(situated, Actor.user("otto"), "admin")

    assert with_data(changes) == changes.keys() - OWNERS_ONLY - {
        "stage"
    }  # whose changes have no data
    assert {"charge", "transfer", "payee", "refund", "movement", "key"} <= with_data(changes)
    assert all("secret_digest" not in change["data"] for change in changes["key"])


def test_an_owner_reads_the_data_of_its_own_entities_only(situated: Web) -> None:
    everything = read_all(situated, Actor.user("otto"), "admin")
    payee_ids = {change["entity_id"] for change in everything["payee"]}
    parties = {change["data"]["party"] for change in everything["charge"]}
    owners = payee_ids | parties | {"maya"}
    seen: set[str] = set()

    for owner in owners:
        own = read_all(situated, Actor.user(owner), "history:read")
        seen |= with_data(own)
        for lifecycle, field in OWNER_FIELDS.items():
            expected: list[Json] = [
                change["data"] if change["data"][field] == owner else {}
                for change in everything[lifecycle]
            ]
            assert [change["data"] for change in own[lifecycle]] == expected
            hashes = [change["hash"] for change in everything[lifecycle]]
            assert [change["hash"] for change in own[lifecycle]] == hashes
        for change in own["payee"]:
            assert bool(change["data"]) is (change["entity_id"] == owner)
        for lifecycle in OWNERS_ONLY:
            users = {change["data"].get("user_id", owner) for change in own[lifecycle]}
            assert users <= {owner}

    private = {"charge", "transfer", "payee", *OWNERS_ONLY}
    assert seen == (PUBLIC | private) & everything.keys()


def test_a_program_with_the_name_of_an_owner_is_no_owner(situated: Web) -> None:
    payee = read_all(situated, Actor.user("otto"), "admin")["payee"][0]["entity_id"]

    for owner in (payee, "maya"):
        for program in (Actor.system(owner), Actor.parse(f"key:{owner}")):
            assert with_data(read_all(situated, program, "history:read")) <= PUBLIC


def test_a_hosts_lifecycle_is_for_its_owner_and_operators_unless_it_says_otherwise() -> None:
    edges = (Edge("", "create", SettingStatus.SET, 0),)
    private = Lifecycle(name="loan", edges=edges).readers
    public = Lifecycle(name="loan", edges=edges, readers=EVERYONE).readers
    borrowed = Lifecycle(name="loan", edges=edges, readers=Readers(owner_field="borrower")).readers
    maya, eve = Actor.user("maya"), Actor.user("eve")
    data = {"user_id": "maya", "borrower": "eve"}

    assert private.include(maya, "loan-1", data, is_operator=False)
    assert not private.include(eve, "loan-1", data, is_operator=False)
    assert private.include(eve, "loan-1", data, is_operator=True)
    assert public.include(eve, "loan-1", data, is_operator=False)
    assert borrowed.include(eve, "loan-1", data, is_operator=False)
    assert not borrowed.include(maya, "loan-1", data, is_operator=False)
    assert not private.include(maya, "loan-1", {"user_id": ["maya"]}, is_operator=False)
    assert not private.include(maya, "loan-1", {}, is_operator=False)
