"""Stories: a wrong one is a coded error, and a right one is followed by the seed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.adapters.stripe.controls import WINNER, Controlled, controlled
from tests.doubles.simulators import check_journal

from indelible.money.errors.gateway import GatewayOutage, GatewayParked
from indelible_stripe.simulator import read_story
from indelible_stripe.simulator.fields import StoryInvalid

pytestmark = pytest.mark.slow

WRONG: list[tuple[object, str]] = [
    ([], "the story"),
    ({"nonsense": 1}, "the story"),
    ({"faults": {}}, "faults"),
    ({"faults": [{"kind": "flood"}]}, "kind"),
    ({"faults": [{"kind": "conflict", "rate": 2}]}, "rate"),
    ({"faults": [{"kind": "conflict", "rate": True}]}, "rate"),
    ({"faults": [{"kind": "conflict", "operation": "POST /v1/nothing"}]}, "operation"),
    ({"faults": [{"kind": "conflict", "times": 0}]}, "times"),
    ({"outages": [{"after_seconds": -1, "seconds": 5}]}, "after_seconds"),
    ({"outages": [{"seconds": 5}]}, "after_seconds"),
    ({"balance": {"usd": 1.5}}, "usd"),
    ({"accounts": [{"id": ""}]}, "id"),
    ({"accounts": [{"id": "acct_1", "transfers": "maybe"}]}, "transfers"),
    ({"webhooks": {"url": "ftp://127.0.0.1", "secrets": ["whsec_1"]}}, "url"),
    ({"webhooks": {"url": "http://127.0.0.1"}}, "secrets"),
    ({"webhooks": {"secrets": [5]}}, "secrets"),
    ({"account": {"api_key": "sk_live_1"}}, "api_key"),
    ({"account": {"refund_status": "lost"}}, "refund_status"),
    ({"clock": {"stopped_at": "now"}}, "stopped_at"),
    ({"hang_seconds": 100_000}, "hang_seconds"),
]


def transfer(run: Controlled, key: str) -> str:
    result = run.gateway.create_transfer(
        amount_minor=500,
        currency="USD",
        destination=WINNER,
        transfer_group="g",
        metadata={},
        idempotency_key=key,
    )
    return result.id


@pytest.mark.parametrize(("story", "field"), WRONG)
def test_wrong_story_is_refused_by_its_field(story: object, field: str) -> None:
    with pytest.raises(StoryInvalid) as caught:
        read_story(story)

    assert field in caught.value.subject
    assert caught.value.expected
    assert caught.value.actual


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:port/x",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1:-1/x",
        "http://[::1/x",
        "http://",
        "http://:80/x",
        "http://two words/x",
        "http://line\n.example/x",
        "http://a..b/x",
        "http://" + 64 * "a" + "/x",
        "127.0.0.1:8000/x",
    ],
)
def test_a_wrong_address_of_webhooks_is_refused_by_its_field(url: str) -> None:
    with pytest.raises(StoryInvalid) as caught:
        read_story({"webhooks": {"url": url, "secrets": ["whsec_1"]}})

    assert caught.value.subject == "the story, webhooks, field url"
    assert "a port from 1 to 65535" in caught.value.expected


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/payments/webhook", "https://[::1]:443", "http://example.org/x"]
)
def test_a_right_address_of_webhooks_is_kept(url: str) -> None:
    story = read_story({"webhooks": {"url": url, "secrets": ["whsec_1"]}})

    assert story.webhooks.url == url


@pytest.mark.slow
@pytest.mark.parametrize("port", ["65536", "-1", "web", "9" * 5_000])
def test_a_wrong_port_ends_the_program_with_a_code(port: str) -> None:
    command = (sys.executable, "-m", "indelible_stripe.simulator", f"--port={port}")
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert result.returncode == 2
    assert result.stderr.startswith("STORY_INVALID: The simulator cannot follow argument --port: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"nonsense": 1}', "STORY_INVALID"),
        (b'{"webhooks": {"url": "http://[::1/x", "secrets": ["whsec_1"]}}', "STORY_INVALID"),
        (b"{", "STORY_UNREADABLE"),
        (b"\xff", "STORY_UNREADABLE"),
        (b"[" * 100_000, "STORY_UNREADABLE"),
        (None, "STORY_UNREADABLE"),
    ],
)
def test_program_ends_with_a_code_and_no_traceback(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    file = tmp_path / "story.json"
    if content is not None:
        file.write_bytes(content)

    command = (sys.executable, "-m", "indelible_stripe.simulator", "--story", str(file))
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert result.returncode == 2
    assert result.stderr.startswith(f"{code}: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_program_prints_its_address_and_stops_on_a_signal(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text(json.dumps({"balance": {"usd": 5}}))
    command = (sys.executable, "-m", "indelible_stripe.simulator", "--port", "0")
    with subprocess.Popen(
        (*command, "--seed", "3", "--story", str(file)), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        balance = httpx.get(f"{url}/v1/balance", headers={"Authorization": "Bearer sk_test_1"})
        check_journal(url)
        process.terminate()

    assert url.startswith("http://127.0.0.1:")
    assert balance.json()["available"][0]["amount"] == 5
    assert process.returncode == 0


def test_faults_of_a_seed_are_the_same_in_each_run() -> None:
    runs: list[list[str]] = []
    rules: list[dict[str, Any]] = [
        {"kind": "conflict", "rate": 0.2},
        {"kind": "rate_limit", "rate": 0.2, "retry_after_seconds": 7},
        {"kind": "server_error_after", "rate": 0.2},
        {"kind": "close_after", "rate": 0.2},
    ]
    for seed in (5, 5, 6):
        outcomes: list[str] = []
        with controlled(seed=seed, faults=rules) as run:
            for number in range(30):
                try:
                    outcomes.append(transfer(run, f"payout:{number}:g1"))
                except GatewayOutage as error:
                    outcomes.append(error.problem)
        runs.append(outcomes)

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert len(set(runs[0])) > 4


def test_fault_has_its_headers() -> None:
    rule = {"kind": "rate_limit", "retry_after_seconds": 7, "should_retry": True}
    with controlled(faults=[rule]) as run, pytest.raises(GatewayOutage) as caught:
        transfer(run, "k")

    assert (caught.value.retry_after_seconds, caught.value.should_retry) == (7, True)


def test_outage_of_hours_ends_by_the_clock() -> None:
    outage = {"after_seconds": 0, "seconds": 7_200}
    with controlled(outages=[outage], clock={"stopped_at": 1_700_000_000}) as run:
        with pytest.raises(GatewayOutage):
            transfer(run, "k")
        run.control("clock", advance_seconds=7_200)
        assert transfer(run, "k")

        run.control("outage", on=True)
        with pytest.raises(GatewayOutage):
            run.gateway.retrieve_balance()
        run.control("outage", on=False)
        assert run.gateway.retrieve_balance()


def test_transfer_waits_for_funds_and_for_its_account() -> None:
    with controlled(account={"available_after_seconds": 172_800}, balance={}) as run:
        intent = run.gateway.create_payment_intent(
            amount_minor=10_000, currency="USD", metadata={}, idempotency_key="pi:1:g1"
        )
        run.control(f"intents/{intent.id}/pay")
        (balance,) = run.gateway.retrieve_balance()
        assert (balance.available_minor, balance.pending_minor) == (0, 9_680)
        with pytest.raises(GatewayParked, match="balance_insufficient"):
            transfer(run, "k1")

        run.control("clock", advance_seconds=172_801)
        run.control(f"accounts/{WINNER}", transfers="inactive")
        with pytest.raises(GatewayParked, match="account_restricted"):
            transfer(run, "k2")
        run.control(f"accounts/{WINNER}", transfers="active")
        assert transfer(run, "k3")


def test_timeout_after_the_effect_hides_a_transfer() -> None:
    rule = {"kind": "timeout_after", "operation": "POST /v1/transfers", "times": 1}
    with controlled(faults=[rule], read_timeout_seconds=0.5) as run:
        with pytest.raises(GatewayOutage, match="ReadTimeout"):
            transfer(run, "k")
        assert len(list(run.gateway.list_transfers("g"))) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"advance_seconds": -1}),
        ("clock", {}),
        ("outage", {"on": "yes"}),
        ("faults", {"faults": [{"kind": "flood"}]}),
        ("balance", {"usd": "5"}),
        ("accounts/acct_1", {"transfers": "maybe"}),
        ("disputes", {"payment_intent": 5}),
        ("webhooks", {"url": "nowhere"}),
        ("webhooks", {"url": "http://127.0.0.1:99999", "secrets": ["whsec_1"]}),
    ],
)
def test_wrong_control_is_refused_with_a_code(path: str, body: dict[str, object]) -> None:
    with controlled() as run:
        response = httpx.post(f"{run.url}/_simulator/{path}", json=body)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "STORY_INVALID"


@pytest.mark.parametrize("query", ["after=x", "after=-1", "problems=2", "nonsense=1"])
def test_wrong_query_of_the_journal_is_refused_with_a_code(query: str) -> None:
    with controlled() as run:
        response = httpx.get(f"{run.url}/_simulator/journal?{query}")

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "STORY_INVALID"


def test_control_of_a_missing_object_is_refused() -> None:
    with controlled() as run:
        for path in ("intents/pi_none/pay", "events/evt_none/send", "nothing"):
            response = httpx.post(f"{run.url}/_simulator/{path}", json={})
            assert response.status_code == 404
