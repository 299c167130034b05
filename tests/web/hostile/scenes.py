"""Hostile requests that need preparation, by the row of the fact sheet."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from attrs import evolve
from tests.web.console.visitor import DOOR, HISTORY, LIST, Site, Visitor
from tests.web.harness import OPERATOR, SCOPES, SETTINGS, STEPS, Sent, concept_url
from tests.web.hostile.line import BIRTH, EDIT
from tests.web.hostile.scene import LIMIT, Request, Scene, Stage

from indelible.kernel.keys import CreateKey, RevokeKey, create_key, get_key, revoke_key
from indelible.testing.stores import BEGINNING, MAYA, NOOR
from indelible_web.console.cookies import IDLE_SECONDS, MAX_SESSION_SECONDS

NEEDED: Final = (
    ("concepts:read", "GET", "/v1/concepts"),
    ("concepts:read", "GET", "/v1/concepts/x"),
    ("concepts:read", "GET", "/v1/concepts/x/versions"),
    ("concepts:read", "GET", "/v1/concepts/x/versions/1"),
    ("concepts:read", "GET", "/v1/concepts/x/diff?from=1&to=2"),
    ("concepts:read", "GET", "/v1/concepts/x/history"),
    ("concepts:read", "GET", "/v1/concepts/x/as-of"),
    ("concepts:read", "GET", "/v1/concepts/x/warnings"),
    ("concepts:read", "GET", "/v1/concepts/x/graph"),
    ("concepts:read", "GET", "/v1/concepts/x/learning-order"),
    ("concepts:read", "GET", "/v1/graph/prerequisites"),
    ("concepts:read", "GET", "/v1/learning-order"),
    ("concepts:write", "POST", "/v1/concepts"),
    ("concepts:write", "PUT", "/v1/concepts/x"),
    *(
        ("captures:read", "GET", f"/v1/{path}")
        for path in ("spaces", "spaces/x", "artifacts?space_id=x", "artifacts/x")
    ),
    *(
        ("captures:read", "GET", f"/v1/spaces/x/{path}")
        for path in ("subspaces", "captures", "centroids")
    ),
    *(
        ("captures:read", "GET", f"/v1/{path}")
        for path in ("artifacts/x/signals", "subspaces/x", "subspaces/x/drift")
    ),
    *(("captures:read", "POST", f"/v1/{path}") for path in ("margins/preview", "search")),
    *(
        ("captures:write", "POST", f"/v1/{path}")
        for path in ("spaces", "subspaces", "captures", "captures/batch")
    ),
    *(("captures:write", "PUT", f"/v1/{path}") for path in ("spaces/x", "subspaces/x")),
    *(("captures:write", "POST", f"/v1/{path}/retire") for path in ("spaces/x", "subspaces/x")),
    ("captures:write", "POST", "/v1/subspaces/x/seed"),
    *(
        ("captures:admin", "GET", f"/v1/{path}")
        for path in ("algorithms", "algorithms/x", "settings")
    ),
    *(
        ("captures:admin", "POST", f"/v1/{path}")
        for path in ("algorithms", "algorithms/x/activate")
    ),
    ("captures:admin", "PUT", "/v1/settings/x"),
    *(("tokens:read", "GET", f"/v1/{path}") for path in ("tokens", "tokens/1", "tokens/1/history")),
    *(("tokens:read", "GET", f"/v1/authors/{path}") for path in ("leaderboard", "x", "x/tokens")),
    ("tokens:retry", "POST", "/v1/tokens/1/retry"),
    *(
        ("admin", "GET", f"/admin/{path}")
        for path in ("tasks", "tasks/x", "tasks/x/y", "tokens/stats")
    ),
    *(
        ("admin", "POST", f"/admin/{path}")
        for path in ("tasks/x/y/requeue", "stages/x/pause", "stages/x/resume")
    ),
    ("history:read", "GET", "/v1/history"),
)
GUESSES: Final = (
    *(
        "Bearer ind_x_y",
        "Bearer ind_id-00000001_guess",
        "Bearer",
        "Bearer ",
        "Basic bWF5YTpzZWNyZXQ=",
        "Bearer ghp_0",
    ),
    *(
        "Bearer ind__x",
        "Bearer ind_x_",
        "Bearer ind_\u00e9_\u00ff",
        "Bearer ind_a_b, Bearer ind_c_d",
        "a" * 5_000,
    ),
)
ASKED: Final = tuple(path for _, method, path in NEEDED if method == "GET")
PAGES: Final = (
    *(
        LIST,
        HISTORY,
        f"{HISTORY}?cursor=x",
        "/console/new",
        "/console/concepts/x",
        "/console/concepts/x/edit",
    ),
    *("/console/spaces", "/console/spaces/x"),
    *(
        "/console/tasks",
        "/console/tasks/x",
        "/console/tasks/x/y",
        "/console/tokens",
        "/console/tokens/1",
    ),
)
POSTS: Final = (
    *("/console/new", "/console/concepts/x/step", "/console/concepts/x/edit", "/console/sign-out"),
    *("/console/tasks/x/y/requeue", "/console/stages/x/pause", "/console/stages/x/resume"),
)
OWN: Final = (
    *(
        ("GET", f"/v1/spaces/{{space}}{rest}")
        for rest in ("", "/subspaces", "/captures", "/centroids")
    ),
    ("GET", "/v1/artifacts?space_id={space}"),
    *(("GET", f"/v1/subspaces/{{part}}{rest}") for rest in ("", "/drift")),
    *(
        (method, f"/v1/{path}")
        for path in ("spaces/{space}", "subspaces/{part}")
        for method in ("PUT",)
    ),
    *(
        ("POST", f"/v1/{path}")
        for path in ("spaces/{space}/retire", "subspaces/{part}/retire", "subspaces/{part}/seed")
    ),
)
TOKENS: Final[Mapping[str, str | None]] = {
    "no": None,
    "a blank": "",
    "an invented": "0" * 64,
    "an accented": "\u00e9",
}
FOREIGN: Final = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:81"},
)
COOKIES: Final = ("", "x", "e30.e30", ".eJyrVg.x", "\u00ff", "a" * 3_000)
FORWARDED: Final = (
    *(
        "X-Forwarded-For",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-Originating-IP",
        "X-Remote-Addr",
    ),
    *(
        "True-Client-IP",
        "CF-Connecting-IP",
        "Fastly-Client-IP",
        "Forwarded",
        "Via",
        "X-ProxyUser-Ip",
    ),
)
OTHERS: Final = (
    BIRTH | {"reason": "another reason"},
    BIRTH | {"reason": "A first draft"},
    BIRTH | {"reason": "a first draft."},
    BIRTH | {"change_note": "another note"},
    BIRTH | {"content": {"name": "ratio"}},
    BIRTH | {"content": {"name": "Ratio", "definition": "a"}},
    BIRTH | {"content": {"name": "Ratio", "examples": ["a"]}},
    BIRTH | {"content": {"name": "Ratio", "examples": ["a", "a"]}},
    BIRTH | {"content": {"name": "Ratio", "prerequisites": ["a"]}},
    BIRTH | {"content": {"name": "Rati\u043e"}},
)
STEPS_REFUSED: Final = (
    *(("DRAFT", wanted) for wanted in ("DRAFT", "APPROVED", "PUBLISHED")),
    *(("REVIEW", wanted) for wanted in ("DRAFT", "REVIEW", "PUBLISHED")),
    *(("APPROVED", wanted) for wanted in ("DRAFT", "REVIEW")),
    *(("PUBLISHED", wanted) for wanted in ("DRAFT", *STEPS)),
)


def revoked(stage: Stage) -> Request:
    text = stage.web.new_key("concepts:read")
    key_id = text.split("_")[1]
    command = RevokeKey(key_id=key_id, expected_seq=stage.store.read(get_key, key_id).seq)
    stage.store.run(revoke_key, command, actor=OPERATOR, reason="a test")
    return lambda: stage.web.get("/v1/concepts", key=text)


def expired(stage: Stage) -> Request:
    command = CreateKey(owner=MAYA, scopes=("concepts:read",), expires_at=BEGINNING)
    text = stage.store.run(create_key, command, actor=OPERATOR, reason="a test").text
    return lambda: stage.web.get("/v1/concepts", key=text)


def unscoped(scope: str, method: str, path: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        key = stage.web.new_key(
            *(each for each in (*SCOPES, "history:read", "console") if each != scope)
        )
        return lambda: stage.web.send(method, path, json={}, seq=1, key=key)

    return Scene(2, f"{method} {path}", 403, "SCOPE_MISSING", prepare)


def of_another(method: str, path: str) -> Scene:
    """Something of another user's, which is not there."""
    body = {"reason": "a test", "name": "mine", "seed": {"values": [1, 0, 0], "model": "model-1"}}
    taken = {"PUT": ("name", "reason"), "retire": ("reason",), "seed": ("seed", "reason")}
    names = taken.get(method) or taken.get(path.rpartition("/")[2], ())

    def prepare(stage: Stage) -> Request:
        here = path.format(space=stage.space, part=stage.part)
        sent: Sent = {"key": stage.web.new_key("captures:read", "captures:write", owner=NOOR)}
        if method != "GET":
            sent |= {"json": {name: body[name] for name in names}, "seq": 1}
        return lambda: stage.web.send(method, here, **sent)

    code = "SUBSPACE_NOT_FOUND" if "{part}" in path else "SPACE_NOT_FOUND"
    return Scene(3, f"{method} {path}", 404, code, prepare)


