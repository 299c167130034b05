"""The routes of tokens and authors, and the one that needs a wallet's signature."""

from datetime import timedelta
from typing import Any, cast

import pytest
from attrs import evolve
from tests.web.harness import SETTINGS, Web, memory, problem, saved
from tests.web.minting import (
    MAYA_S,
    NOOR_S,
    Wallets,
    acted,
    buried,
    dropped,
    failed,
    minted,
    signature_of,
    signed,
)

from indelible.app import WriteTx
from indelible.kernel import Actor, UsageError
from indelible.testing.stores import BEGINNING
from indelible.tokens import Repositories, get_author
from indelible.tokens.rules.messages import MESSAGE
from indelible.tokens.rules.tasks import GENERATE_STAGE
from indelible_web.context import WebContext
from indelible_web.http.access import SIGNED
from indelible_web.http.routing import Routes
from indelible_web.tokens.errors import WebhookSecretMissing
from indelible_web.tokens.routes import PromptView, SignedPrompt, set_author_prompt

PROMPT = "/v1/authors/prompt"
HIDDEN_PROMPT = "A prompt that no answer contains"


def token_ids(web: Web, path: str) -> list[str]:
    return [token["token_id"] for token in saved(web.get(path), 200)["items"]]


def test_tokens_are_listed_in_pages_and_shown_with_their_history(any_web: Web) -> None:
    minted(any_web.store, *[MAYA_S] * 5)
    failed(any_web.store, 4)
    first = saved(any_web.get("/v1/tokens?limit=3"), 200)

    assert [token["token_id"] for token in first["items"]] == ["1", "2", "3"]
    assert token_ids(any_web, f"/v1/tokens?limit=3&cursor={first['next']}") == ["4", "5"]
    assert token_ids(any_web, "/v1/tokens?status=failed") == ["4"]
    assert problem(any_web.get("/v1/tokens?status=lost")) == (422, "INVALID_FIELDS")

    answer = any_web.get("/v1/tokens/4")
    changes = saved(any_web.get("/v1/tokens/4/history"), 200)["items"]

    assert answer.headers["ETag"] == '"2"'
    assert answer.get_json()["token"]["status"] == "failed"
    assert [change["action"] for change in changes] == ["detect", "fail"]
    assert {change["actor"] for change in changes} == {"system:worker"}
    assert problem(any_web.get("/v1/tokens/6")) == (404, "TOKEN_NOT_FOUND")
    assert problem(any_web.get("/v1/tokens/6/history")) == (404, "TOKEN_NOT_FOUND")


