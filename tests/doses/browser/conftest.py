"""Fixtures of the browser tests: a running instance with the demonstrations, and a Chromium.

Chromium is the one of the machine, at `INDELIBLE_CHROMIUM`. Python packages do not install a
browser, so the gate leaves these tests out: run them with `nox -s doses -- browser`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, Any, cast

import httpx
import pytest
import waitress
from attrs import frozen
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
AXE = (HERE / "axe.min.js").read_text(encoding="utf-8")
VIEWPORTS = {
    "desktop": (1280, 900),
    "phone": (390, 844),
    "small-phone": (360, 740),
    "large-phone": (412, 915),
}
SERVICE = (sys.executable, "-m", "indelible_service")
SETTINGS = {
    "INDELIBLE_PORT": "0",
    "INDELIBLE_REQUESTS_PER_MINUTE": "1000000",
    "INDELIBLE_DATA_DIR": "data",
    "ALCHEMY_WEBHOOK_SECRET": "whsec_of_the_browser_tests",  # Tokens are off without a source.
}
SERVER_THREADS = 40  # More than the live pages that are open at once.
WAIT_FOR_TWO_FRAMES = """
() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
"""
WAIT_FOR_FONTS = "document.fonts.ready.then(() => null)"
HAS_OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Ids, addresses and JSON may break anywhere, words of letters may not.
BROKEN_WORDS = r"""
() => {
  const broken = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("code, textarea, script, svg, .sr, .document")) continue;
    for (const match of node.data.matchAll(/[^\s\-\u2013\u2014\/]+/gu)) {
      if (!/^[\p{L}\p{P}]{2,24}$/u.test(match[0]) || /":|[{}]/.test(match[0])) continue;
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = [...range.getClientRects()].filter(box => box.width > 0).map(box => box.top);
      if (Math.max(...lines) - Math.min(...lines) > 4) broken.push(match[0]);
    }
  }
  return broken;
}
"""
SHOWN_ALTHOUGH_HIDDEN = """
() => [...document.querySelectorAll("[hidden]")]
  .filter(element => element.getClientRects().length > 0).map(element => element.outerHTML)
"""
ROWS_ON_SCREEN = """
() => [...document.querySelectorAll("main table tbody tr")]
  .filter(row => row.getBoundingClientRect().bottom <= window.innerHeight).length
"""


@frozen
class Instance:
    """A running instance: its address, its first key, and the URL of its database."""

    address: str
    key: str
    database_url: str

    def request(
        self, method: str, path: str, body: object = None, seq: int | None = None
    ) -> dict[str, Any]:
        """Send a request to the API and return the body of the answer."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if seq is not None:
            headers["If-Match"] = f'"{seq}"'

        answer = httpx.request(method, f"{self.address}/v1{path}", headers=headers, json=body)
        answer.raise_for_status()

        body_of_answer: dict[str, Any] = answer.json()
        return body_of_answer


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Generator[Instance]:
    folder = tmp_path_factory.mktemp("instance")
    workspaces = {"INDELIBLE_WORKSPACE_ROOT": str(folder.absolute() / "workspaces")}
    environment = {**os.environ, **SETTINGS, **workspaces}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*SERVICE, "up"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    address = _read_address(process.stdout)

    environment["INDELIBLE_PORT"] = address.rpartition(":")[2]
    for name in ("captures", "concepts"):
        subprocess.run(
            [*SERVICE, "demo", name], cwd=folder, env=environment, check=True, capture_output=True
        )

    data = folder / "data"
    yield Instance(
        address=address,
        key=(data / "first.key").read_text(),
        database_url=f"sqlite:///{data / 'indelible.db'}",
    )

    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=60) == 0


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    path = os.environ.get("INDELIBLE_CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium, or set INDELIBLE_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


OpenPage = Callable[..., Page]
Serve = Callable[[Flask], str]


@pytest.fixture(scope="module")
def serve() -> Generator[Serve]:
    """Return a function that serves an application of this process and returns its address.

    The server is the one of `indelible up`. That of Werkzeug does not close a file whose reader
    has reset the connection.
    """
    servers: list[tuple[Any, Thread]] = []  # The stubs have the service's calls only.

    def serve(app: Flask) -> str:
        server = cast("Any", waitress).create_server(
            app, host="127.0.0.1", port=0, threads=SERVER_THREADS
        )
        thread = Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    yield serve

    for server, thread in servers:
        server.trigger.pull_trigger(partial(close_server, server))  # by the server's own thread
        thread.join()
        server.task_dispatcher.shutdown()


def close_server(server: Any) -> None:  # noqa: ANN401 - the stubs have the service's calls only
    """Close the connections of a server and the server, so that its loop ends."""
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


@pytest.fixture
def open_page(instance: Instance, chromium: Browser) -> Generator[OpenPage]:
    """Return a function that signs in with a new browser context and returns its page."""
    contexts: list[BrowserContext] = []

    def open_page(
        scheme: str = "light",
        size: str = "desktop",
        *,
        scripts: str = "on",
        key: str = "",
        path: str = "/console/",
        address: str = "",
    ) -> Page:
        width, height = VIEWPORTS[size]
        context = chromium.new_context(
            base_url=address or instance.address,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": height},
            java_script_enabled=scripts != "off",
        )
        contexts.append(context)
        if scripts == "blocked":
            # All scripts of the console are files, so that this equals "off"; but axe can run.
            context.route("**/*.js", lambda route: route.abort())

        page = context.new_page()
        page.goto(path)
        page.fill("#key", key or instance.key)
        page.get_by_role("button", name="Sign in").click()
        # The click returns before the next page is loaded, and a key would go to the form.
        page.wait_for_url(lambda url: "/console/sign-in" not in url)
        return page

    yield open_page

    for context in contexts:
        context.close()


def page_faults(page: Page) -> list[str]:
    """Return the faults of the loaded page: accessibility, overflow, broken words, hidden parts."""
    page.wait_for_load_state("networkidle")
    page.evaluate(WAIT_FOR_TWO_FRAMES)
    page.evaluate(AXE)

    faults: list[str] = []
    for violation in page.evaluate("axe.run()")["violations"]:
        for node in violation["nodes"]:
            faults.append(f"{violation['id']}: {node['target']}")
    if page.evaluate(HAS_OVERFLOW):
        faults.append("overflow")
    for word in page.evaluate(BROKEN_WORDS):
        faults.append(f"broken word: {word}")
    for element in page.evaluate(SHOWN_ALTHOUGH_HIDDEN):
        faults.append(f"hidden, but shown: {element}")

    return faults


def rows_on_screen(page: Page) -> int:
    """Return the number of table rows that are visible without scrolling, in the page's fonts."""
    page.evaluate(WAIT_FOR_FONTS)
    rows: int = page.evaluate(ROWS_ON_SCREEN)
    return rows


def _read_address(output: IO[str]) -> str:
    """Return the address that `indelible up` prints before its list of next steps."""
    lines: list[str] = []
    for line in output:
        if line.startswith("Next:"):
            break
        lines.append(line)

    match = re.search(r"^Address: +(\S+)$", "".join(lines), re.MULTILINE)
    assert match, f"indelible up did not print its address: {lines}"
    return match[1]
