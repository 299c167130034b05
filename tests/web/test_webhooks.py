"""The webhook of the chain's provider: its signature, its forms, and its outcomes."""

import hmac
import io
import json
import logging
from typing import Any

import pytest
from attrs import evolve
from tests.web.harness import SETTINGS, WEBHOOK_SECRET, Json, Web, memory, problem, saved
from tests.web.minting import MAYA_S, NOOR_S, buried, hash_of, minted
from tests.web.test_system import counted
from werkzeug.test import TestResponse

from indelible.kernel.task_errors import TaskNotFound
from indelible.tokens.rules.tasks import DETECT_STAGE, SCAN_TASK_ID

HOOK = "/webhooks/alchemy"
MINTED = "0x20c0d4a5bab7118059cf1d2fd0403c4f29a05e446d435b347f90b80778374c54"
LOG: Json = {
    "account": {"address": "0x" + "5e" * 20},
    "topics": [MINTED, f"0x{NOOR_S[2:]:0>64}", f"0x{MAYA_S[2:]:0>64}", f"0x{1:064x}"],
    "data": f"0x{1:064x}{10**15:064x}",
    "index": 0,
    "transaction": {"hash": hash_of(1, 7), "status": 1, "from": {"address": NOOR_S}},
}
RPC_LOG: Json = {
    "address": "0x" + "5e" * 20,
    "topics": LOG["topics"],
    "data": LOG["data"],
    "logIndex": "0x0",
    "transactionHash": hash_of(1, 7),
    "removed": False,
}


def envelope(hint_id: str = "whevt_1", **event: object) -> Json:
    return {
        "webhookId": "wh_1",
        "id": hint_id,
        "createdAt": "2026-01-01T00:00:00Z",
        "type": "GRAPHQL",
        "event": event,
    }


def block(*logs: object, **other: object) -> Json:
    fields: Json = {
        "hash": hash_of(1),
        "number": 1,
        "timestamp": 1_767_225_600,
        "logs": list(logs),
    }
    fields.update(other)

    return {"network": "BASE_MAINNET", "sequenceNumber": "1", "data": {"block": fields}}


def signature_of(body: bytes, secret: bytes = WEBHOOK_SECRET) -> str:
    return hmac.digest(secret, body, "sha256").hex()


def post_bytes(web: Web, body: bytes, signature: str | None = None) -> TestResponse:
    if signature is None:
        signature = signature_of(body)
    headers = {"X-Alchemy-Signature": signature}
    return web.post(HOOK, data=body, headers=headers, key=None)


def post_json(web: Web, document: object) -> TestResponse:
    return post_bytes(web, json.dumps(document).encode())


def is_scan_due(web: Web) -> bool:
    """Return True when the scan of the chain is due."""
    try:
        return bool(web.store.read(lambda tx: tx.tasks.get(DETECT_STAGE, SCAN_TASK_ID)).due_at)
    except TaskNotFound:
        return False


def test_the_signature_is_the_hmac_that_the_provider_documents(web: Web) -> None:
    body = b'{"webhookId":"wh_1","id":"whevt_1"}'

    assert signature_of(body) == "a25926e7198d28f20b5ee061a432b4a70477c542c314805970c6644cbe6c4546"
    answer = post_bytes(
        web, body, "a25926e7198d28f20b5ee061a432b4a70477c542c314805970c6644cbe6c4546"
    )
    assert problem(answer) == (400, "INVALID_PAYLOAD")  # the signature is right; there is no event


def test_an_event_makes_the_scan_due_once(any_web: Web) -> None:
    event = envelope(**block(LOG))
    first = post_json(any_web, event)
    due_at = any_web.store.read(lambda tx: tx.tasks.get(DETECT_STAGE, SCAN_TASK_ID)).due_at
    again = post_json(any_web, event)

    assert saved(first, 200) == {"status": "success"}
    assert saved(again, 200) == {"status": "duplicate"}
    assert any_web.store.read(lambda tx: tx.tasks.get(DETECT_STAGE, SCAN_TASK_ID)).due_at == due_at
    assert any_web.get("/v1/tokens").get_json()["items"] == []  # its mint is not trusted

    buried(any_web.store, DETECT_STAGE, SCAN_TASK_ID)

    assert post_json(any_web, envelope(**block(LOG))).status_code == 200
    assert not is_scan_due(any_web)


NEWS: dict[str, Json] = {
    "a log as GraphQL names it": block(LOG),
    "a log as JSON-RPC names it": block(RPC_LOG),
    "a log in hexadecimal": block(LOG | {"index": "0x0"}, number="0x1", timestamp="0x69546b00"),
    "logs beside their transaction": {"data": {"logs": [RPC_LOG], "transaction": {"status": 1}}},
    "a log that was removed": block(RPC_LOG | {"removed": True}),
    "a log of another contract": block(LOG | {"account": {"address": NOOR_S}}),
    "another network": block(LOG) | {"network": "ETH_SEPOLIA"},
    "one mint twice, and another": block(LOG, LOG, LOG | {"index": 1}),
    "a block without a word of logs": {"data": {"block": {"number": 1}}},
    "an event of another kind": {"activity": [{"fromAddress": NOOR_S}]},
    "nothing": {},
}
QUIET: dict[str, Json] = {
    "a heartbeat": block(),
    "an account over its quota": {"error": {"message": "capacity exceeded"}, "data": None},
    "an account over its quota, without data": {"error": "capacity exceeded"},
}