@pytest.mark.slow
def test_a_failed_token_is_retried_and_its_work_is_due_though_it_was_dead(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    token_uuid = saved(any_web.get("/v1/tokens/1"), 200)["token"]["id"]
    buried(any_web.store, GENERATE_STAGE, token_uuid)
    failed(any_web.store)
    body = {"reason": "the provider draws again"}
    first = any_web.post("/v1/tokens/1/retry", json=body, seq=2, once="retry-1")
    again = any_web.post("/v1/tokens/1/retry", json=body, seq=2, once="retry-1")

    assert saved(first, 200)["token"]["status"] == "detected"
    assert first.headers["ETag"] == '"3"'
    assert again.get_json() == first.get_json()
    task = any_web.store.read(lambda tx: tx.tasks.get(GENERATE_STAGE, token_uuid))
    assert (task.dead_reason, task.attempts) == (None, 0)
    assert task.due_at is not None
    (attempt,) = any_web.store.read(
        lambda tx: tx.tasks.attempts_of(GENERATE_STAGE, token_uuid, limit=1)
    )
    assert (str(attempt.actor), attempt.reason) == ("user:maya", body["reason"])


def test_only_a_failed_token_with_a_mint_is_retried_at_its_present_seq(
    any_web: Web,
) -> None:
    minted(any_web.store, MAYA_S, MAYA_S)
    body = {"reason": "again"}
    assert problem(any_web.post("/v1/tokens/1/retry", json=body, seq=1)) == (
        409,
        "INVALID_TRANSITION",
    )
    failed(any_web.store)

    assert problem(any_web.post("/v1/tokens/1/retry", json=body)) == (428, "IF_MATCH_MISSING")
    assert problem(any_web.post("/v1/tokens/1/retry", json=body, seq=1)) == (412, "STALE")
    assert problem(any_web.post("/v1/tokens/3/retry", json=body, seq=1)) == (404, "TOKEN_NOT_FOUND")
    dropped(any_web.store)
    assert problem(any_web.post("/v1/tokens/2/retry", json=body, seq=2)) == (409, "MINT_ORPHANED")


def test_wallets_have_authors_tokens_and_ranks_in_any_case_of_letters(any_web: Web) -> None:
    minted(any_web.store, MAYA_S, NOOR_S, MAYA_S)
    blank = {"has_prompt": False, "twitter_handle": None, "farcaster_handle": None}

    for wallet in (MAYA_S, "0x" + "A1" * 20, f"0x{'c3' * 20}", "nobody"):
        assert saved(any_web.get(f"/v1/authors/{wallet}"), 200) == blank
    assert saved(any_web.get("/v1/authors/nobody/tokens"), 200)["total"] == 0

    minted(any_web.store, MAYA_S, NOOR_S, MAYA_S)
    upper = f"0x{MAYA_S[2:].upper()}"

    newest = saved(any_web.get(f"/v1/authors/{upper}/tokens?limit=1"), 200)
    assert [token["token_id"] for token in newest["tokens"]] == ["3"]
    assert (newest["total"], newest["limit"]) == (2, 1)
    oldest = saved(any_web.get(f"/v1/authors/{MAYA_S}/tokens?offset=1"), 200)
    assert [token["token_id"] for token in oldest["tokens"]] == ["1"]

    minted(any_web.store, MAYA_S, NOOR_S, MAYA_S)

    assert saved(any_web.get("/v1/authors/leaderboard"), 200)["items"] == [
        {"author_address": MAYA_S, "total_tokens": 2},
        {"author_address": NOOR_S, "total_tokens": 1},
    ]


def test_a_signed_message_sets_a_prompt_that_no_answer_contains(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    answer = any_web.post(PROMPT, json=signed(prompt=HIDDEN_PROMPT), key=None)

    assert saved(answer, 200) == {"has_prompt": True}
    assert saved(any_web.get(f"/v1/authors/{MAYA_S}"), 200)["has_prompt"] is True
    assert any_web.store.read(get_author, MAYA_S).prompt_text == HIDDEN_PROMPT
    change = saved(any_web.get("/v1/history?limit=100"), 200)["items"][-1]
    assert (change["lifecycle"], change["action"]) == ("author", "edit")
    assert change["actor"] == f"user:{MAYA_S}"
    assert change["reason"] == signed()["message"]
    paths = (
        "/v1/history?limit=100",
        f"/v1/authors/{MAYA_S}",
        "/v1/tokens/1",
        "/v1/tokens/1/history",
        "/metrics",
    )
    for path in paths:
        assert HIDDEN_PROMPT not in any_web.get(path).text, path


def test_the_idempotency_record_of_a_prompt_does_not_contain_it(signing: Web) -> None:
    signing.post(PROMPT, json=signed(prompt=HIDDEN_PROMPT), key=None)
    receipt = acted(
        signing.store, lambda tx: cast("Any", tx).receipts.find(Actor.user(MAYA_S), "nonce-01")
    )

    assert receipt.result == {"answer": {"has_prompt": True}}


def test_a_prompt_adds_the_author_of_an_unknown_wallet_once_per_nonce(signing: Web) -> None:
    mixed = "0x" + "Ab" * 20

    assert saved(signing.post(PROMPT, json=signed(mixed), key=None), 200) == {"has_prompt": True}
    assert signing.store.read(get_author, mixed).wallet_address == mixed.lower()

    for wallet in (MAYA_S, NOOR_S):
        assert signing.post(PROMPT, json=signed(wallet), key=None).status_code == 200

    minted(signing.store, MAYA_S)

    def link(tx: WriteTx) -> None:
        authors = Repositories.over(tx).authors
        author = authors.get_by_wallet(MAYA_S)
        assert author is not None
        authors.save(evolve(author, twitter_handle="maya_draws"))

    acted(signing.store, link)

    author = saved(signing.get(f"/v1/authors/{MAYA_S}"), 200)
    assert author["twitter_handle"] == "maya_draws"


def test_a_nonce_counts_once(
    any_web: Web,
) -> None:
    first = any_web.post(PROMPT, json=signed(), key=None)
    again = any_web.post(PROMPT, json=signed(), key=None)
    other = any_web.post(PROMPT, json=signed(prompt="Another one."), key=None)
    later = any_web.post(PROMPT, json=signed(prompt="Another one.", nonce="nonce-02"), key=None)

    assert first.get_json() == again.get_json() == {"has_prompt": True}
    assert problem(other) == (409, "IDEMPOTENCY_KEY_CONFLICT")
    assert later.status_code == 200
    changes = saved(any_web.get("/v1/history"), 200)["items"]
    actions = [change["action"] for change in changes if change["lifecycle"] == "author"]
    assert actions == ["create", "edit", "edit"]


MESSAGES = {
    "another wallet's": MESSAGE.format(
        wallet=NOOR_S, timestamp=1_767_225_600_000, nonce="nonce-01"
    ),
    "without a nonce": f"Update prompt for wallet: {MAYA_S}\nTimestamp: 1767225600000",
    "with a short nonce": MESSAGE.format(wallet=MAYA_S, timestamp=1_767_225_600_000, nonce="nonce"),
    "in seconds": MESSAGE.format(wallet=MAYA_S, timestamp=1_767_225_600, nonce="nonce-01"),
    "with more": MESSAGE.format(wallet=MAYA_S, timestamp=1_767_225_600_000, nonce="nonce-01")
    + "\nand more",
    "with a line's other end": signed()["message"].replace("\n", "\r\n"),
    "another": "I agree to everything",
}


def test_a_message_of_another_text_or_time_or_without_its_signature_is_refused(
    signing: Web, wallets: Wallets
) -> None:
    for message in MESSAGES.values():
        answer = signing.post(PROMPT, json=signed(message=message), key=None)

        assert problem(answer) in ((422, "MESSAGE_WRONG"), (422, "TEXT_HAS_CONTROLS"))
        assert wallets.asked == []

    for wrong, code in [
        ({"wallet_address": "0x" + "g" * 40}, "NOT_HEX"),
        ({"wallet_address": "0x" + "a" * 41}, "TEXT_TOO_LONG"),
        ({"prompt_text": " "}, "TEXT_BLANK"),
        ({"prompt_text": "x" * 1_001}, "TEXT_TOO_LONG"),
        ({"prompt_text": "turned \u202earound"}, "TEXT_HAS_CONTROLS"),
        ({"reason": "because"}, "INVALID_FIELDS"),
    ]:
        assert problem(signing.post(PROMPT, json=signed() | wrong, key=None)) == (422, code)
        assert wallets.asked == []

    for minutes in [-6, 6]:
        answer = signing.post(
            PROMPT, json=signed(at=BEGINNING + timedelta(minutes=minutes)), key=None
        )

        assert problem(answer) == (403, "MESSAGE_EXPIRED")

    def post(**fields: object) -> tuple[int, str]:
        return problem(signing.post(PROMPT, json=signed() | fields, key=None))

    unsigned = signed()
    del unsigned["signature"]

    assert post(signature=signature_of(NOOR_S, unsigned["message"])) == (403, "SIGNATURE_WRONG")
    assert post(signature="0xabc") == (422, "SIGNATURE_MALFORMED")
    assert problem(signing.post(PROMPT, json=unsigned, key=None)) == (422, "INVALID_FIELDS")
    wallets.is_away = True
    assert post() == (503, "CHAIN_UNREACHABLE")
    assert saved(signing.get(f"/v1/authors/{MAYA_S}"), 200)["has_prompt"] is False


@pytest.mark.slow
def test_a_chain_needs_a_webhook_secret_and_a_prompt_a_chain(web: Web) -> None:
    assert problem(web.post(PROMPT, json=signed(), key=None)) == (503, "NO_CHAIN")

    with pytest.raises(WebhookSecretMissing) as caught:
        Web(memory(), evolve(SETTINGS, webhook_secret=b""), chain=Wallets())

    assert caught.value.code == "WEBHOOK_SECRET_MISSING"
    assert "whsec_test" not in repr(SETTINGS)

    for scopes in [("signed", "tokens:read"), ("tokens:read", "signed")]:
        planted = Routes("planted", "A route with two kinds of access.")
        planted.add(
            "POST /planted",
            *scopes,
            request_type=SignedPrompt,
            response_type=PromptView,
            reason="message",
        )(set_author_prompt)

        assert SIGNED == ("signed",)
        with pytest.raises(UsageError, match="planted"):
            Web(memory(), contexts=(WebContext(name="planted", routes=(planted,)),))


def test_an_api_key_neither_helps_nor_is_needed(signing: Web) -> None:
    forged = signed() | {"signature": "0x00"}

    assert problem(signing.post(PROMPT, json=forged, key=signing.new_key("admin", "signed"))) == (
        403,
        "SIGNATURE_WRONG",
    )
    assert signing.post(PROMPT, json=signed(), key="ind_wrong_key").status_code == 200


@pytest.mark.slow
def test_too_many_signatures_block_their_address() -> None:
    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=2), chain=Wallets())
    forged = signed() | {"signature": "0x00"}
    codes = [web.post(PROMPT, json=forged, key=None).status_code for _ in range(3)]
    elsewhere = web.post(PROMPT, json=signed(), key=None, environ={"REMOTE_ADDR": "192.0.2.7"})

    assert (codes, elsewhere.status_code) == ([403, 403, 429], 200)
    assert web.post(PROMPT, json=signed(), key=None).status_code == 200
    assert web.get("/v1/tokens").status_code == 200

    web = Web(memory(), evolve(SETTINGS, requests_per_minute=2), chain=Wallets())

    codes = [web.post(PROMPT, json=signed(), key=None).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
