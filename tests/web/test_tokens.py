"""Tokens and their authors over HTTP, and the one route that a wallet's signature opens."""

from datetime import timedelta
from typing import Any, cast

import pytest
from attrs import evolve
from tests.web.harness import SETTINGS, Json, Web, memory, problem, saved
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
from indelible.tokens.rules import GENERATE, MESSAGE
from indelible_web.context import WebContext
from indelible_web.http.access import SIGNED
from indelible_web.http.routing import Routes
from indelible_web.tokens.errors import WebhookSecretMissing
from indelible_web.tokens.routes import PromptView, SignedPrompt, set_prompt

PROMPT = "/v1/authors/prompt"
UNSEEN = "Nobody is to read of the lighthouse"


@pytest.fixture
def wallets() -> Wallets:
    return Wallets()


@pytest.fixture
def signing(wallets: Wallets) -> Web:
    """An application in memory, whose chain the test has in hand."""
    web = Web(memory(), chain=wallets)
    web.key = web.new_key("admin")
    return web


def numbers(web: Web, path: str) -> list[int]:
    return [each["token_id"] for each in saved(web.get(path), 200)["items"]]


def test_tokens_are_listed_by_number_and_status_and_the_list_goes_on_where_it_ended(
    any_web: Web,
) -> None:
    minted(any_web.store, *[MAYA_S] * 5)
    failed(any_web.store, 4)
    first = saved(any_web.get("/v1/tokens?limit=3"), 200)

    assert [each["token_id"] for each in first["items"]] == [1, 2, 3]
    assert numbers(any_web, f"/v1/tokens?limit=3&cursor={first['next']}") == [4, 5]
    assert numbers(any_web, "/v1/tokens?status=failed") == [4]
    assert problem(any_web.get("/v1/tokens?status=lost")) == (422, "INVALID_FIELDS")


