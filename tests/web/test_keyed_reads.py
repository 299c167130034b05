"""Keys that PostgreSQL reads together with what their requests ask for."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from time import monotonic
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from tests.conftest import POLICY
from tests.examples.tickets import tickets
from tests.sql.proxy import Fault, Proxy, proxy_to
from tests.web.harness import OPERATOR, SETTINGS, Web, concept_url, problem, saved
from tests.web.keyed_reads import ALL_CONTEXTS, PLANTED, READ, keyed_paths
from tests.web.test_system import counted

from indelible.kernel import UsageError
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, get_key, revoke_key
from indelible.testing.stores import BEGINNING, MAYA, NOOR
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, open_store
from indelible_web import WebSettings
from indelible_web.http import rates
from indelible_web.http.operation import EmptyQuery
from indelible_web.http.rates import WINDOW_SECONDS
from indelible_web.http.request import current_request
from indelible_web.http.routing import Routes

pytestmark = pytest.mark.slow

MISSING: Final = "/v1/concepts/missing"
MALFORMED: Final = "/v1/concepts?limit=many&unknown=1"
PATHS: Final = tuple(keyed_paths(ALL_CONTEXTS))
REFUSED: Final = ("unknown", "wrong", "revoked", "expired", "without the scope")
LOGINS: Final = 'indelible_authentications_total{outcome="%s"}'

KEYS: Final = b"keys"  # in the message with the statement of a key

Addresses = Iterator[dict[str, str]]


@frozen
class Counted:
    """An application over PostgreSQL, with the messages that it sends."""

    web: Web
    store: SqlStore
    proxy: Proxy

    def asks_database(self, work: Callable[[], object]) -> bool:
        """Return whether the work sends anything to the database."""
        self.proxy.messages.clear()
        work()
        return bool(self.proxy.messages)

    def reads_concepts(self, work: Callable[[], object]) -> bool:
        """Return whether the work asks the database for concepts."""
        self.proxy.messages.clear()
        work()
        return any(b"concepts" in message for message in self.proxy.messages)


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    settings = Pool(prepare=False, size=2, overflow=0)
    store = open_store(proxy.url(database.url), contexts=(tickets,), policy=POLICY, pool=settings)
    store.upgrade(database.owner_url)
    yield store
    store.dispose()


@pytest.fixture
def proxy(database: PostgresServer) -> Generator[Proxy]:
    with proxy_to(database.host, database.port) as running:
        yield running


@pytest.fixture
def application(store: SqlStore, proxy: Proxy) -> Counted:
    return serve(store, proxy)


@pytest.fixture
def addresses() -> Addresses:
    """Return new addresses, of which nobody was refused."""
    return ({"REMOTE_ADDR": f"192.0.2.{number}"} for number in count(1))


def serve(store: SqlStore, proxy: Proxy, settings: WebSettings = SETTINGS) -> Counted:
    """Return an application that has answered a request."""
    web = Web(store, settings, contexts=(*ALL_CONTEXTS, PLANTED))
    web.key = web.new_key("admin")
    return Counted(web, store, proxy)


def refused_key(web: Web, kind: str) -> str:
    """Return a key that may not read concepts."""
    if kind == "unknown":
        return "ind_unknown_unknown"
    if kind == "wrong":
        return f"{web.new_key('concepts:read')}0"
    if kind == "without the scope":
        return web.new_key("tokens:read")
    if kind == "expired":
        past = CreateKey(owner=MAYA, scopes=("concepts:read",), expires_at=BEGINNING)
        return web.store.run(create_key, past, actor=OPERATOR, reason="a test").text
    text = web.new_key("concepts:read")
    revoke(web, text)
    return text


def revoke(web: Web, text: str) -> None:
    key_id = text.split("_")[1]
    command = RevokeKey(key_id=key_id, expected_seq=web.store.read(get_key, key_id).seq)
    web.store.run(revoke_key, command, actor=OPERATOR, reason="a test")


def answer_of(web: Web, path: str, key: str, address: dict[str, str]) -> tuple[Any, ...]:
    """Return everything that a caller sees of an answer."""
    headers = {"X-Request-Id": "always-the-same"}
    answer = web.get(path, key=key, headers=headers, environ=address)
    return answer.status_code, answer.get_json(), sorted(answer.headers)


def test_each_route_that_reads_with_its_key_answers(application: Counted) -> None:
    for path in PATHS:
        assert application.web.get(path).status_code in (200, 404), path


def test_an_existing_ticket_has_its_tag(application: Counted) -> None:
    body = {"number": "T-1", "title": "Printer on fire", "reason": "a call"}
    ticket = saved(application.web.post("/v1/tickets", json=body), 201)
    url = f"/v1/tickets/{ticket['id']}"
    answer = application.web.get(url)
    unchanged = application.web.get(url, headers={"If-None-Match": answer.headers["ETag"]})

    assert (answer.status_code, unchanged.status_code) == (200, 304)
    assert answer.get_json() == ticket


def test_a_refused_key_learns_nothing_about_what_it_asks_for(
    application: Counted, addresses: Addresses
) -> None:
    for kind in REFUSED:
        web = application.web
        url = concept_url(web.create())
        key = refused_key(web, kind)
        alone = {"REMOTE_ADDR": "192.0.2.250"}  # where a refusal lets keys be read alone
        answer_of(web, MISSING, key, alone)
        expected = answer_of(web, MISSING, key, alone)

        assert expected[0] == (403 if kind == "without the scope" else 401)
        for path in (url, MISSING, "/v1/concepts", MALFORMED):
            assert answer_of(web, path, key, alone) == expected
            another = key if kind != "without the scope" else refused_key(web, kind)
            assert answer_of(web, path, another, next(addresses)) == expected


def test_a_key_that_is_revoked_is_refused_and_one_that_cannot_be_read_is_not(
    application: Counted,
) -> None:
    web = application.web
    url = concept_url(web.create())
    key = web.new_key("concepts:read")

    assert web.get(url, key=key).status_code == 200
    revoke(web, key)
    assert problem(web.get(url, key=key)) == (401, "UNAUTHENTICATED")

    web = application.web
    web.get(MISSING)
    application.proxy.plan(Fault.CUT, KEYS)

    assert problem(web.get(MISSING)) == (503, "STORE_UNREACHABLE")
    assert counted(web)[LOGINS % "failed"] == 1
    assert web.get(MISSING).status_code == 404


def test_a_refusal_comes_before_the_error_or_the_answer_of_a_view(
    application: Counted, addresses: Addresses
) -> None:
    web = application.web
    for kind in REFUSED:
        answer = web.get("/v1/planted/failing", key=refused_key(web, kind), environ=next(addresses))
        assert answer.status_code in (401, 403)

    assert web.get("/v1/planted/failing", key=web.new_key(READ)).status_code == 422

    for name in ["careless", "silent", "curious"]:
        web = application.web
        path = f"/v1/planted/{name}"
        for kind in REFUSED:
            answer = web.get(path, key=refused_key(web, kind), environ=next(addresses))
            assert answer.status_code in (401, 403)
            assert "a secret" not in answer.text

        assert web.get(path, key=web.new_key(READ)).status_code == 200


def test_a_malformed_or_missing_key_asks_the_database_nothing(application: Counted) -> None:
    web = application.web
    web.get(MISSING)
    for key in (None, "ind_", "other", "ind_a_b_c"):
        assert not application.asks_database(partial(web.get, MISSING, key=key))


def test_nothing_is_read_with_a_key_for_a_minute_after_a_refusal(
    application: Counted, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = application.web
    first, second, third = (next(addresses) for _ in range(3))
    wrong, poor = refused_key(web, "wrong"), refused_key(web, "without the scope")

    def reads(key: str, address: dict[str, str]) -> bool:
        return application.reads_concepts(lambda: web.get(MISSING, key=key, environ=address))

    assert [reads(wrong, first), reads(wrong, first)] == [True, False]
    assert [reads(poor, second), reads(poor, third)] == [True, False]
    later = monotonic() + WINDOW_SECONDS
    monkeypatch.setattr(rates, "time", Later(later))
    assert [reads(wrong, first), reads(wrong, first)] == [True, False]


def test_parallel_requests_of_an_address_read_one_query_before_a_refusal(
    application: Counted, addresses: Addresses
) -> None:
    web = application.web
    address = next(addresses)

    def ask(_: int) -> int:
        headers = {"Authorization": "Bearer ind_unknown_unknown"}
        client = web.app.test_client()
        return client.get(MISSING, headers=headers, environ_overrides=address).status_code

    application.proxy.messages.clear()
    with ThreadPoolExecutor(12) as threads:
        statuses = set(threads.map(ask, range(12)))

    assert statuses <= {401, 429}
    assert sum(b"concepts" in message for message in application.proxy.messages) == 1


def test_an_address_of_ipv6_is_remembered_with_its_network(application: Counted) -> None:
    web = application.web

    def reads(address: str) -> bool:
        environ = {"REMOTE_ADDR": address}
        return application.reads_concepts(
            lambda: web.get(MISSING, key="ind_unknown_unknown", environ=environ)
        )

    addresses = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.9", "192.0.2.9")
    assert [reads(address) for address in addresses] == [True, False, True, True, False]


@frozen
class Later:
    """A monotonic clock that stands."""

    now: float

    def monotonic(self) -> float:
        return self.now


def test_requests_and_wrong_keys_are_counted_once(
    store: SqlStore, proxy: Proxy, addresses: Addresses
) -> None:
    application = serve(store, proxy, evolve(SETTINGS, requests_per_minute=3))
    web = application.web
    key = web.new_key("concepts:read")

    statuses = [web.get(MISSING, key=key).status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    assert not application.reads_concepts(lambda: web.get(MISSING, key=key))
    assert counted(web)[LOGINS % "accepted"] == 5

    application = serve(store, proxy, evolve(SETTINGS, wrong_keys_per_minute=3))
    web = application.web
    address = next(addresses)

    def ask(key: str) -> int:
        return web.get(MISSING, key=key, environ=address).status_code

    assert [ask("ind_unknown_unknown") for _ in range(5)] == [401, 401, 401, 429, 429]
    assert ask(web.new_key("concepts:read")) == 404
    assert counted(web)[LOGINS % "refused"] == 5


def test_a_hook_of_the_host_runs_for_accepted_callers_only(application: Counted) -> None:
    web = application.web
    seen: list[object] = []

    def note() -> None:
        seen.append(current_request().caller)

    hooks = web.app.before_request_funcs[None]  # Flask's own method is for the time before requests
    hooks.append(note)
    assert web.get(MISSING, key="ind_unknown_unknown").status_code == 401
    assert seen == []
    assert web.get(MISSING).status_code == 404
    hooks.remove(note)
    web.app.before_request_funcs["concepts"] = [note]
    assert web.get(MISSING).status_code == 404
    assert None not in seen
    assert len(seen) == 2

    web = application.web
    answer = web.get("/v1/planted/renaming", key=web.new_key(READ))

    assert answer.get_json() == {"text": str(NOOR)}
    assert web.get("/v1/planted/renaming", key="ind_unknown_unknown").status_code == 401


@pytest.mark.parametrize("route", ["POST /planted", "PUT /planted"])
def test_only_a_query_is_read_with_its_key(route: str) -> None:
    add = Routes("planted", "a route that writes").add(
        route, READ, request_type=EmptyQuery, response_type=EmptyQuery, reads_with_key=True
    )

    with pytest.raises(UsageError, match="reads_with_key"):
        add(lambda _, query: query)