def test_events_make_the_scan_due_if_they_may_bring_news(web: Web) -> None:
    for number, event in enumerate(QUIET.values()):
        answer = post_json(web, envelope(f"quiet-{number}", **event))

        assert saved(answer, 200) == {"status": "ignored"}
        assert not is_scan_due(web)

    for number, event in enumerate(NEWS.values()):
        # The first ones have the ids of the events without news, which did not use them.
        hint_id = f"quiet-{number}" if number < len(QUIET) else f"news-{number}"
        answer = post_json(web, envelope(hint_id, **event))
        assert answer.get_json() == {"status": "success"}
        assert is_scan_due(web)


FORGED: dict[str, tuple[bytes, str]] = {
    "missing": (b"{}", ""),
    "of other bytes": (b"{}", signature_of(b"{ }")),
    "of another key": (b"{}", signature_of(b"{}", b"whsec_tesT")),
    "of an empty key": (b"{}", signature_of(b"{}", b"")),
    "in capitals": (b"{}", signature_of(b"{}").upper()),
    "with a prefix": (b"{}", f"sha256={signature_of(b'{}')}"),
    "cut": (b"{}", signature_of(b"{}")[:-1]),
    "longer": (b"{}", f"{signature_of(b'{}')}0"),
    "not ASCII": (b"{}", "\u00e9" * 64),
    "no hexadecimal": (b"{}", "z" * 64),
    "of an empty body": (b"", signature_of(b"{}")),
    "of what is no JSON": (b"\xff\x00", signature_of(b"{}")),
}


def test_a_wrong_signature_or_another_form_is_refused(web: Web) -> None:
    for body, signature in FORGED.values():
        assert problem(post_bytes(web, body, signature)) == (401, "INVALID_SIGNATURE")
        assert not is_scan_due(web)

    for document in MALFORMED.values():
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        answer = post_bytes(web, content)

        assert problem(answer) == (400, "INVALID_PAYLOAD")
        assert not is_scan_due(web)

    for scopes in [("admin",), ("signed",)]:
        answer = web.post(HOOK, data=b"{}", key=web.new_key(*scopes))

        assert problem(answer) == (401, "INVALID_SIGNATURE")

    assert problem(post_bytes(web, b" " * (2**20 + 1))) == (413, "BODY_TOO_LARGE")

    endless: dict[str, Any] = {
        "wsgi.input": io.BytesIO(b" " * 2**21),
        "wsgi.input_terminated": True,
    }
    answer = web.post(HOOK, headers={"X-Alchemy-Signature": "0"}, key=None, environ=endless)

    assert problem(answer) == (413, "BODY_TOO_LARGE")


@pytest.mark.slow
@pytest.mark.parametrize("signature", ["", signature_of(b"{}", b"")])
def test_without_a_secret_the_webhook_is_not_found(signature: str) -> None:
    web = Web(memory(), evolve(SETTINGS, webhook_secret=b""))

    assert problem(post_bytes(web, b"{}", signature)) == (404, "ROUTE_NOT_FOUND")


MALFORMED: dict[str, object] = {
    "an empty body": b"",
    "half a body": b'{"id": "whevt_1", "event": {',
    "no UTF-8": b"\xff",
    "a list": [],
    "a text": "whevt_1",
    "nothing": None,
    "no id": {"event": {}},
    "no event": {"id": "whevt_1"},
    "an event that is none": {"id": "whevt_1", "event": []},
    "an id that is a number": {"id": 1, "event": {}},
    "a blank id": {"id": "", "event": {}},
    "an id with a control": {"id": "a\nb", "event": {}},
    "an endless id": {"id": "a" * 201, "event": {}},
    "an id twice": b'{"id": "a", "id": "b", "event": {}}',
    "logs that are none": envelope(data={"block": {"logs": "many"}}),
    "a log that is none": envelope(data={"block": {"logs": [LOG, "another"]}}),
    "too deep": b'{"id": "whevt_1", "event": ' + b"[" * 40 + b"]" * 40 + b"}",
    "a number without an end": b'{"id": "whevt_1", "event": {"a": ' + b"9" * 101 + b"}}",
}


def test_no_payload_is_ever_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    event = envelope(error={"message": "canary"}, canary="canary")
    with caplog.at_level(logging.DEBUG):
        for body in (
            json.dumps(event).encode(),
            b"canary",
            json.dumps(envelope(canary=[LOG])).encode(),
        ):
            post_bytes(web, body)
            post_bytes(web, body, "canary")

    assert "over its quota" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.slow
def test_webhooks_are_counted_by_outcome() -> None:
    web = Web(memory())
    minted(web.store, MAYA_S)
    known = envelope(**block(LOG))
    for event in (known, known, envelope("2", **block()), envelope("3", error="x"), {}):
        post_json(web, event)
    post_bytes(web, b"{}", "")
    counts = counted(web)

    for outcome in (
        "hinted",
        "duplicate",
        "heartbeat",
        "over_quota",
        "invalid_payload",
        "invalid_signature",
    ):
        assert counts[f'indelible_webhooks_total{{outcome="{outcome}"}}'] == 1
