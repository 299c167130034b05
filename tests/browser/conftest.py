"""Fixtures of the browser tests: a running instance with the demonstration, and a real Chromium.

Chromium is the one of the machine, at `INDELIBLE_CHROMIUM`. Python packages do not install a
browser, so the gate leaves these tests out: run them with `nox -s browser`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from itertools import takewhile
from pathlib import Path

import httpx
import pytest
from attrs import frozen
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
AXE = (HERE / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SETTINGS = {
    "INDELIBLE_PORT": "0",
    "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
    "INDELIBLE_DATA_DIR": "data",
}


@frozen
class Instance:
    """Where it is found, the key that opens everything, and where its database is."""

    address: str
    key: str
    url: str

    def api(
        self, method: str, path: str, body: object = None, seq: int | None = None
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.key}"} | (
            {"If-Match": f'"{seq}"'} if seq else {}
        )
        answer = httpx.request(method, f"{self.address}/v1{path}", headers=headers, json=body)
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Generator[Instance]:
    folder = tmp_path_factory.mktemp("instance")
    command = [sys.executable, "-m", "indelible_service"]
    environment = os.environ | SETTINGS
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "up"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    said = "".join(takewhile(lambda line: not line.startswith("Next:"), process.stdout))
    address = re.findall(r"^Address: +(\S+)$", said, re.MULTILINE)[0]
    port = {"INDELIBLE_PORT": address.rpartition(":")[2]}
    for name in ("concepts", "captures"):
        subprocess.run(
            [*command, "demo", name],
            cwd=folder,
            env=environment | port,
            check=True,
            capture_output=True,
        )
    data = folder / "data"
    yield Instance(
        address=address,
        key=(data / "first.key").read_text(),
        url=f"sqlite:///{data / 'indelible.db'}",
    )
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=60) == 0


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    path = os.environ.get("INDELIBLE_CHROMIUM") or shutil.which("chromium")
    assert path, (
        "no Chromium here: apt-get install chromium, or say where it is in INDELIBLE_CHROMIUM"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


Opened = Callable[..., Page]


@pytest.fixture
def opened(instance: Instance, chromium: Browser) -> Generator[Opened]:
    """A page of somebody who has signed in, as this person looks at it."""
    contexts: list[BrowserContext] = []

    def open_page(
        scheme: str = "light",
        size: str = "desktop",
        *,
        scripts: str = "on",
        key: str = "",
        path: str = "/console/",
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=instance.address,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts != "off",
        )
        contexts.append(context)
        if (
            scripts == "blocked"
        ):  # to the page the same as off, for all of its scripts are files; axe can still look
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        page.goto(path)
        page.fill("#key", key or instance.key)
        page.get_by_role("button", name="Sign in").click()
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """Return the accessibility violations that axe reports once the page is loaded and drawn."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def overflows(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
