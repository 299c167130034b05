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


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_signs_in_and_returns_to_the_page(site: Site, path: str) -> None:
    visitor = site.visitor()
    assert visitor.get(path).status_code == 303
    visitor.follow()

    assert visitor.send("sign-in", key=site.key().text).location == path


def test_the_stream_requires_a_session(site: Site) -> None:
    answer = site.visitor().get(f"{HISTORY}/stream")

    assert answer.status_code == 401
    assert answer.data == b""


def test_the_cookie_does_not_contain_the_key_and_is_http_only(site: Site) -> None:
    key = site.key().text
    answer = site.visitor().sign_in(key)

    secret = key.rpartition("_")[2]
    assert secret not in str(answer.headers)
    assert secret not in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    names = set(cookie.replace("=", "; ").split("; "))
    assert names.isdisjoint({"Secure", "Domain"})


def test_over_tls_the_cookie_has_the_host_prefix(site: Site) -> None:
    cookie = site.app.test_client().get(DOOR, base_url="https://localhost").headers["Set-Cookie"]

    assert cookie.startswith("__Host-indelible=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("wrong_key", ["", "ind_x_y", "a", "\u00e9" * 500, "ind_<script>_x"])
def test_a_wrong_key_is_refused_and_not_shown(site: Site, wrong_key: str) -> None:
    visitor = site.visitor()
    answer = visitor.sign_in(wrong_key)

    assert answer.status_code == 401
    assert "UNAUTHENTICATED" in visitor.page.text
    assert visitor.page.forms[0].fields["key"] == [""]
    assert visitor.get(LIST).status_code == 303


def test_a_key_without_the_console_scope_sees_the_missing_scope(site: Site) -> None:
    visitor = site.visitor()

    assert visitor.sign_in(site.key(*SCOPES).text).status_code == 403
    assert "SCOPE_MISSING" in visitor.page.text
    assert "console" in visitor.page.text
    assert visitor.get(LIST).status_code == 303


def test_signing_in_starts_a_new_session_and_ends_the_old_one(site: Site) -> None:
    thief = site.visitor()
    victim = site.visitor()
    thief.get(DOOR)
    planted_cookie = session_cookie(thief)
    victim.client.set_cookie(COOKIE, planted_cookie)

    victim.sign_in(site.key().text)

    assert victim.get(LIST).status_code == 200
    assert session_cookie(victim) != planted_cookie
    assert thief.get(LIST).status_code == 303


@pytest.mark.slow
def test_signing_out_ends_every_copy_of_the_session(any_site: Site) -> None:
    member = any_site.member()
    thief = any_site.visitor()
    thief.client.set_cookie(COOKIE, session_cookie(member))
    assert thief.get(LIST).status_code == 200
    member.get(LIST)

    assert member.sign_out().location == DOOR

    for visitor in (member, thief):
        assert visitor.get(LIST).status_code == 303


def test_a_get_request_changes_nothing(site: Site) -> None:
    member = site.member()

    assert member.get("/console/sign-out").status_code == 404
    assert member.get(LIST).status_code == 200


def test_an_idle_session_ends(site: Site) -> None:
    member = site.member()
    for _ in range(3):
        site.clock.forward(seconds=IDLE_SECONDS - 1)
        assert member.get(LIST).status_code == 200
    site.clock.forward(seconds=IDLE_SECONDS)

    assert member.get(LIST).status_code == 303


@pytest.mark.slow
def test_requests_of_live_pages_do_not_extend_a_session(site: Site) -> None:
    site = Site(site.store, evolve(SETTINGS, max_streams=0))
    member = site.member()
    site.clock.forward(seconds=IDLE_SECONDS - 1)
    assert member.get(f"{HISTORY}/stream").status_code == 200
    site.clock.forward(seconds=1)

    assert member.get(f"{HISTORY}/stream").status_code == 401


@pytest.mark.slow
def test_a_session_ends_after_eight_hours(site: Site) -> None:
    member = site.member()
    for _ in range(MAX_SESSION_SECONDS // (IDLE_SECONDS - 1)):
        site.clock.forward(seconds=IDLE_SECONDS - 1)
        assert member.get(LIST).status_code == 200
    site.clock.forward(seconds=IDLE_SECONDS - 1)

    assert member.get(LIST).status_code == 303


@pytest.mark.slow
def test_a_session_of_a_clock_an_hour_ahead_ends_an_hour_late_at_most(site: Site) -> None:
    site.clock.forward(hours=1)
    member = site.member()
    site.clock.forward(hours=-1)
    assert member.get(LIST).status_code == 200

    for _ in range(MAX_SESSION_SECONDS // RENEW_SECONDS // 20):
        site.clock.forward(seconds=20 * RENEW_SECONDS)
        assert member.get(LIST).status_code == 200
    site.clock.forward(hours=1)

    assert member.get(LIST).status_code == 303


@pytest.mark.slow
def test_a_clock_that_jumps_an_hour_ahead_ends_sessions_and_back_extends_none(site: Site) -> None:
    member = site.member()
    site.clock.forward(hours=1)
    assert member.get(LIST).status_code == 303

    site.clock.forward(hours=-1, seconds=IDLE_SECONDS)
    assert member.get(LIST).status_code == 303


def test_a_revoked_key_ends_its_sessions_at_the_next_request(any_site: Site) -> None:
    key = any_site.key()
    visitor = any_site.visitor()
    visitor.sign_in(key.text)
    assert visitor.get(LIST).status_code == 200

    any_site.revoke(key)

    assert visitor.get(LIST).status_code == 303
    assert visitor.get(DOOR).status_code == 200
    assert visitor.get(f"{HISTORY}/stream").status_code == 401


def test_an_expired_key_ends_its_sessions(site: Site) -> None:
    key = site.key(expires_at=site.clock.now() + timedelta(minutes=5))
    visitor = site.visitor()
    visitor.sign_in(key.text)

    site.clock.forward(minutes=5)

    assert visitor.get(LIST).status_code == 303


@pytest.mark.slow
def test_a_cookie_of_another_deployment_is_refused(site: Site) -> None:
    settings = evolve(SETTINGS, secret=b"another secret, 32 bytes in length")
    visitor = Site(site.store, settings).visitor()

    visitor.client.set_cookie(COOKIE, session_cookie(site.member()))

    assert visitor.get(LIST).status_code == 303


@pytest.mark.parametrize("value", ["", "x", "e30.e30", ".eJyrVg.x", "\u00ff", "a" * 3_000])
def test_a_cookie_without_a_signature_is_refused(site: Site, value: str) -> None:
    member = site.member()
    member.client.set_cookie(COOKIE, value)

    assert member.get(LIST).status_code == 303


def test_a_cookie_with_a_changed_signature_is_refused(site: Site) -> None:
    member = site.member()
    cookie = session_cookie(member)
    # Not every bit of the last character is read, so that the fourth to last is changed.
    replacement = "B" if cookie[-4] == "A" else "A"

    for forged in (cookie[:-4] + replacement + cookie[-3:], cookie + "x"):
        member.client.set_cookie(COOKIE, forged)
        assert member.get(LIST).status_code == 303


def test_the_api_refuses_sessions_and_the_console_refuses_key_headers(
    site: Site,
) -> None:
    key = site.key().text

    assert site.member().get("/v1/concepts").status_code == 401
    assert site.visitor().get(LIST, Authorization=f"Bearer {key}").status_code == 303


@pytest.mark.parametrize("path", FORM_PATHS)
@pytest.mark.parametrize("token", [None, "", "0" * 64, "\u00e9"])
def test_a_form_without_its_csrf_token_changes_nothing(
    site: Site, path: str, token: str | None
) -> None:
    member = site.member("console", "keys:write", *SCOPES)
    changes_before = site.store.feed().changes
    fields = {"reason": "x", "name": "Ratio"}
    if token is not None:
        fields["csrf"] = token

    answer = member.post(path, fields)

    assert answer.status_code == 403
    assert "FORM_FORGED" in answer.text
    assert site.store.feed().changes == changes_before
    assert member.get(LIST).status_code == 200


def test_a_csrf_token_of_another_session_is_refused(site: Site) -> None:
    maya = site.member()
    noor = site.member(owner=NOOR)
    noor.get("/console/new")
    maya.get("/console/new")

    answer = maya.send("/new", csrf=noor.page.csrf_token(), name="Planted", change_note="x")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Referer": "https://evil.example/page"},
    ],
)
def test_a_form_from_another_site_changes_nothing_even_with_the_token(
    site: Site, headers: dict[str, str]
) -> None:
    member = site.member()
    member.get("/console/new")

    assert member.send("/new", headers, name="Planted", change_note="x").status_code == 403
    assert "Planted" not in member.get(LIST).text


@pytest.mark.parametrize("path", FORM_PATHS)
def test_a_form_from_another_site_does_not_end_the_session(site: Site, path: str) -> None:
    # A browser sends no cookie with the form of another site.
    visitor = site.visitor()
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.test"}

    answer = visitor.post(path, {"csrf": "x"}, **headers)

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_signing_in_requires_the_csrf_token(site: Site) -> None:
    visitor = site.visitor()

    assert visitor.post(DOOR, {"key": site.key().text}).status_code == 403
    assert visitor.get(LIST).status_code == 303


@pytest.mark.slow
def test_wrong_keys_at_the_sign_in_are_limited() -> None:
    site = Site(memory(), evolve(SETTINGS, wrong_keys_per_minute=3))
    visitor = site.visitor()

    statuses = [visitor.sign_in(f"ind_x_{number}").status_code for number in range(5)]

    assert statuses == [401, 401, 401, 429, 429]
    assert visitor.answer is not None
    assert visitor.answer.headers["Retry-After"] == "60"
    assert "TOO_MANY_REQUESTS" in visitor.page.text


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example",
        "//evil.example/console/",
        "\\\\evil.example\\console\\",
        "/\\evil.example",
        "javascript:alert(1)",
        "/v1/concepts",
        "/consoleX",
        "/console/concepts\r\nX: y",
    ],
)
def test_signing_in_redirects_only_within_the_console(site: Site, next_url: str) -> None:
    visitor = site.visitor()
    visitor.get(DOOR)

    assert visitor.send("sign-in", key=site.key().text, next=next_url).location == HOME


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


def test_a_form_survives_a_new_session_in_another_window(site: Site) -> None:
    member = site.member()
    member.get("/console/new")
    page_of_the_old_session = member.page
    member.get(LIST)
    member.sign_out()
    member.sign_in(site.key().text)

    member.page = page_of_the_old_session
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = member.send("/new", headers, name="Kept", change_note="thought of before")

    assert answer.status_code == 403
    assert "Kept" in answer.text
    assert member.send("/new", headers).status_code == 303


def test_a_form_of_unknown_origin_is_not_carried_through_the_sign_in(site: Site) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    answer = site.visitor().post("/console/new", {"name": "Planted"}, **headers)

    assert answer.status_code == 401
    assert "Planted" not in answer.text


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