def test_a_token_is_shown_with_its_history(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    failed(any_web.store)
    shown = any_web.get("/v1/tokens/1")
    changes = saved(any_web.get("/v1/tokens/1/history"), 200)["items"]

    assert (shown.headers["ETag"], shown.get_json()["token"]["status"]) == ('"2"', "failed")
    assert [(each["action"], each["actor"]) for each in changes] == [
        ("detect", "system:worker"),
        ("fail", "system:worker"),
    ]
    assert problem(any_web.get("/v1/tokens/2")) == (404, "TOKEN_NOT_FOUND")
    assert problem(any_web.get("/v1/tokens/2/history")) == (404, "TOKEN_NOT_FOUND")


def test_a_failed_token_is_retried_and_its_work_is_due_though_it_was_dead(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    token_uuid = saved(any_web.get("/v1/tokens/1"), 200)["token"]["id"]
    buried(any_web.store, GENERATE, token_uuid)
    failed(any_web.store)
    body = {"reason": "the provider draws again"}
    found = any_web.post("/v1/tokens/1/retry", json=body, seq=2, once="retry-1")
    again = any_web.post("/v1/tokens/1/retry", json=body, seq=2, once="retry-1")

    assert (saved(found, 200)["token"]["status"], found.headers["ETag"]) == ("detected", '"3"')
    assert again.get_json() == found.get_json()
    work = any_web.store.read(lambda tx: tx.tasks.get(GENERATE, token_uuid))
    assert (work.dead_reason, work.due_at is not None, work.attempts) == (None, True, 0)
    attempts = any_web.store.read(lambda tx: tx.tasks.attempts_of(GENERATE, token_uuid, limit=1))
    assert [(str(each.actor), each.reason) for each in attempts] == [("user:maya", body["reason"])]


def test_only_what_has_failed_and_is_still_minted_is_retried_and_only_as_it_was_seen(
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


def test_authors_are_shown_by_wallet_whatever_its_capitals_and_nobody_knows_unknown_ones(
    any_web: Web,
) -> None:
    minted(any_web.store, MAYA_S, NOOR_S, MAYA_S)
    blank = {"has_prompt": False, "twitter_handle": None, "farcaster_handle": None}

    for wallet in (MAYA_S, "0x" + "A1" * 20, f"0x{'c3' * 20}", "nobody"):
        assert saved(any_web.get(f"/v1/authors/{wallet}"), 200) == blank
    found = saved(
        any_web.get(f"/v1/authors/{MAYA_S.upper().replace('X', 'x')}/tokens?limit=1"), 200
    )
    assert ([each["token_id"] for each in found["tokens"]], found["total"], found["limit"]) == (
        [3],
        2,
        1,
    )
    later = saved(any_web.get(f"/v1/authors/{MAYA_S}/tokens?offset=1"), 200)
    assert [each["token_id"] for each in later["tokens"]] == [1]
    assert saved(any_web.get("/v1/authors/nobody/tokens"), 200)["total"] == 0
    assert saved(any_web.get("/v1/authors/leaderboard"), 200)["items"] == [
        {"author_address": MAYA_S, "total_tokens": 2},
        {"author_address": NOOR_S, "total_tokens": 1},
    ]


def test_what_a_wallet_has_signed_sets_its_prompt_and_nothing_ever_shows_it(any_web: Web) -> None:
    minted(any_web.store, MAYA_S)
    answer = any_web.post(PROMPT, json=signed(prompt=UNSEEN), key=None)

    assert saved(answer, 200) == {"has_prompt": True}
    assert saved(any_web.get(f"/v1/authors/{MAYA_S}"), 200)["has_prompt"] is True
    assert any_web.store.read(get_author, MAYA_S).prompt_text == UNSEEN
    change = saved(any_web.get("/v1/history?limit=100"), 200)["items"][-1]
    assert (change["lifecycle"], change["action"], change["actor"]) == (
        "author",
        "edit",
        f"user:{MAYA_S}",
    )
    assert change["reason"] == signed()["message"]
    paths = (
        "/v1/history?limit=100",
        f"/v1/authors/{MAYA_S}",
        "/v1/tokens/1",
        "/v1/tokens/1/history",
        "/metrics",
    )
    assert [path for path in paths if UNSEEN in any_web.get(path).text] == []


def test_the_receipt_of_a_prompt_does_not_hold_it(signing: Web) -> None:
    signing.post(PROMPT, json=signed(prompt=UNSEEN), key=None)
    receipt = acted(
        signing.store, lambda tx: cast("Any", tx).receipts.find(Actor.user(MAYA_S), "nonce-01")
    )

    assert receipt.result == {"answer": {"has_prompt": True}}


def test_a_wallet_that_was_never_seen_is_known_from_its_prompt_on_however_it_is_written(
    signing: Web,
) -> None:
    mixed = "0x" + "Ab" * 20

    assert saved(signing.post(PROMPT, json=signed(mixed), key=None), 200) == {"has_prompt": True}
    assert signing.store.read(get_author, mixed).wallet_address == mixed.lower()


def test_the_same_request_twice_has_one_effect_and_another_prompt_under_its_nonce_none(
    any_web: Web,
) -> None:
    first, again = (any_web.post(PROMPT, json=signed(), key=None) for _ in range(2))
    other = any_web.post(PROMPT, json=signed(prompt="Another one."), key=None)
    later = any_web.post(PROMPT, json=signed(prompt="Another one.", nonce="nonce-02"), key=None)

    assert first.get_json() == again.get_json() == {"has_prompt": True}
    assert problem(other) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert later.status_code == 200
    changes = [
        each
        for each in saved(any_web.get("/v1/history"), 200)["items"]
        if each["lifecycle"] == "author"
    ]
    assert [each["action"] for each in changes] == ["create", "edit", "edit"]


def test_two_wallets_may_use_one_nonce(signing: Web) -> None:
    assert [
        signing.post(PROMPT, json=signed(each), key=None).status_code for each in (MAYA_S, NOOR_S)
    ] == [200, 200]


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


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_exactly_the_one_that_is_asked_for(
    signing: Web, wallets: Wallets, name: str
) -> None:
    answer = signing.post(PROMPT, json=signed(message=MESSAGES[name]), key=None)

    assert problem(answer) in ((422, "MESSAGE_WRONG"), (422, "TEXT_HAS_CONTROLS"))
    assert wallets.asked == []


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_holds_for_five_minutes(signing: Web, minutes: int) -> None:
    answer = signing.post(PROMPT, json=signed(at=BEGINNING + timedelta(minutes=minutes)), key=None)

    assert problem(answer) == (403, "MESSAGE_EXPIRED")


def test_a_signature_of_another_wallet_or_none_at_all_sets_nothing(
    signing: Web, wallets: Wallets
) -> None:
    said = signed()
    forged = said | {"signature": signature_of(NOOR_S, said["message"])}
    answers = [
        signing.post(PROMPT, json=body, key=None)
        for body in (forged, said | {"signature": "0xabc"})
    ]
    wallets.is_away = True
    away = signing.post(PROMPT, json=said, key=None)
    missing = signing.post(
        PROMPT, json={name: each for name, each in said.items() if name != "signature"}, key=None
    )

    assert [problem(each) for each in answers] == [
        (403, "SIGNATURE_WRONG"),
        (422, "SIGNATURE_MALFORMED"),
    ]
    assert problem(away) == (503, "CHAIN_UNREACHABLE")
    assert problem(missing) == (422, "INVALID_FIELDS")
    assert saved(signing.get(f"/v1/authors/{MAYA_S}"), 200)["has_prompt"] is False


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"wallet_address": "0x" + "g" * 40}, "NOT_HEX"),
        ({"wallet_address": "0x" + "a" * 41}, "TEXT_TOO_LONG"),
        ({"prompt_text": " "}, "TEXT_BLANK"),
        ({"prompt_text": "x" * 1_001}, "TEXT_TOO_LONG"),
        ({"prompt_text": "turned \u202earound"}, "TEXT_HAS_CONTROLS"),
        ({"reason": "because"}, "INVALID_FIELDS"),
    ],
)
def test_a_prompt_that_cannot_be_kept_is_refused_before_the_chain_is_asked(
    signing: Web, wallets: Wallets, wrong: Json, code: str
) -> None:
    assert problem(signing.post(PROMPT, json=signed() | wrong, key=None)) == (422, code)
    assert wallets.asked == []


