"""Test sessions of the console: signing in and out, the end of sessions, and forged forms."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.web.console.visitor import DOOR, HISTORY, LIST, Page, Site, Visitor, at
from tests.web.harness import SCOPES, SETTINGS, memory

from indelible.testing.stores import MAYA, NOOR
from indelible_web.console.cookies import IDLE_SECONDS, MAX_SESSION_SECONDS, RENEW_SECONDS

COOKIE = "indelible"
HOME = "/console/"
PAGES = (
    HOME,
    LIST,
    HISTORY,
    "/console/new",
    "/console/concepts/x",
    "/console/concepts/x/edit",
    "/console/keys",
    "/console/keys/x",
    "/console/nowhere",
)
FORM_PATHS = (
    "/console/new",
    "/console/concepts/x/step",
    "/console/concepts/x/edit",
    "/console/keys/new",
    "/console/keys/x/revoke",
    "/console/sign-out",
)


def session_cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_a_visitor_signs_in_and_returns_to_the_page_within_the_console(site: Site) -> None:
    for path in PAGES:
        visitor = site.visitor()
        assert visitor.get(path).status_code == 303
        visitor.follow()

        assert visitor.send("sign-in", key=site.key().text).location == path

    for next_url in [
        "https://evil.example",
        "//evil.example/console/",
        "\\\\evil.example\\console\\",
        "/\\evil.example",
        "javascript:alert(1)",
        "/v1/concepts",
        "/consoleX",
        "/console/concepts\r\nX: y",
    ]:
        visitor = site.visitor()
        visitor.get(DOOR)

        assert visitor.send("sign-in", key=site.key().text, next=next_url).location == HOME


def test_the_stream_needs_a_session_and_the_api_a_key(site: Site) -> None:
    answer = site.visitor().get(f"{HISTORY}/stream")

    assert answer.status_code == 401
    assert answer.data == b""

    key = site.key().text

    assert site.member().get("/v1/concepts").status_code == 401
    assert site.visitor().get(LIST, Authorization=f"Bearer {key}").status_code == 303


def test_a_session_does_not_contain_its_key_and_its_cookie_is_http_only(site: Site) -> None:
    key = site.key().text
    answer = site.visitor().sign_in(key)

    secret = key.rpartition("_")[2]
    assert secret not in str(answer.headers)
    assert secret not in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    names = set(cookie.replace("=", "; ").split("; "))
    assert names.isdisjoint({"Secure", "Domain"})

    cookie = site.app.test_client().get(DOOR, base_url="https://localhost").headers["Set-Cookie"]

    assert cookie.startswith("__Host-indelible=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


def test_a_wrong_key_and_one_without_the_scope_start_no_session(site: Site) -> None:
    visitor = site.visitor()
    for wrong_key in ["", "ind_x_y", "a", "\u00e9" * 500, "ind_<script>_x"]:
        answer = visitor.sign_in(wrong_key)

        assert answer.status_code == 401
        assert "UNAUTHENTICATED" in visitor.page.text
        assert visitor.page.forms[0].fields["key"] == [""]
        assert visitor.get(LIST).status_code == 303

    assert visitor.sign_in(site.key(*SCOPES).text).status_code == 403
    assert "SCOPE_MISSING" in visitor.page.text
    assert "console" in visitor.page.text
    assert visitor.get(LIST).status_code == 303

    assert visitor.post(DOOR, {"key": site.key().text}).status_code == 403
    assert visitor.get(LIST).status_code == 303


@pytest.mark.slow
def test_signing_in_and_out_end_every_older_copy_of_the_session(any_site: Site) -> None:
    thief = any_site.visitor()
    victim = any_site.visitor()
    thief.get(DOOR)
    planted_cookie = session_cookie(thief)
    victim.client.set_cookie(COOKIE, planted_cookie)

    victim.sign_in(any_site.key().text)

    assert victim.get(LIST).status_code == 200
    assert session_cookie(victim) != planted_cookie
    assert thief.get(LIST).status_code == 303

    member = any_site.member()
    thief = any_site.visitor()
    thief.client.set_cookie(COOKIE, session_cookie(member))
    assert thief.get(LIST).status_code == 200
    member.get(LIST)

    assert member.sign_out().location == DOOR

    for visitor in (member, thief):
        assert visitor.get(LIST).status_code == 303

    member = any_site.member()

    assert member.get("/console/sign-out").status_code == 404
    assert member.get(LIST).status_code == 200


@pytest.mark.slow
def test_a_session_ends_when_it_is_idle_and_after_eight_hours(site: Site) -> None:
    member = site.member()
    for _ in range(3):
        site.clock.forward(seconds=IDLE_SECONDS - 1)
        assert member.get(LIST).status_code == 200
    site.clock.forward(seconds=IDLE_SECONDS)

    assert member.get(LIST).status_code == 303

    member = site.member()
    for _ in range(MAX_SESSION_SECONDS // (IDLE_SECONDS - 1)):
        site.clock.forward(seconds=IDLE_SECONDS - 1)
        assert member.get(LIST).status_code == 200
    site.clock.forward(seconds=IDLE_SECONDS - 1)

    assert member.get(LIST).status_code == 303

    site = Site(site.store, evolve(SETTINGS, max_streams=0))
    member = site.member()
    site.clock.forward(seconds=IDLE_SECONDS - 1)
    assert member.get(f"{HISTORY}/stream").status_code == 200
    site.clock.forward(seconds=1)

    assert member.get(f"{HISTORY}/stream").status_code == 401


@pytest.mark.slow
def test_a_clock_that_jumps_ends_sessions_and_extends_none(site: Site) -> None:
    member = site.member()
    site.clock.forward(hours=1)
    assert member.get(LIST).status_code == 303

    site.clock.forward(hours=-1, seconds=IDLE_SECONDS)
    assert member.get(LIST).status_code == 303

    site.clock.forward(hours=1)
    member = site.member()
    site.clock.forward(hours=-1)
    assert member.get(LIST).status_code == 200

    for _ in range(MAX_SESSION_SECONDS // RENEW_SECONDS // 20):
        site.clock.forward(seconds=20 * RENEW_SECONDS)
        assert member.get(LIST).status_code == 200
    site.clock.forward(hours=1)

    assert member.get(LIST).status_code == 303


def test_a_revoked_or_expired_key_ends_its_sessions(any_site: Site) -> None:
    key = any_site.key()
    visitor = any_site.visitor()
    visitor.sign_in(key.text)
    assert visitor.get(LIST).status_code == 200

    any_site.revoke(key)

    assert visitor.get(LIST).status_code == 303
    assert visitor.get(DOOR).status_code == 200
    assert visitor.get(f"{HISTORY}/stream").status_code == 401

    key = any_site.key(expires_at=any_site.clock.now() + timedelta(minutes=5))
    visitor = any_site.visitor()
    visitor.sign_in(key.text)

    any_site.clock.forward(minutes=5)

    assert visitor.get(LIST).status_code == 303


@pytest.mark.slow
def test_a_forged_or_foreign_cookie_is_refused(site: Site) -> None:
    settings = evolve(SETTINGS, secret=b"another secret, 32 bytes in length")
    visitor = Site(site.store, settings).visitor()

    visitor.client.set_cookie(COOKIE, session_cookie(site.member()))

    assert visitor.get(LIST).status_code == 303

    member = site.member()
    for value in ["", "x", "e30.e30", ".eJyrVg.x", "\u00ff", "a" * 3_000]:
        member.client.set_cookie(COOKIE, value)

        assert member.get(LIST).status_code == 303

    member = site.member()
    cookie = session_cookie(member)
    # Not every bit of the last character is read, so that the fourth to last is changed.
    replacement = "B" if cookie[-4] == "A" else "A"

    for forged in (cookie[:-4] + replacement + cookie[-3:], cookie + "x"):
        member.client.set_cookie(COOKIE, forged)
        assert member.get(LIST).status_code == 303


def test_a_form_without_its_csrf_token_changes_nothing(site: Site) -> None:
    member = site.member("console", "keys:write", *SCOPES)
    changes_before = site.store.feed().changes
    fields = {"reason": "x", "name": "Ratio"}
    for path in FORM_PATHS:
        for token in [None, "", "0" * 64, "\u00e9"]:
            if token is not None:
                fields["csrf"] = token

            answer = member.post(path, fields)

            assert answer.status_code == 403
            assert "FORM_FORGED" in answer.text
            assert site.store.feed().changes == changes_before
            assert member.get(LIST).status_code == 200

    maya = site.member()
    noor = site.member(owner=NOOR)
    noor.get("/console/new")
    maya.get("/console/new")

    answer = maya.send("/new", csrf=noor.page.csrf_token(), name="Planted", change_note="x")

    assert answer.status_code == 403


def test_a_form_from_another_site_changes_nothing(site: Site) -> None:
    for headers in [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Referer": "https://evil.example/page"},
    ]:
        member = site.member()
        member.get("/console/new")

        assert member.send("/new", headers, name="Planted", change_note="x").status_code == 403
        assert "Planted" not in member.get(LIST).text

    for path in FORM_PATHS:
        # A browser sends no cookie with the form of another site.
        visitor = site.visitor()
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.test"}

        answer = visitor.post(path, {"csrf": "x"}, **headers)

        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers

    headers = {"Sec-Fetch-Site": "cross-site"}

    answer = site.visitor().post("/console/new", {"name": "Planted"}, **headers)

    assert answer.status_code == 401
    assert "Planted" not in answer.text


@pytest.mark.slow
def test_wrong_keys_at_the_sign_in_are_limited() -> None:
    site = Site(memory(), evolve(SETTINGS, wrong_keys_per_minute=3))
    visitor = site.visitor()

    statuses = [visitor.sign_in(f"ind_x_{number}").status_code for number in range(5)]

    assert statuses == [401, 401, 401, 429, 429]
    assert visitor.answer is not None
    assert visitor.answer.headers["Retry-After"] == "60"
    assert "TOO_MANY_REQUESTS" in visitor.page.text
    assert site.visitor().sign_in(site.key().text).status_code == 303


def test_a_form_survives_the_end_of_its_session(any_site: Site) -> None:
    key = any_site.key()
    visitor = any_site.visitor()
    visitor.sign_in(key.text)
    visitor.get("/console/new")
    any_site.revoke(key)
    headers = {"Origin": "http://localhost"}
    fields = {
        "name": "Kept & <b>",
        "examples": ["one\r\nline", "two"],
        "change_note": "long thought",
    }

    assert visitor.send("/new", headers, **fields).status_code == 401
    assert visitor.send("sign-in", headers, key=any_site.key().text).status_code == 200
    assert "Nothing is saved yet" in visitor.page.text

    visitor.send("/new", headers)
    visitor.follow()
    assert "Kept & <b>" in visitor.page.text
    assert "long thought" in visitor.page.text
    assert any_site.store.feed().changes[-1].actor == MAYA

    member = any_site.member()
    member.get("/console/new")
    page_of_the_old_session = member.page
    member.get(LIST)
    member.sign_out()
    member.sign_in(any_site.key().text)

    member.page = page_of_the_old_session
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = member.send("/new", headers, name="Kept", change_note="thought of before")

    assert answer.status_code == 403
    assert "Kept" in answer.text
    assert member.send("/new", headers).status_code == 303


@pytest.mark.slow
def test_no_page_has_inline_scripts_or_styles_or_external_resources(site: Site) -> None:
    saved = site.edit(site.create())
    member = site.member()
    endings = ("", "/edit", "/versions/1", "/diff?from=1&to=2")

    for path in (DOOR, *PAGES, *[at(saved, ending) for ending in endings]):
        answer = member.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert inline_or_external(member.page) == []
        if answer.status_code == 200:
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy


def inline_or_external(page: Page) -> list[str]:
    """Return the tags with inline code or style, or with an address of another host."""
    faults: list[str] = []
    for tag, attributes in page.tags:
        urls = [attributes.get(name, "") for name in ("src", "href", "action")]
        is_external = any(url.startswith(("http", "//", "data:")) for url in urls)
        if tag == "style" or "style" in attributes or is_external:
            faults.append(f"{tag} {attributes}")

    return faults + [str(tag) for tag in page.active_markup()]
