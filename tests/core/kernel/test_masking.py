"""Secrets are masked in every text that is logged or stored."""

import pytest

from indelible.kernel.masking import mask_secrets

CANARY = "c4n4ry0123456789abcdefABCDEF9876543210"
LONG = 200_000  # characters


@pytest.mark.parametrize(
    "text",
    [
        *(f"pushed with {prefix}_{CANARY}" for prefix in ("ghp", "gho", "ghu", "ghs", "ghr")),
        f"github_pat_11AAAAAAA0_{CANARY}",
        f"access_token%3Dghp_{CANARY}",
        f"GITHUB_TOKEN_ghp_{CANARY}",
        f"fatal: unable to access 'https://maya:{CANARY}@github.example/shop.git/'",
        f"remote: https://x-access-token:ghp_{CANARY}@github.example/maya/shop.git",
        f"http.extraheader=AUTHORIZATION: basic {CANARY}",
        f"> Authorization: Bearer {CANARY}",
        f"Authorization: token {CANARY}",
        f"token: {CANARY}",
        f"token={CANARY}",
        f'{{"github_access_token": "ghp_{CANARY}"}}',
    ],
)
def test_secrets_of_git_hosts_are_masked(text: str) -> None:
    masked = mask_secrets(text)

    assert CANARY not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "text",
    [
        f"Invalid API Key provided: sk_live_{CANARY}",
        f"sk_test_{CANARY}, and then more",
        f"the key rk_live_{CANARY} lacks permission",
        f"STRIPE_API_KEY_sk_test_{CANARY}",
        f"whsec_{CANARY}",
        f"secrets ['whsec_{CANARY}']",
        f"pi_3NxyzABC_secret_{CANARY}",
        f"client secret is pi_3NxyzABC_secret_{CANARY}.",
        f"seti_1Nxyz_secret_{CANARY}",
        f"cs_test_a1b2c3_secret_{CANARY}",
        f'{{"client_secret": "pi_1_secret_{CANARY}"}}',
    ],
)
def test_secrets_of_stripe_are_masked(text: str) -> None:
    masked = mask_secrets(text)

    assert CANARY not in masked
    assert "***" in masked


def test_the_id_of_an_intent_stays_readable() -> None:
    masked = mask_secrets("intent pi_3NxyzABC has client secret pi_3NxyzABC_secret_abcdef")

    assert masked == "intent pi_3NxyzABC has client secret pi_3NxyzABC_secret_***"


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005"]
)
def test_card_numbers_are_masked(number: str) -> None:
    assert mask_secrets(f"card {number} was declined") == "card *** was declined"


@pytest.mark.parametrize(
    "text",
    [
        "No such customer: 'maya.smith+golf@mail.example.com'",
        "receipt_email=maya@example.org is not valid",
    ],
)
def test_email_addresses_are_masked(text: str) -> None:
    masked = mask_secrets(text)

    assert "maya" not in masked
    assert "***" in masked


def test_a_short_token_is_masked_where_a_word_begins() -> None:
    assert mask_secrets("used ghp_canary01 twice") == "used *** twice"


@pytest.mark.parametrize(
    "text",
    [
        "the files of high_priority and highp_value",
        "ghp_ is the beginning of a token",
        "commit 4f0c6c4c8c0a7f2d5a3c5a9f3b3c4f8d9a0b1c2d",
        "7 files: src/ghosts.py, src/github_pat.py",
        "task_list whsec_ risk_free disk_test sk_ rk_ pi_3Nxyz_secret",
        "pk_live_51NxyzPublishable",
        "charge ch_3Nxyz of intent pi_3Nxyz and transfer tr_1Nxyz to acct_1Nxyz",
        "4242424242424243 is no card, and 1700000000000000 is a time",
        "5628 2813 2813 1250",
        "42424242-4242-4242-4242-424242424242",
        "git@github.com:maya/shop.git",
        "name@module without a domain",
    ],
)
def test_other_words_are_not_masked(text: str) -> None:
    assert mask_secrets(text) == text


def test_masking_twice_changes_nothing() -> None:
    once = mask_secrets(f"ghp_{CANARY}, https://maya:{CANARY}@host and Authorization: {CANARY}")

    assert mask_secrets(once) == once


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "ghp_",
        "ghp_a",
        "github_pat_",
        "github_pat_a ",
        "gh",
        "_",
        "://",
        "https://x:y@",
        "sk_live_",
        "whsec_",
        "pi_",
        "pi_a_secret_",
        "a_secret_",
        "4242 ",
        "4242-",
        "a@",
        "a.b@c.",
    ],
)
def test_a_secret_behind_a_long_text_is_masked(part: str) -> None:
    """An expression that takes quadratic time would not end here."""
    long = part * (LONG // len(part))

    assert CANARY not in mask_secrets(f"{long}\ntoken={CANARY}")
