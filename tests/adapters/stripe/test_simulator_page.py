"""The page of the simulator tells a stranger what is true: its story, faults and controls."""

import base64
import json
import re
import subprocess
import sys
from typing import Final

import httpx
import pytest
from tests.adapters.stripe.controls import API_KEY, controlled
from tests.architecture.sources import ADAPTERS

from indelible_stripe.simulator import read_story

PAGE: Final = (ADAPTERS / "stripe" / "SIMULATOR.md").read_text("utf-8")
WITHOUT_EXTRA: Final = """
import runpy, sys
sys.modules["jsonschema"] = None
runpy.run_module("indelible_stripe.simulator", run_name="__main__")
"""


def test_the_story_of_the_page_is_valid() -> None:
    (text,) = re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL)
    story = read_story(json.loads(text))

    assert story.faults
    assert story.outages
    assert story.webhooks.url


@pytest.mark.slow
def test_the_key_of_curl_is_accepted_as_the_bearer_token_is() -> None:
    with controlled() as run:
        accepted = httpx.get(f"{run.url}/v1/balance", auth=(API_KEY, ""))
        wrong = [
            "Basic",
            "Basic !!!",
            "Basic " + base64.b64encode(b"\xff:").decode(),
            "Basic " + base64.b64encode(b"pk_test_1:").decode(),
            f"Digest {API_KEY}",
        ]
        statuses: list[int] = []
        for header in wrong:
            answer = httpx.get(f"{run.url}/v1/balance", headers={"Authorization": header})
            statuses.append(answer.status_code)

    assert accepted.status_code == 200
    assert statuses == [401] * len(wrong)


@pytest.mark.slow
def test_without_its_extra_the_program_says_what_to_install() -> None:
    done = subprocess.run(
        (sys.executable, "-c", WITHOUT_EXTRA), check=False, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("DISTRIBUTION_MISSING: The simulator of Stripe")
    assert "packages/adapters/stripe[simulator]'` for a checkout" in done.stderr
