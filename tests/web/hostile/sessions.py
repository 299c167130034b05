"""Scenarios of forged forms and of stolen, ended and forged sessions: rows 6 and 7."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from attrs import evolve
from tests.web.console.visitor import DOOR, LIST, Site, Visitor
from tests.web.harness import SETTINGS
from tests.web.hostile.scenario import Deployment, Scenario, Send

from indelible_web.console.cookies import IDLE_SECONDS, MAX_SESSION_SECONDS

FORM_PATHS: Final = (
    "/console/new",
    "/console/concepts/x/step",
    "/console/concepts/x/edit",
    "/console/sign-out",
    "/console/tasks/x/y/requeue",
    "/console/stages/x/pause",
    "/console/stages/x/resume",
)
CSRF_TOKENS: Final[Mapping[str, str | None]] = {
    "no": None,
    "a blank": "",
    "an invented": "0" * 64,
    "an accented": "\u00e9",
}
HEADERS_OF_OTHER_SITES: Final = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:81"},
)
FORGED_COOKIES: Final = ("", "x", "e30.e30", ".eJyrVg.x", "\u00ff", "a" * 3_000)
COOKIE: Final = "indelible"


def form_with_a_wrong_token(path: str, token: str | None, deployment: Deployment) -> Send:
    member = deployment.site.member()
    fields = {"reason": "x", "name": "Ratio"}
    if token is not None:
        fields["csrf"] = token

    return lambda: member.post(path, fields)


def form_of_another_site(headers: Mapping[str, str], deployment: Deployment) -> Send:
    member = deployment.site.member()
    member.get("/console/new")

    return lambda: member.send("/new", headers, name="Planted", change_note="x")


def planted_session(deployment: Deployment) -> Send:
    """Let a victim sign in with the cookie of a thief, who then uses it."""
    thief = deployment.site.visitor()
    victim = deployment.site.visitor()
    thief.get(DOOR)
    copy_cookie(thief, victim)
    victim.sign_in(deployment.site.key().text)

    return lambda: thief.get(LIST)


def session_that_was_signed_out(deployment: Deployment) -> Send:
    member = deployment.site.member()
    thief = deployment.site.visitor()
    copy_cookie(member, thief)
    member.get(LIST)
    member.sign_out()

    return lambda: thief.get(LIST)


def session_of_a_revoked_key(deployment: Deployment) -> Send:
    key = deployment.site.key()
    visitor = deployment.site.visitor()
    visitor.sign_in(key.text)
    deployment.site.revoke(key)

    return lambda: visitor.get(LIST)


def session_of_an_expired_key(deployment: Deployment) -> Send:
    clock = deployment.site.clock
    key = deployment.site.key(expires_at=clock.now() + timedelta(minutes=5))
    visitor = deployment.site.visitor()
    visitor.sign_in(key.text)
    clock.forward(minutes=5)

    return lambda: visitor.get(LIST)


def idle_session(deployment: Deployment) -> Send:
    member = deployment.site.member()
    deployment.site.clock.forward(seconds=IDLE_SECONDS)

    return lambda: member.get(LIST)


def session_over_the_maximal_duration(deployment: Deployment) -> Send:
    member = deployment.site.member()
    pause_seconds = IDLE_SECONDS - 1
    for _ in range(MAX_SESSION_SECONDS // pause_seconds + 1):
        deployment.site.clock.forward(seconds=pause_seconds)
        member.get(LIST)

    return lambda: member.get(LIST)


def session_of_another_deployment(deployment: Deployment) -> Send:
    member = deployment.site.member()
    settings = evolve(SETTINGS, secret=b"another secret, 32 bytes in length")
    visitor = Site(deployment.store, settings).visitor()
    copy_cookie(member, visitor)

    return lambda: visitor.get(LIST)


def copy_cookie(owner: Visitor, other: Visitor) -> None:
    """Give the other visitor the owner's session cookie."""
    cookie = owner.client.get_cookie(COOKIE)
    assert cookie is not None
    other.client.set_cookie(COOKIE, cookie.value)


def forged_cookie(value: str, deployment: Deployment) -> Send:
    member = deployment.site.member()
    member.client.set_cookie(COOKIE, value)

    return lambda: member.get(LIST)


UNUSABLE_SESSIONS: Final = (
    planted_session,
    session_that_was_signed_out,
    session_of_a_revoked_key,
    session_of_an_expired_key,
    idle_session,
    session_over_the_maximal_duration,
    session_of_another_deployment,
)


def session_scenarios() -> Iterator[Scenario]:
    for path in FORM_PATHS:
        for name, token in CSRF_TOKENS.items():
            prepare = partial(form_with_a_wrong_token, path, token)
            yield Scenario(6, f"{name} token at {path}", 403, "", prepare)
    for headers in HEADERS_OF_OTHER_SITES:
        prepare = partial(form_of_another_site, headers)
        yield Scenario(6, f"a form with {headers}", 403, "", prepare)

    for unusable_session in UNUSABLE_SESSIONS:
        name = unusable_session.__name__.replace("_", " ")
        yield Scenario(7, name, 303, "", unusable_session)
    for value in FORGED_COOKIES:
        yield Scenario(7, f"the cookie {value}", 303, "", partial(forged_cookie, value))
