"""Who comes in, for how long, and from which pages."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.web.console.visitor import DOOR, HISTORY, LIST, Page, Site, at
from tests.web.harness import SCOPES, SETTINGS, memory

from indelible.kernel import Actor
from indelible.testing.stores import MAYA
from indelible_web.console.cookies import IDLE_SECONDS, MAX_SESSION_SECONDS

NOOR = Actor.user("noor")
PAGES = (
    LIST,
    HISTORY,
    "/console/new",
    "/console/concepts/x",
    "/console/concepts/x/edit",
    "/console/nowhere",
)
POSTS = (
    "/console/new",
    "/console/concepts/x/step",
    "/console/concepts/x/edit",
    "/console/sign-out",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_signs_in_and_returns_to_the_page(site: Site, path: str) -> None:
    visitor, key = site.visitor(), site.key().text
    assert visitor.get(path).status_code == 303
    visitor.follow()

    assert visitor.send("sign-in", key=key).location == path


def test_the_stream_requires_a_session(site: Site) -> None:
    answer = site.visitor().get(f"{HISTORY}/stream")

    assert (answer.status_code, answer.data) == (401, b"")


def test_the_cookie_does_not_contain_the_key_and_is_http_only(site: Site) -> None:
    made = site.key()
    answer = site.visitor().sign_in(made.text)
    cookie = answer.headers["Set-Cookie"]

    assert made.text.rpartition("_")[2] not in str(answer.headers) + answer.text
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert not {"Secure", "Domain"} & set(cookie.replace("=", "; ").split("; "))


def test_over_tls_the_cookie_has_the_host_prefix(site: Site) -> None:
    cookie = site.app.test_client().get(DOOR, base_url="https://localhost").headers["Set-Cookie"]

    assert cookie.startswith("__Host-indelible=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("wrong", ["", "ind_x_y", "a", "\u00e9" * 500, "ind_<script>_x"])
def test_a_wrong_key_is_refused_and_not_shown(site: Site, wrong: str) -> None:
    visitor = site.visitor()
    answer = visitor.sign_in(wrong)

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


def test_signing_in_begins_a_new_session_and_ends_the_old_one(site: Site) -> None:
    planted, victim = site.visitor(), site.visitor()
    planted.get(DOOR)
    fixed = planted.client.get_cookie("indelible")
    assert fixed is not None
    victim.client.set_cookie("indelible", fixed.value)
    victim.sign_in(site.key().text)

    assert victim.get(LIST).status_code == 200
    assert victim.client.get_cookie("indelible") != fixed
    assert planted.get(LIST).status_code == 303


def test_signing_out_ends_every_copy_of_the_session(any_site: Site) -> None:
    member, thief = any_site.member(), any_site.visitor()
    stolen = member.client.get_cookie("indelible")
    assert stolen is not None
    thief.client.set_cookie("indelible", stolen.value)
    assert thief.get(LIST).status_code == 200
    member.get(LIST)

    assert member.sign_out().location == DOOR
    assert [each.get(LIST).status_code for each in (member, thief)] == [303, 303]


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


def test_requests_of_live_pages_do_not_extend_a_session(site: Site) -> None:
    site = Site(site.store, evolve(SETTINGS, max_streams=0))
    member = site.member()
    site.clock.forward(seconds=IDLE_SECONDS - 1)
    assert member.get(f"{HISTORY}/stream").status_code == 200
    site.clock.forward(seconds=1)

    assert member.get(f"{HISTORY}/stream").status_code == 401


def test_a_session_ends_after_eight_hours(site: Site) -> None:
    member = site.member()
    for _ in range(MAX_SESSION_SECONDS // (IDLE_SECONDS - 1)):
        site.clock.forward(seconds=IDLE_SECONDS - 1)
        assert member.get(LIST).status_code == 200
    site.clock.forward(seconds=IDLE_SECONDS - 1)

    assert member.get(LIST).status_code == 303


def test_a_revoked_key_ends_its_sessions_at_the_next_request(any_site: Site) -> None:
    made, visitor = any_site.key(), any_site.visitor()
    visitor.sign_in(made.text)
    assert visitor.get(LIST).status_code == 200
    any_site.revoke(made)

    assert visitor.get(LIST).status_code == 303
    assert visitor.get(DOOR).status_code == 200
    assert visitor.get(f"{HISTORY}/stream").status_code == 401


def test_an_expired_key_ends_its_sessions(site: Site) -> None:
    made, visitor = site.key(expires_at=site.clock.now() + timedelta(minutes=5)), site.visitor()
    visitor.sign_in(made.text)
    site.clock.forward(minutes=5)

    assert visitor.get(LIST).status_code == 303


def test_a_cookie_of_another_deployment_is_refused(site: Site) -> None:
    here, there = (
        site.member(),
        Site(site.store, evolve(SETTINGS, secret=b"another secret, 32 bytes in length")),
    )
    visitor, cookie = there.visitor(), here.client.get_cookie("indelible")
    assert cookie is not None
    visitor.client.set_cookie("indelible", cookie.value)

    assert visitor.get(LIST).status_code == 303


@pytest.mark.parametrize("value", ["", "x", "e30.e30", ".eJyrVg.x", "\u00ff", "a" * 3_000])
def test_a_cookie_with_a_wrong_signature_is_refused(site: Site, value: str) -> None:
    member = site.member()
    cookie = member.client.get_cookie("indelible")
    assert cookie is not None
    flipped = (
        "B" if cookie.value[-4] == "A" else "A"
    )  # not the last, of whose bits not all are read
    for planted in (value, cookie.value[:-4] + flipped + cookie.value[-3:], cookie.value + "x"):
        member.client.set_cookie("indelible", planted)
        assert member.get(LIST).status_code == 303


def test_the_api_refuses_sessions_and_the_console_refuses_key_headers(
    site: Site,
) -> None:
    key = site.key().text

    assert site.member().get("/v1/concepts").status_code == 401
    assert site.visitor().get(LIST, Authorization=f"Bearer {key}").status_code == 303


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", [None, "", "0" * 64, "\u00e9"])
def test_a_form_without_its_csrf_token_changes_nothing(
    site: Site, path: str, token: str | None
) -> None:
    member, before = site.member(), len(site.store.feed().changes)
    answer = member.post(
        path, {"reason": "x", "name": "Ratio", **({} if token is None else {"csrf": token})}
    )

    assert (answer.status_code, "FORM_FORGED" in answer.text) == (403, True)
    assert len(site.store.feed().changes) == before
    assert member.get(LIST).status_code == 200


def test_a_csrf_token_of_another_session_is_refused(site: Site) -> None:
    maya, noor = site.member(), site.member(owner=NOOR)
    noor.get("/console/new")
    foreign = noor.page.forms[1].fields["csrf"]
    maya.get("/console/new")

    assert maya.send("/new", csrf=foreign, name="Planted", change_note="x").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_a_form_from_another_site_changes_nothing_even_with_the_token(
    site: Site, headers: dict[str, str]
) -> None:
    member = site.member()
    member.get("/console/new")

    assert member.send("/new", headers, name="Planted", change_note="x").status_code == 403
    assert "Planted" not in member.get(LIST).text


@pytest.mark.parametrize("path", POSTS)
def test_a_form_from_another_site_does_not_end_the_session(site: Site, path: str) -> None:
    without_cookie = site.visitor()  # a browser does not send it with another site's form
    answer = without_cookie.post(
        path, {"csrf": "x"}, **{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.test"}
    )

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_signing_in_requires_the_csrf_token(site: Site) -> None:
    visitor = site.visitor()

    assert visitor.post(DOOR, {"key": site.key().text}).status_code == 403
    assert visitor.get(LIST).status_code == 303


def test_wrong_keys_at_the_sign_in_are_limited() -> None:
    site = Site(memory(), evolve(SETTINGS, wrong_keys_per_minute=3))
    visitor = site.visitor()
    found = [visitor.sign_in(f"ind_x_{number}").status_code for number in range(5)]

    assert found == [401, 401, 401, 429, 429]
    assert visitor.answer is not None
    assert visitor.answer.headers["Retry-After"] == "60"
    assert "TOO_MANY_REQUESTS" in visitor.page.text


@pytest.mark.parametrize(
    "wanted",
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
def test_signing_in_redirects_only_within_the_console(site: Site, wanted: str) -> None:
    visitor = site.visitor()
    visitor.get(DOOR)

    assert visitor.send("sign-in", key=site.key().text, next=wanted).location == LIST


def test_a_form_survives_the_end_of_its_session(any_site: Site) -> None:
    made, visitor = any_site.key(), any_site.visitor()
    visitor.sign_in(made.text)
    visitor.get("/console/new")
    any_site.revoke(made)
    here = {"Origin": "http://localhost"}
    typed = {
        "name": "Kept & <b>",
        "examples": ["one\r\nline", "two"],
        "change_note": "long thought",
    }
    assert visitor.send("/new", here, **typed).status_code == 401
    assert visitor.send("sign-in", here, key=any_site.key().text).status_code == 200
    assert "Nothing is saved yet" in visitor.page.text
    visitor.send("/new", here)
    visitor.follow()

    assert "Kept & <b>" in visitor.page.text
    assert "long thought" in visitor.page.text
    shown = any_site.store.feed().changes[-1]
    assert shown.actor == MAYA


def test_a_form_survives_a_new_session_in_another_window(site: Site) -> None:
    member = site.member()
    member.get("/console/new")
    old = member.page
    member.get(LIST)
    member.sign_out()
    member.sign_in(site.key().text)
    member.page = old
    here = {"Sec-Fetch-Site": "same-origin"}
    assert (
        member.send("/new", here, name="Kept", change_note="thought of before").status_code == 403
    )
    assert "Kept" in member.answer.text if member.answer else False

    assert member.send("/new", here).status_code == 303


def test_a_form_of_unknown_origin_is_not_carried_through_the_sign_in(site: Site) -> None:
    answer = site.visitor().post(
        "/console/new", {"name": "Planted"}, **{"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 401
    assert "Planted" not in answer.text


def test_no_page_has_inline_scripts_or_styles_or_external_resources(site: Site) -> None:
    saved = site.edit(site.create())
    member = site.member()
    for path in (
        DOOR,
        *PAGES,
        *(at(saved, end) for end in ("", "/edit", "/versions/1", "/diff?from=1&to=2")),
    ):
        answer = member.get(path)
        policy = answer.headers["Content-Security-Policy"] if answer.status_code == 200 else ""
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy or answer.status_code != 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert not holes(member.page)


def holes(page: Page) -> list[str]:
    """Inline code and style, and addresses of other hosts."""
    return [
        f"{tag} {given}"
        for tag, given in page.tags
        if tag == "style"
        or (tag == "script" and "src" not in given)
        or any(name == "style" or name.startswith("on") for name in given)
        or any(
            given.get(name, "").startswith(("http", "//", "data:"))
            for name in ("src", "href", "action")
        )
    ]
