"""The provider's webhook: known by its signature over the bytes, and believed only as far as to look sooner."""

import hmac
import io
import json
import logging
from typing import Any

import pytest
from attrs import evolve
from tests.web.harness import SETTINGS, WEBHOOK_SECRET, Json, Web, memory, problem
from tests.web.minting import MAYA_S, NOOR_S, buried, hash_of, minted
from tests.web.test_system import counted
from werkzeug.test import TestResponse

from indelible.kernel.tasks import TaskNotFound
from indelible.tokens.rules import CHAIN, DETECT

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
    said = {"hash": hash_of(1), "number": 1, "timestamp": 1_767_225_600, "logs": list(logs)}
    return {"network": "BASE_MAINNET", "sequenceNumber": "1", "data": {"block": said | other}}


def signature_of(body: bytes, secret: bytes = WEBHOOK_SECRET) -> str:
    return hmac.digest(secret, body, "sha256").hex()


def told(web: Web, body: bytes, signature: str | None = None) -> TestResponse:
    headers = {"X-Alchemy-Signature": signature_of(body) if signature is None else signature}
    return web.post(HOOK, data=body, headers=headers, key=None)


def sent(web: Web, said: object) -> TestResponse:
    return told(web, json.dumps(said).encode())


def hinted(web: Web) -> bool:
    """Whether the chain is to be looked at."""
    try:
        return bool(web.store.read(lambda tx: tx.tasks.get(DETECT, CHAIN)).due_at)
    except TaskNotFound:
        return False


def test_the_signature_is_the_hash_that_the_provider_documents() -> None:
    body = b'{"webhookId":"wh_1","id":"whevt_1"}'

    assert signature_of(body) == "a25926e7198d28f20b5ee061a432b4a70477c542c314805970c6644cbe6c4546"
    answer = told(
        Web(memory()), body, "a25926e7198d28f20b5ee061a432b4a70477c542c314805970c6644cbe6c4546"
    )
    assert problem(answer) == (400, "INVALID_PAYLOAD")  # it has been let in, and has no event


def test_a_mint_makes_the_chain_due_to_be_looked_at_once(any_web: Web) -> None:
    said = envelope(**block(LOG))
    first = sent(any_web, said)
    due_at = any_web.store.read(lambda tx: tx.tasks.get(DETECT, CHAIN)).due_at
    again = sent(any_web, said)

    assert (first.status_code, first.get_json()) == (200, {"status": "success"})
    assert (again.status_code, again.get_json()) == (200, {"status": "duplicate"})
    assert any_web.store.read(lambda tx: tx.tasks.get(DETECT, CHAIN)).due_at == due_at
    assert (
        any_web.get("/v1/tokens").get_json()["items"] == []
    )  # what it says was minted is not believed


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


@pytest.mark.parametrize("name", NEWS)
def test_whatever_may_be_new_is_looked_at(name: str) -> None:
    web = Web(memory())

    assert sent(web, envelope(**NEWS[name])).get_json() == {"status": "success"}
    assert hinted(web)


@pytest.mark.parametrize("name", QUIET)
def test_where_there_is_nothing_new_nothing_is_written_and_nothing_lost(name: str) -> None:
    web = Web(memory())
    answer = sent(web, envelope(**QUIET[name]))

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ignored"})
    assert not hinted(web)
    assert sent(web, envelope(**block(LOG))).get_json() == {
        "status": "success"
    }  # under the same id, which is not used up


def test_work_that_is_dead_stays_so_until_an_operator_has_looked() -> None:
    web = Web(memory())
    buried(web.store, DETECT, CHAIN)

    assert sent(web, envelope(**block(LOG))).status_code == 200
    assert not hinted(web)


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


@pytest.mark.parametrize("name", FORGED)
def test_a_signature_that_is_not_of_these_bytes_opens_nothing(web: Web, name: str) -> None:
    body, signature = FORGED[name]

    assert problem(told(web, body, signature)) == (401, "INVALID_SIGNATURE")
    assert not hinted(web)


@pytest.mark.parametrize("scopes", [("admin",), ("signed",)])
def test_a_key_opens_it_neither(web: Web, scopes: tuple[str, ...]) -> None:
    answer = web.post(HOOK, data=b"{}", key=web.new_key(*scopes))

    assert problem(answer) == (401, "INVALID_SIGNATURE")


@pytest.mark.parametrize("signature", ["", signature_of(b"{}", b"")])
def test_without_a_secret_nobody_is_let_in(signature: str) -> None:
    web = Web(memory(), evolve(SETTINGS, webhook_secret=b""))

    assert problem(told(web, b"{}", signature)) == (503, "NO_CHAIN")


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


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_signed_and_makes_no_sense_is_malformed(web: Web, name: str) -> None:
    said = MALFORMED[name]
    answer = told(web, said) if isinstance(said, bytes) else sent(web, said)

    assert problem(answer) == (400, "INVALID_PAYLOAD")
    assert not hinted(web)


def test_a_body_that_is_too_large_is_not_looked_at(web: Web) -> None:
    assert problem(told(web, b" " * (2**20 + 1))) == (413, "BODY_TOO_LARGE")


def test_a_body_without_a_length_is_read_up_to_the_limit(web: Web) -> None:
    body: dict[str, Any] = {"wsgi.input": io.BytesIO(b" " * 2**21), "wsgi.input_terminated": True}
    answer = web.post(HOOK, headers={"X-Alchemy-Signature": "0"}, key=None, environ=body)

    assert problem(answer) == (401, "INVALID_SIGNATURE")


def test_nobody_may_guess_for_long_and_the_provider_is_not_held_up() -> None:
    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=2))

    assert [told(web, b"{}", "guess").status_code for _ in range(3)] == [401, 401, 429]
    assert sent(web, envelope(**block(LOG))).status_code == 200


def test_no_payload_is_ever_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    said = envelope(error={"message": "canary"}, canary="canary")
    with caplog.at_level(logging.DEBUG):
        for body in (
            json.dumps(said).encode(),
            b"canary",
            json.dumps(envelope(canary=[LOG])).encode(),
        ):
            told(web, body)
            told(web, body, "canary")

    assert "over its quota" in caplog.text
    assert "canary" not in caplog.text


def test_webhooks_are_counted_by_what_became_of_them() -> None:
    web = Web(memory())
    minted(web.store, MAYA_S)
    known = envelope(**block(LOG))
    for said in (known, known, envelope("2", **block()), envelope("3", error="x"), {}):
        sent(web, said)
    told(web, b"{}", "")
    found = counted(web)

    for outcome in (
        "hinted",
        "duplicate",
        "heartbeat",
        "over_quota",
        "invalid_payload",
        "invalid_signature",
    ):
        assert found[f'indelible_webhooks_total{{outcome="{outcome}"}}'] == 1
