"""The REST API and the console over a store with a standby: what is read there, and who waits."""

from collections.abc import Generator
from pathlib import Path
from typing import Final, cast

import pytest
from attrs import evolve, frozen
from tests.conftest import POLICY
from tests.sql.standbys import StreamingStandby, primary_with_standby
from tests.web.console.visitor import LIST, Site, as_typed
from tests.web.harness import KEYS, OPERATOR, SETTINGS, Json, Web, body_of, concept_url, problem

from indelible.kernel import UsageError
from indelible.kernel.keys import RevokeKey, get_key, revoke_key
from indelible.kernel.standbys import ReadSource
from indelible.testing.stores import RATIO
from indelible_service.monitoring.store_metrics import StoreCollector
from indelible_sql import Pool, SqlStore, open_store
from indelible_sql.engine.positions import MAX_TIMELINE, Position
from indelible_web.app import admin_routes
from indelible_web.console.page import ConsolePage
from indelible_web.console.session import sign_out
from indelible_web.contexts import CONTEXTS
from indelible_web.http.operation import EmptyQuery
from indelible_web.http.positions import MAX_CHARACTERS, Positions
from indelible_web.http.routing import Routes

POSITION: Final = "Indelible-Position"
COOKIE: Final = "indelible-position"
CONCEPTS: Final = "/v1/concepts?limit=100&order=newest"
OTHER_SECRET: Final = b"another secret for tests, 32 bytes"
FAR_AHEAD: Final = "1:FFFFFFFF/FFFFFFFF"


@frozen
class Pair:
    """A store with a standby, and the API over it."""

    store: SqlStore
    standby: StreamingStandby
    web: Web

    def reads(self) -> dict[str, int]:
        """Return the numbers of reads by their source, as the metric has them; 0 is left out."""
        numbers: dict[str, int] = {}
        for metric in StoreCollector(self.store).collect():
            for sample in metric.samples:
                if sample.name == "indelible_standby_reads_total" and sample.value:
                    numbers[sample.labels["source"]] = int(sample.value)
        return numbers

    def is_listed(self, concept: Json, **headers: str) -> bool:
        """Return whether the list of the API has the concept."""
        answer = self.web.get(CONCEPTS, headers=headers)
        assert answer.status_code == 200, answer.text
        items = cast("Json", answer.json)["items"]
        return concept["concept"]["id"] in {item["concept"]["id"] for item in items}


@pytest.fixture(scope="module")
def servers(cluster: Path) -> Generator[StreamingStandby]:
    with primary_with_standby(cluster) as standby:
        yield standby


@pytest.fixture
def pair(servers: StreamingStandby) -> Generator[Pair]:
    servers.catch_up()
    store = open_store(
        servers.source.url,
        policy=evolve(POLICY, keys=KEYS),
        pool=Pool(standby_seconds=0.05),
        read_url=servers.url,
    )
    web = Web(store, evolve(SETTINGS, other_secret=OTHER_SECRET), standby=store)
    servers.catch_up()
    servers.pause_replay()
    yield Pair(store, servers, web)
    store.dispose()
    servers.resume_replay()
    servers.catch_up()


def written(pair: Pair, once: str = "") -> tuple[Json, str]:
    """Return a new concept, and the position that the answer has."""
    body = {"content": body_of(RATIO), "reason": "a test"}
    answer = pair.web.post("/v1/concepts", json=body, once=once)
    assert answer.status_code == 201, answer.text
    return cast("Json", answer.json), answer.headers[POSITION]


@pytest.mark.slow
def test_a_list_comes_from_the_standby_and_a_single_concept_from_the_primary(pair: Pair) -> None:
    concept, _ = written(pair)

    assert not pair.is_listed(concept)
    assert pair.reads() == {ReadSource.STANDBY: 1}
    assert pair.web.get(concept_url(concept)).status_code == 200
    assert pair.reads() == {ReadSource.STANDBY: 1}


@pytest.mark.slow
def test_a_list_that_names_the_position_of_a_write_has_it(pair: Pair) -> None:
    concept, position = written(pair)

    assert pair.is_listed(concept, **{POSITION: position})
    assert pair.reads() == {ReadSource.BEHIND: 1}
    pair.standby.resume_replay()
    pair.standby.catch_up()
    assert pair.is_listed(concept, **{POSITION: position})
    assert pair.reads() == {ReadSource.BEHIND: 1, ReadSource.STANDBY: 1}


