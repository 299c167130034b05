"""Test the page of history in the console: the newest changes, later ones, and the stream."""

import re
from collections.abc import Iterator

import pytest
from attrs import evolve
from tests.web.console.visitor import HISTORY, Site, Visitor, at, changes_on
from tests.web.harness import SETTINGS, memory
from werkzeug.test import TestResponse

from indelible import captures
from indelible.kernel import StoreUnreachable
from indelible.testing.stores import MAYA, NOOR, RATIO
from indelible_web.console import history as console_history
from indelible_web.console import live as streams
from indelible_web.console.live import Streams

pytestmark = pytest.mark.slow

STREAM = f"{HISTORY}/stream"


@pytest.fixture(autouse=True)
def short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let streams end soon, so that no test waits for them."""
    monkeypatch.setattr(streams, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(streams, "MAX_STREAM_SECONDS", 0.1)


def cursor_of(member: Visitor) -> str:
    """Return the cursor after the newest change."""
    member.get(HISTORY)
    for tag, attributes in member.page.tags:
        if tag == "tbody" and "data-cursor" in attributes:
            return attributes["data-cursor"]
    raise AssertionError("the page has no cursor")


def frames(answer: TestResponse) -> list[str]:
    return answer.text.split("\n\n")[:-1]


def open_stream(member: Visitor, cursor: str) -> tuple[TestResponse, Iterator[str]]:
    """Return the answer of an open stream, and its parts as they arrive."""
    answer = member.client.get(f"{STREAM}?cursor={cursor}", buffered=False)
    return answer, (part.decode() for part in answer.iter_encoded())


def test_the_newest_changes_come_first_and_later_ones_behind_a_link(any_site: Site) -> None:
    member = any_site.member()
    cursor = cursor_of(member)
    member.get(f"{HISTORY}?cursor={cursor}")

    assert "No later changes" in member.page.text

    saved = any_site.edit(any_site.create())
    member = any_site.member()
    member.get(HISTORY)

    text = member.page.words
    assert text.index("says it more clearly") < text.index("a first draft")
    assert "user:maya" in text
    assert at(saved) in member.page.links

    command = captures.RegisterAlgorithm(algorithm_id="oscl-1", formulas=captures.SPHERICAL)
    any_site.store.run(captures.register_algorithm, command, actor=MAYA, reason="a test")

    member = any_site.member()
    member.get(HISTORY)

    assert "algorithm oscl-1 Registered" in member.page.words
    assert "API key of user:maya Created" in member.page.words


def test_without_a_script_a_link_leads_to_later_changes(any_site: Site) -> None:
    any_site.create()
    member = any_site.member()
    member.get(HISTORY)
    later_changes = member.page.link("cursor=")
    any_site.create(evolve(RATIO, name="Later"))

    member.get(later_changes)

    assert "Later" in member.page.text
    assert member.page.text.count("Created") == 1


def test_from_the_beginning_every_change_appears_once(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 15)
    names = [f"Number {number:02}" for number in range(20)]
    for name in names:
        any_site.create(evolve(RATIO, name=name))
    member = any_site.member()

    member.get(f"{HISTORY}?beginning=")
    first_names = re.findall(r"Number \d\d", member.page.text)
    member.get(member.page.link("cursor="))
    later_names = re.findall(r"Number \d\d", member.page.text)

    assert first_names + later_names == names


def test_history_shows_no_secret_of_a_key_and_no_name_of_another_s_space(any_site: Site) -> None:
    key = any_site.key(owner=NOOR).key

    html = any_site.member().get(HISTORY).text

    assert "API key of user:noor" in html
    assert key.secret_digest not in html

    for user in (MAYA, NOOR):
        command = captures.CreateSpace(
            user_id=user.id, name=f"Notes of {user.id}", model="test", dimension=3
        )
        any_site.store.run(captures.create_space, command, actor=user, reason="a test")
    member = any_site.member("console", "captures:read")
    member.get(HISTORY)

    assert "Notes of maya" in member.page.text
    assert "Notes of noor" not in member.page.text

    member = any_site.member("console")
    member.get(HISTORY)
    assert "Notes of maya" not in member.page.text


def test_a_wrong_cursor_or_filter_is_refused_on_a_page(site: Site) -> None:
    member = site.member()
    for query in ["?cursor=x", "?cursor=" + "0" * 70]:
        for path in (HISTORY, STREAM):
            assert member.get(path + query).status_code == 400

    for query in [
        "actor=nobody:x",
        "since=yesterday",
        "until=2026-13-01",
        "entity_id=%00",
        "before=x",
    ]:
        answer = site.member().get(f"{HISTORY}?{query}")

        assert answer.status_code in {400, 422}
        assert answer.content_type.startswith("text/html")


def test_a_stream_sends_its_mode_and_then_every_change(any_site: Site) -> None:
    member = any_site.member()
    cursor = cursor_of(member)
    saved = any_site.create(evolve(RATIO, name="A <b>\nRatio"))
    any_site.edit(saved, evolve(RATIO, name="A <b>\nRatio"))
    answer = member.get(f"{STREAM}?cursor={cursor}")
    mode, changes = frames(answer)[:2]

    assert answer.content_type == "text/event-stream"
    assert mode == "retry: 700\nevent: mode\ndata: open"
    assert re.match(r"id: [0-9a-f]{64}\S*\nevent: changes\ndata: <tr", changes)
    assert all(re.match("(id|event|data): ", line) for line in changes.splitlines())
    assert changes.index("says it more clearly") < changes.index("a first draft")
    assert "&lt;b&gt;" in changes

    member = any_site.member()
    cursor = cursor_of(member)
    any_site.create(evolve(RATIO, name="First"))
    events = member.get(f"{STREAM}?cursor={cursor}").text
    last_id = re.findall(r"^id: (\S+)$", events, re.MULTILINE)[-1]
    any_site.create(evolve(RATIO, name="Second"))

    later_events = member.get(f"{STREAM}?cursor={cursor}", **{"Last-Event-ID": last_id}).text

    assert "First" not in later_events
    assert "Second" in later_events

    member = any_site.member()
    cursor = cursor_of(member)
    for number in range(3):
        any_site.create(evolve(RATIO, name=f"Imported {number}"))

    events = member.get(f"{STREAM}?cursor={cursor}").text

    assert events.count("<tr") == 1
    assert 'data-changes="3"' in events


def test_a_change_appears_in_an_open_stream(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STREAM_SECONDS", 60)
    member = any_site.member()
    answer, parts = open_stream(member, cursor_of(member))
    assert "event: mode" in next(parts)
    assert next(parts) == ": heartbeat\n\n"
    any_site.create(evolve(RATIO, name="Live"))

    assert "Live" in next(part for part in parts if not part.startswith(":"))
    answer.close()


def test_a_stream_sends_heartbeats_until_it_ends_or_the_store_fails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STREAM_SECONDS", 0.5)
    member = site.member()

    mode, *others = frames(member.get(f"{STREAM}?cursor={cursor_of(member)}"))

    assert mode.startswith("retry:")
    assert set(others) == {": heartbeat"}

    site = Site(memory())
    member = site.member()
    answer, parts = open_stream(member, cursor_of(member))
    next(parts)

    def fail(*_: object, **__: object) -> None:
        raise StoreUnreachable("OperationalError")

    monkeypatch.setattr(site.store, "read", fail)
    assert all(part == ": heartbeat\n\n" for part in parts)
    answer.close()


def test_streams_over_the_limit_are_polled() -> None:
    site = Site(memory(), evolve(SETTINGS, max_streams=2))
    member = site.member()
    cursor = cursor_of(member)
    first, first_parts = open_stream(member, cursor)
    second, second_parts = open_stream(member, cursor)
    assert "data: open" in next(first_parts)
    assert "data: open" in next(second_parts)

    site.create(evolve(RATIO, name="Seen by all"))
    third = member.get(f"{STREAM}?cursor={cursor}")
    assert "data: polled" in frames(third)[0]
    assert "Seen by all" in third.text
    assert third.content_length

    first.close()
    assert "data: open" in frames(member.get(f"{STREAM}?cursor={cursor}"))[0]
    second.close()

    site = Site(memory(), evolve(SETTINGS, max_streams=1))
    member = site.member()
    cursor = cursor_of(member)
    for _ in range(3):
        answer, parts = open_stream(member, cursor)
        assert "data: open" in next(parts)
        answer.close()

    site = Site(memory(), evolve(SETTINGS, max_streams=0, requests_per_minute=5))
    member = site.member()

    statuses = [member.get(STREAM).status_code for _ in range(7)]

    assert statuses == [200, 200, 200, 200, 200, 429, 429]
    assert member.get(HISTORY).status_code == 200


def test_all_streams_share_one_query_per_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_SECONDS", 60)
    store = memory()
    read = store.read
    read_count = 0

    def count_and_read(*args: object, **kwargs: object) -> object:
        nonlocal read_count
        read_count += 1
        return read(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(store, "read", count_and_read)
    shared_streams = Streams(store, 10)
    cursor = shared_streams.after("0").cursor

    for _ in range(50):
        assert shared_streams.after(cursor).changes == ()
    assert read_count == 1


def test_earlier_changes_are_read_page_by_page(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 4)
    for number in range(9):
        any_site.create(evolve(RATIO, name=f"Number {number}"))
    member = any_site.member("console", "admin")
    member.get(HISTORY)
    names = re.findall(r"Number \d", member.page.text)
    while any("before=" in link for link in member.page.links):
        member.get(member.page.link("before="))
        names += re.findall(r"Number \d", member.page.text)

    assert names == [f"Number {number}" for number in range(8, -1, -1)]
    assert HISTORY in member.page.links


def test_history_is_filtered_by_kind_entity_action_actor_and_time(any_site: Site) -> None:
    saved = any_site.edit(any_site.create())
    any_site.create(evolve(RATIO, name="Other"), by=NOOR)
    member = any_site.member(owner=NOOR)
    expected = {
        "lifecycle=concept": 3,
        "lifecycle=key": 1,
        f"entity_id={saved.concept.id}": 2,
        "action=edit": 1,
        "lifecycle=concept&actor=me": 1,
        "actor=maya": 2,
        "actor=user:maya&action=create": 1,
        "since=2026-01-01&until=2026-01-01": 4,
        "until=2025-12-31": 0,
        "since=2026-01-02": 0,
    }

    for query, count in expected.items():
        member.get(f"{HISTORY}?{query}")
        assert changes_on(member) == count, query
        member.get(f"{HISTORY}?{query}&beginning=1")
        assert changes_on(member) == count, query


def test_a_filter_stays_on_every_page_and_a_cursor_belongs_to_its_filter(
    any_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_history, "PAGE_SIZE", 2)
    for number in range(5):
        any_site.create(evolve(RATIO, name=f"Number {number}"))
    member = any_site.member()
    member.get(f"{HISTORY}?lifecycle=concept&actor=maya")

    earlier = member.page.link("before=")
    assert "lifecycle=concept" in earlier
    assert "actor=maya" in earlier
    other_filter = earlier.replace("lifecycle=concept", "lifecycle=key")
    assert member.get(other_filter).status_code == 400
    assert member.get(earlier).status_code == 200
