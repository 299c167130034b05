"""A rule of a host's context refuses what REST asks for, and nobody gets around it meanwhile."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.examples.consents import Consent, Grant, consents, grants, require_offered
from tests.web.harness import Json, Web, saved

from indelible.kernel import Actor
from indelible_sql import open_store
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

OWN = (consents, grants)
MAYA = Actor.user("maya")


@pytest.fixture
def web(sqlite_url: str) -> Generator[Web]:
    registered = (*CONTEXTS, own_context(consents), own_context(grants))
    store: Any = open_store(sqlite_url, contexts=OWN, policy=POLICY)
    store.upgrade()
    yield Web(store, contexts=registered)
    store.dispose()


def offered(web: Web, key: str) -> Json:
    """Return a consent whose first version is offered."""
    body = {"number": "C-1", "scope": "Blood", "text": "Some", "reason": "a test"}
    consent = saved(web.post("/v1/consents", json=body, key=key), 201)
    path = f"/v1/consents/{consent['id']}/approve"
    read = {"approved_version": 1, "reason": "a test"}
    return saved(web.post(path, json=read, key=key, seq=1), 200)


def test_a_rule_refuses_a_request(web: Web) -> None:
    key = web.new_key("consents:read", "consents:write", "grants:read", "grants:write")
    consent = offered(web, key)
    body = {"patient": "pat", "consent": consent["id"], "reason": "on paper"}
    refused = web.post("/v1/grants", json={**body, "consent_version": 2}, key=key)

    assert saved(refused, 409)["code"] == "REFUSED"
    assert "version 2 is not offered" in refused.text
    given = saved(web.post("/v1/grants", json={**body, "consent_version": 1}, key=key), 201)
    listed = saved(web.get("/v1/grants", key=key), 200)["items"]
    assert [grant["id"] for grant in listed] == [given["id"]]


@pytest.mark.slow
def test_nobody_changes_what_a_rule_has_locked(database: Any) -> None:  # noqa: ANN401 - PostgreSQL's addresses
    """A revision that begins while a grant is given comes after it, and sees no other order."""
    is_checked, may_end = Event(), Event()

    def wait(tx: Any, grant: Grant) -> None:  # noqa: ANN401 - a transaction
        require_offered(tx, grant)
        is_checked.set()
        assert may_end.wait(20)

    slow = evolve(grants, rules={Grant.give: wait})
    store = open_store(database.url, contexts=(consents, slow), policy=POLICY)
    store.upgrade(database.owner_url)
    command = Consent.draft(number="C-1", scope="Blood", text="Some")
    head = store.run(consents.execute, command, actor=MAYA, reason="r")
    head = store.run(consents.execute, Consent.approve(head, 1), actor=MAYA, reason="r")
    give = Grant.give(patient="pat", consent=head.id, consent_version=1)
    revise = Consent.revise(head, text="Much")
    with ThreadPoolExecutor(2) as pool:
        given = pool.submit(store.run, slow.execute, give, actor=MAYA, reason="r")
        assert is_checked.wait(20)
        revised = pool.submit(store.run, consents.execute, revise, actor=MAYA, reason="r")
        with pytest.raises(TimeoutError):
            revised.result(timeout=0.3)
        may_end.set()
        given.result(20)
        revised.result(20)
    assert [change.action for change in store.feed().changes][-2:] == ["give", "revise"]
    store.dispose()