def test_without_a_chain_nobody_can_sign() -> None:
    web = Web(memory())  # of its own, whose clock has not gone on with other tests

    assert problem(web.post(PROMPT, json=signed(), key=None)) == (503, "NO_CHAIN")


def test_a_key_neither_helps_nor_is_needed(signing: Web) -> None:
    forged = signed() | {"signature": "0x00"}

    assert problem(signing.post(PROMPT, json=forged, key=signing.new_key("admin", "signed"))) == (
        403,
        "SIGNATURE_WRONG",
    )
    assert signing.post(PROMPT, json=signed(), key="ind_wrong_key").status_code == 200


def test_an_address_with_too_many_wrong_signatures_waits_and_others_do_not() -> None:
    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=2), chain=Wallets())
    forged = signed() | {"signature": "0x00"}
    codes = [web.post(PROMPT, json=forged, key=None).status_code for _ in range(3)]
    elsewhere = web.post(PROMPT, json=signed(), key=None, environ={"REMOTE_ADDR": "192.0.2.7"})

    assert (codes, elsewhere.status_code) == ([403, 403, 429], 200)
    assert web.get("/v1/tokens").status_code == 200


def test_an_address_that_signs_too_often_waits() -> None:
    web = Web(memory(), evolve(SETTINGS, requests_per_minute=2), chain=Wallets())

    assert [web.post(PROMPT, json=signed(), key=None).status_code for _ in range(3)] == [
        200,
        200,
        429,
    ]


@pytest.mark.parametrize("scopes", [("signed", "tokens:read"), ("tokens:read", "signed")])
def test_a_route_that_is_opened_by_a_signature_is_opened_by_nothing_else(
    scopes: tuple[str, ...],
) -> None:
    planted = Routes("planted", "a route whose door has two locks")
    planted.add(
        "POST /planted",
        *scopes,
        request_type=SignedPrompt,
        response_type=PromptView,
        reason="message",
    )(set_prompt)

    assert SIGNED == ("signed",)
    with pytest.raises(UsageError, match="planted"):
        Web(memory(), contexts=(WebContext(name="planted", routes=(planted,)),))


def test_where_a_chain_is_set_up_an_empty_webhook_secret_stops_the_start() -> None:
    with pytest.raises(WebhookSecretMissing) as caught:
        Web(memory(), evolve(SETTINGS, webhook_secret=b""), chain=Wallets())

    assert caught.value.code == "WEBHOOK_SECRET_MISSING"
    assert "whsec_test" not in repr(SETTINGS)


def test_handles_are_shown_of_those_who_have_linked_them(signing: Web) -> None:
    minted(signing.store, MAYA_S)

    def link(tx: WriteTx) -> None:
        authors = Repositories.over(tx).authors
        author = authors.get_by_wallet(MAYA_S)
        assert author is not None
        authors.save(evolve(author, twitter_handle="maya_draws"))

    acted(signing.store, link)

    assert (
        cast("Json", signing.get(f"/v1/authors/{MAYA_S}").get_json())["twitter_handle"]
        == "maya_draws"
    )