@pytest.mark.slow
def test_a_repeated_request_and_a_refused_one_have_a_position(pair: Pair) -> None:
    concept, _ = written(pair, once="once")
    repeated, position = written(pair, once="once")
    refused = pair.web.put(
        concept_url(concept), json={"content": body_of(RATIO), "change_note": "late"}, seq=7
    )

    assert repeated == concept
    assert pair.is_listed(concept, **{POSITION: position})
    assert problem(refused)[0] == 412
    assert pair.is_listed(concept, **{POSITION: refused.headers[POSITION]})
    assert pair.reads() == {ReadSource.BEHIND: 2}


@pytest.mark.slow
def test_a_position_outlives_a_rotation_and_a_query_has_none(pair: Pair) -> None:
    assert POSITION not in pair.web.get(CONCEPTS).headers
    assert POSITION not in pair.web.get(CONCEPTS, key=None).headers

    concept, position = written(pair)
    by_other = Positions((OTHER_SECRET,)).sign(position.partition(".")[2])

    assert pair.is_listed(concept, **{POSITION: by_other})


@pytest.mark.slow
def test_a_made_up_position_is_refused_and_lets_nobody_wait(pair: Pair) -> None:
    _, position = written(pair)
    signature = position.partition(".")[0]
    for text in (
        FAR_AHEAD,
        f"{signature}.{FAR_AHEAD}",
        f"{signature}{FAR_AHEAD}",
        f"{position}0",
        position.upper(),
        f"\xe9{position}",
        Positions((b"of nobody, at least 32 characters",)).sign(FAR_AHEAD),
        Positions((SETTINGS.secret,)).sign("1" * MAX_CHARACTERS),
    ):
        answer = pair.web.get(CONCEPTS, headers={POSITION: text})
        assert problem(answer) == (400, "INVALID_LOG_POSITION"), text

    assert pair.reads() == {}


@pytest.mark.slow
def test_a_key_is_read_from_the_primary(pair: Pair) -> None:
    pair.standby.resume_replay()
    key = pair.web.new_key("concepts:read")
    pair.standby.catch_up()
    pair.standby.pause_replay()
    late = pair.web.new_key("concepts:read")
    assert pair.web.get(CONCEPTS, key=key).status_code == 200
    assert pair.web.get(CONCEPTS, key=late).status_code == 200
    assert pair.reads() == {ReadSource.STANDBY: 2}

    key_id = key.split("_")[1]
    command = RevokeKey(key_id=key_id, expected_seq=pair.store.read(get_key, key_id).seq)
    pair.store.run(revoke_key, command, actor=OPERATOR, reason="a test")
    assert problem(pair.web.get(CONCEPTS, key=key)) == (401, "UNAUTHENTICATED")
    assert pair.reads() == {ReadSource.STANDBY: 2}


@pytest.mark.slow
def test_the_console_shows_what_its_user_has_written(pair: Pair) -> None:
    site = Site(pair.store, SETTINGS, standby=pair.store)
    author, other = site.member(), site.member()
    author.get("/console/new")
    name = "Written a moment ago"
    author.send("new", **as_typed(evolve(RATIO, name=name)), reason="a test")
    author.follow()
    assert name in author.page.words

    author.get(LIST)
    assert name in author.page.words
    other.get(LIST)
    assert name not in other.page.words
    assert pair.reads() == {ReadSource.BEHIND: 1, ReadSource.STANDBY: 1}

    author.client.set_cookie(COOKIE, FAR_AHEAD)
    assert author.get(LIST).status_code == 200
    assert name not in author.page.words


def test_a_store_without_a_standby_has_no_positions(web: Web) -> None:
    body = {"content": body_of(RATIO), "reason": "a test"}
    answer = web.post("/v1/concepts", json=body)
    assert POSITION not in answer.headers

    longest = Position(MAX_TIMELINE, 2**64 - 1, -(2**63))
    position = Positions(SETTINGS.secrets).sign(str(longest))
    assert web.get(CONCEPTS, headers={POSITION: position}).status_code == 200
    refused = web.get(CONCEPTS, headers={POSITION: "1:0/16B3748"})
    assert problem(refused) == (400, "INVALID_LOG_POSITION")


def test_what_may_write_or_operators_read_comes_from_the_primary() -> None:
    operations = [one for routes in admin_routes(CONTEXTS) for one in routes.operations]

    assert operations
    assert not any(operation.reads_standby for operation in operations)

    routes = Routes("letters", "Letters.")
    declare = routes.add(
        "POST /letters",
        "letters:write",
        request_type=EmptyQuery,
        response_type=EmptyQuery,
        reads_standby=True,
    )
    with pytest.raises(UsageError, match="POST /letters may write"):
        declare(lambda _, query: query)
    with pytest.raises(UsageError, match="POST /letters may write"):
        ConsolePage(rule="/letters", view=sign_out, method="POST", reads_standby=True)