def with_a_session(path: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        member = stage.site.member()
        return lambda: member.get(path)

    return Scene(4, f"a session at {path}", 401, "UNAUTHENTICATED", prepare)


def with_a_key(path: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        key = stage.site.key().text
        return lambda: stage.site.visitor().get(path, Authorization=f"Bearer {key}")

    return Scene(4, f"a key in a header at {path}", 303, "", prepare)


def forged(path: str, said: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        member, token = stage.site.member(), TOKENS[said]
        sent = {"reason": "x", "name": "Ratio", **({} if token is None else {"csrf": token})}
        return lambda: member.post(path, sent)

    return Scene(6, f"{said} token at {path}", 403, "", prepare)


def foreign(headers: Mapping[str, str]) -> Scene:
    def prepare(stage: Stage) -> Request:
        member = stage.site.member()
        member.get("/console/new")
        return lambda: member.send("/new", headers, name="Planted", change_note="x")

    return Scene(6, f"a form with {headers}", 403, "", prepare)


def planted(stage: Stage) -> Request:
    thief, victim = stage.site.visitor(), stage.site.visitor()
    thief.get(DOOR)
    give(thief, victim)
    victim.sign_in(stage.site.key().text)
    return lambda: thief.get(LIST)


def signed_out(stage: Stage) -> Request:
    member, thief = stage.site.member(), stage.site.visitor()
    give(member, thief)
    member.get(LIST)
    member.sign_out()
    return lambda: thief.get(LIST)


def key_revoked(stage: Stage) -> Request:
    made, visitor = stage.site.key(), stage.site.visitor()
    visitor.sign_in(made.text)
    stage.site.revoke(made)
    return lambda: visitor.get(LIST)


def idle(stage: Stage) -> Request:
    member = stage.site.member()
    stage.site.clock.forward(seconds=IDLE_SECONDS)
    return lambda: member.get(LIST)


def too_long(stage: Stage) -> Request:
    member = stage.site.member()
    for _ in range(MAX_SESSION_SECONDS // (IDLE_SECONDS - 1) + 1):
        stage.site.clock.forward(seconds=IDLE_SECONDS - 1)
        member.get(LIST)
    return lambda: member.get(LIST)


def key_expired(stage: Stage) -> Request:
    made, visitor = (
        stage.site.key(expires_at=stage.site.clock.now() + timedelta(minutes=5)),
        stage.site.visitor(),
    )
    visitor.sign_in(made.text)
    stage.site.clock.forward(minutes=5)
    return lambda: visitor.get(LIST)


def of_another_deployment(stage: Stage) -> Request:
    member = stage.site.member()
    there = Site(
        stage.store, evolve(SETTINGS, secret=b"another secret, 32 bytes in length")
    ).visitor()
    give(member, there)
    return lambda: there.get(LIST)


def give(owner: Visitor, other: Visitor) -> None:
    """The one's cookie to the other."""
    cookie = owner.client.get_cookie("indelible")
    assert cookie is not None
    other.client.set_cookie("indelible", cookie.value)


def unsigned(value: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        member = stage.site.member()
        member.client.set_cookie("indelible", value)
        return lambda: member.get(LIST)

    return Scene(7, f"the cookie {value}", 303, "", prepare)


def guessed(guess: str) -> Scene:
    """As often as may be guessed, and once more."""

    def prepare(stage: Stage) -> Request:
        address, headers = stage.address(), {"Authorization": guess}
        for _ in range(LIMIT):
            stage.tired.get("/v1/concepts", key=None, headers=headers, environ=address)
        return lambda: stage.tired.get("/v1/concepts", key=None, headers=headers, environ=address)

    return Scene(8, guess, 429, "TOO_MANY_REQUESTS", prepare)


def often(path: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        key = stage.tired.new_key(*SCOPES, "history:read")
        for _ in range(LIMIT):
            stage.tired.get("/v1/concepts", key=key)
        return lambda: stage.tired.get(path, key=key)

    return Scene(9, path, 429, "TOO_MANY_REQUESTS", prepare)


def reused(other: object) -> Scene:
    def prepare(stage: Stage) -> Request:
        once = f"line-{next(stage.numbers)}"
        stage.web.post("/v1/concepts", json=BIRTH, once=once)
        return lambda: stage.web.post("/v1/concepts", json=other, once=once)

    return Scene(31, str(other), 422, "IDEMPOTENCY_KEY_REUSED", prepare)


def out_of_turn(status: str, wanted: str) -> Scene:
    def prepare(stage: Stage) -> Request:
        found = stage.web.at(status)
        return lambda: stage.web.move(found, wanted)

    return Scene(33, f"{status} to {wanted}", 409, "INVALID_TRANSITION", prepare)


def edited_when_published(stage: Stage) -> Request:
    found = stage.web.at("PUBLISHED")
    return lambda: stage.web.put(concept_url(found), json=EDIT, seq=found["seq"])


def spoofed(header: str) -> Scene:
    """Guesses from one address, which says that it is another each time."""

    def prepare(stage: Stage) -> Request:
        address = stage.address()

        def guess() -> object:
            headers = {header: f"192.0.2.{next(stage.numbers)}"}
            return stage.tired.get("/v1/concepts", key=None, headers=headers, environ=address)

        for _ in range(LIMIT):
            guess()
        headers = {header: "203.0.113.9"}
        return lambda: stage.tired.get("/v1/concepts", key=None, headers=headers, environ=address)

    return Scene(37, header, 429, "TOO_MANY_REQUESTS", prepare)


ENDED: Final = (
    planted,
    signed_out,
    key_revoked,
    key_expired,
    idle,
    too_long,
    of_another_deployment,
)
SCENES: Final = [
    Scene(1, "a revoked key", 401, "UNAUTHENTICATED", revoked),
    Scene(1, "an expired key", 401, "UNAUTHENTICATED", expired),
    *(unscoped(*each) for each in NEEDED),
    *(with_a_session(path) for path in ASKED),
    *(with_a_key(path) for path in PAGES),
    *(of_another(*each) for each in OWN),
    *(forged(path, said) for path in POSTS for said in TOKENS),
    *(foreign(headers) for headers in FOREIGN),
    *(Scene(7, each.__name__, 303, "", each) for each in ENDED),
    *(unsigned(value) for value in COOKIES),
    *(guessed(guess) for guess in GUESSES),
    *(often(path) for path in ASKED),
    *(reused(other) for other in OTHERS),
    *(out_of_turn(*each) for each in STEPS_REFUSED),
    Scene(33, "an edit of what is published", 409, "INVALID_TRANSITION", edited_when_published),
    *(spoofed(header) for header in FORWARDED),
]
