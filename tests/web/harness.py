"""A server without a socket: every answer that it gives is held to the document."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypedDict, Unpack, cast

from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from indelible.app import AppContext
from indelible.concepts import ConceptContent, ConceptPolicy
from indelible.kernel import Actor, to_json_value
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible.testing.stores import CLEARER, MAYA, RATIO, AnyStore, CountedIds, TickingClock
from indelible_web import WebSettings, create_app
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS

Json = dict[str, Any]

SECRET = b"a secret for tests, 32 bytes long"
WEBHOOK_SECRET = b"whsec_test"
SETTINGS = WebSettings(
    secret=SECRET,
    webhook_secret=WEBHOOK_SECRET,
    requests_per_minute=1_000_000,
    wrong_keys_per_minute=1_000_000,
)
KEYS = KeyPolicy(pepper=b"a pepper for tests, 32 bytes long")
OPERATOR = Actor.system("tests")
SCOPES = (
    *(f"concepts:{verb}" for verb in ("read", "write", "review", "approve", "publish")),
    *(f"captures:{verb}" for verb in ("read", "write", "admin")),
    *(f"tokens:{verb}" for verb in ("read", "retry")),
)
STEPS = ("REVIEW", "APPROVED", "PUBLISHED")


class Sent(TypedDict, total=False):
    """What a test can say of a request; `key` None sends no key, and without `key` the caller's own is sent."""

    json: object
    data: bytes
    key: str | None
    seq: int
    once: str
    headers: Mapping[str, str]
    environ: Mapping[str, object]


class Renewable:
    """A store in memory that begins anew, so that one application serves many tests."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.put(memory())

    def put(self, store: AnyStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class Web:
    """An application over a store, and a caller with a key."""

    def __init__(
        self,
        store: AnyStore,
        settings: WebSettings = SETTINGS,
        *,
        contexts: tuple[WebContext, ...] = CONTEXTS,
        **gateways: Any,  # noqa: ANN401 - of AppContext
    ) -> None:
        self.store, self.clock = store, TickingClock()
        app_context = AppContext(store=store, clock=self.clock, ids=CountedIds(), **gateways)
        self.app = create_app(app_context, settings, contexts)
        self.client = self.app.test_client()
        self.document: Json = self.client.get("/openapi.json").get_json()
        self._components = closed(deepcopy(self.document["components"]))
        self._validators: dict[str, Any] = {}
        self.key = self.new_key(*SCOPES, "history:read")

    def new_key(self, *scopes: str, owner: Actor = MAYA) -> str:
        command = CreateKey(owner=owner, scopes=scopes)
        return self.store.run(create_key, command, actor=OPERATOR, reason="a test").text

    def send(self, method: str, path: str, **sent: Unpack[Sent]) -> TestResponse:
        """The answer, held to the document."""
        key = sent.get("key", self.key)
        headers = {
            **({"Authorization": f"Bearer {key}"} if key is not None else {}),
            **({"If-Match": f'"{sent["seq"]}"'} if "seq" in sent else {}),
            **({"Idempotency-Key": sent["once"]} if "once" in sent else {}),
            **({"Content-Type": "application/json"} if "data" in sent else {}),
            **sent.get("headers", {}),
        }
        answer = self.client.open(
            path,
            method=method,
            headers={name: value for name, value in headers.items() if value},
            json=sent.get("json"),
            data=sent.get("data"),
            environ_overrides=sent.get("environ"),
        )
        self._check(method, path.partition("?")[0], answer)
        return answer

    def get(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("GET", path, **sent)

    def post(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("POST", path, **sent)

    def put(self, path: str, **sent: Unpack[Sent]) -> TestResponse:
        return self.send("PUT", path, **sent)

    def create(self, content: ConceptContent = RATIO) -> Json:
        return saved(
            self.post("/v1/concepts", json={"content": body_of(content), "reason": "a test"}), 201
        )

    def edit(
        self, before: Json, content: ConceptContent = CLEARER, note: str = "says it more clearly"
    ) -> Json:
        body = {"content": body_of(content), "change_note": note}
        return saved(self.put(place(before), json=body, seq=before["seq"]), 200)

    def move(self, before: Json, status: str, *, key: str | None = None) -> TestResponse:
        body = {"status": status, "reason": "a test"}
        return self.post(
            f"{place(before)}/status", json=body, seq=before["seq"], key=key or self.key
        )

    def at(self, status: str, content: ConceptContent = RATIO) -> Json:
        """A concept that has come to this status."""
        found = self.create(content)
        for step in () if status == "DRAFT" else STEPS[: STEPS.index(status) + 1]:
            found = saved(self.move(found, step), 200)
        return found

    def operation(self, method: str, path: str) -> Json | None:
        for template, operations in self.document["paths"].items():
            if (
                re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
                and method.lower() in operations
            ):
                return cast("Json", operations[method.lower()])
        return None

    def _check(self, method: str, path: str, answer: TestResponse) -> None:
        """Hold the answer to the document, and to what every answer has."""
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]
        if answer.content_type == "application/problem+json":
            self._hold(answer.get_json(), "#/components/schemas/Problem")
            assert answer.get_json()["status"] == answer.status_code
            assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]
        operation = self.operation(method, path)
        if operation is not None:
            self._hold_to(operation["responses"], answer)

    def _hold_to(self, responses: Json, answer: TestResponse) -> None:
        response = responses[str(answer.status_code)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        needed = {
            name for name, header in response.get("headers", {}).items() if header["required"]
        }
        assert all(name in answer.headers for name in needed)
        if "content" in response:
            self._hold(
                answer.get_json(), response["content"][answer.content_type]["schema"]["$ref"]
            )

    def _hold(self, value: object, reference: str) -> None:
        if reference not in self._validators:
            self._validators[reference] = OAS31Validator(
                {"$ref": reference, "components": self._components}
            )
        self._validators[reference].validate(value)


def memory(*, concepts: ConceptPolicy | None = None) -> MemoryStore:
    policy = Policy(concepts=concepts or ConceptPolicy(), keys=KEYS)
    return MemoryStore(policy=policy, clock=TickingClock(), ids=CountedIds())


def closed(schema: object) -> object:
    """The schema, with every object closed: an answer has no field that the document does not know."""
    if isinstance(schema, dict):
        parts = {name: closed(part) for name, part in cast("Json", schema).items()}
        return {"additionalProperties": False, **parts} if "properties" in parts else parts
    return (
        [closed(part) for part in cast("list[object]", schema)]
        if isinstance(schema, list)
        else schema
    )


def body_of(content: ConceptContent) -> object:
    return to_json_value(content)


def saved(answer: TestResponse, status: int) -> Json:
    """What a command that succeeded has answered."""
    assert answer.status_code == status, answer.text
    return cast("Json", answer.get_json())


def place(found: Json) -> str:
    return f"/v1/concepts/{found['concept']['id']}"


def problem(answer: TestResponse) -> tuple[int, str]:
    """The answer's status and code."""
    return answer.status_code, answer.get_json()["code"]
