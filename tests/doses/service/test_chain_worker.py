"""Commands and workers of the service against a real chain: refused, paused, and continued."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen
from tests.chain.anvil import Anvil, anvil
from tests.chain.detections import CHAIN_ID
from tests.chain.proxy import Proxy, proxy
from tests.chain.standards import OWNER, deploy, transact
from tests.conftest import folder
from tests.service.processes import json_result, refusal, start_command

from indelible import tokens
from indelible.kernel.task_errors import TaskNotFound
from indelible.tokens.rules.tasks import GENERATE_STAGE
from indelible.tokens.tasks.canceling import REASON
from indelible_sql import SqlStore, open_store

pytestmark = pytest.mark.slow

NO_CONTRACT = f"0x{'12' * 20}"
SECONDS = 60
COMMANDS = (("work", "--stage", "detect"), ("recover-events",), ("recover-tokens",))


@frozen
class Published:
    """A collection that OpenZeppelin publishes, with a provider before its node."""

    node: Anvil
    provider: Proxy
    address: str
    url: str  # of the database

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of the service."""
        return {
            "DATABASE_URL": self.url,
            "INDELIBLE_RPC_URL": self.provider.url,
            "INDELIBLE_CHAIN_ID": str(CHAIN_ID),
            "INDELIBLE_CONTRACT_ADDRESS": self.address,
            "INDELIBLE_CONTRACT_KIND": "erc721",
            "INDELIBLE_CONFIRMATIONS": "1",
            "INDELIBLE_CHAIN_CHECK_SECONDS": "1",
        }

    def mint(self) -> None:
        """Mint the next token, and confirm it."""
        transact(self.node, self.address, "mint(address)", OWNER)
        self.node.mine()


@pytest.fixture
def published(sqlite_url: str) -> Generator[Published]:
    with folder() as directory, ExitStack() as stack:
        node = stack.enter_context(anvil(directory, chain_id=CHAIN_ID))
        provider = stack.enter_context(proxy(node.url))
        address = deploy(node, "ERC721PresetMinterPauserAutoId", "Published", "P", "ipfs://")
        yield Published(node, provider, address, sqlite_url)


@pytest.mark.parametrize("words", [("up",), ("up", "--full")], ids="-".join)
def test_an_instance_with_a_wrong_contract_does_not_start(
    published: Published, words: tuple[str, ...]
) -> None:
    settings = {**published.settings, "ALCHEMY_WEBHOOK_SECRET": "whsec_secret"}
    del settings["DATABASE_URL"]
    wrong = {**settings, "INDELIBLE_CONTRACT_ADDRESS": NO_CONTRACT}

    assert refusal(*words, **wrong) == (1, "CONTRACT_CODE_MISSING")


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_wrong_contract_is_refused_at_the_start(
    published: Published, words: tuple[str, ...]
) -> None:
    wrong = {
        "CONTRACT_CODE_MISSING": {"INDELIBLE_CONTRACT_ADDRESS": NO_CONTRACT},
        "INTERFACE_MISSING": {"INDELIBLE_CONTRACT_KIND": "erc1155"},
        "WRONG_CHAIN": {"INDELIBLE_CHAIN_ID": "1"},
    }
    for code, change in wrong.items():
        assert refusal(*words, **{**published.settings, **change}) == (1, code)


def test_tokens_of_a_published_contract_are_recovered_by_the_command(
    published: Published,
) -> None:
    for _ in range(3):
        published.mint()
    dry_run = json_result("recover-tokens", "--dry-run", **published.settings)
    recovered = json_result("recover-tokens", **published.settings)
    again = json_result("recover-tokens", **published.settings)

    assert dry_run["missing"] == recovered["recovered"] == ["0", "1", "2"]
    assert (again["on_chain"], again["missing"], again["failed"]) == (3, [], [])
    assert json_result("recover-events", **published.settings)["mints"] == 0


def test_a_worker_cancels_tasks_of_tokens_that_no_worker_performs(
    published: Published, tmp_path: Path
) -> None:
    published.mint()
    with_stage = {**published.settings, "INDELIBLE_TOKEN_STAGES": "generate,upload"}
    json_result("recover-events", **with_stage)
    store = open_store(published.url)
    (token,) = store.read(tokens.list_tokens)
    assert store.read(lambda tx: tx.tasks.get(GENERATE_STAGE, token.id)).due_at is not None

    published.mint()
    with start_command("work", "--stage", "detect", cwd=tmp_path, **published.settings):
        wait(lambda: stored_ids(store) == [0, 1])
    _, second = store.read(tokens.list_tokens)

    assert store.read(lambda tx: tx.tasks.get(GENERATE_STAGE, token.id)).cancel_reason == REASON
    with pytest.raises(TaskNotFound):
        store.read(lambda tx: tx.tasks.get(GENERATE_STAGE, second.id))
    store.dispose()


def test_a_worker_pauses_while_its_contract_or_chain_is_wrong(
    published: Published, tmp_path: Path
) -> None:
    store = open_store(published.url)
    node = published.node
    code = node.call("eth_getCode", published.address, "latest")
    published.mint()
    command = start_command("work", "--stage", "detect", cwd=tmp_path, **published.settings)
    with command as worker:
        wait(lambda: stored_ids(store) == [0])

        node.call("anvil_setCode", published.address, "0x")
        wait(lambda: notices(store) == ["CONTRACT_CODE_MISSING"])
        node.call("anvil_setCode", published.address, code)
        published.mint()
        wait(lambda: stored_ids(store) == [0, 1])
        assert notices(store) == []

        published.provider.report_chain_id(1)
        wait(lambda: notices(store) == ["WRONG_CHAIN"])
        published.provider.overrides.clear()
        published.mint()
        wait(lambda: stored_ids(store) == [0, 1, 2])
        assert notices(store) == []
        assert worker.poll() is None

    store.dispose()
    log = (tmp_path / "log").read_text()
    assert "detection pauses: CONTRACT_CODE_MISSING" in log
    assert "detection pauses: WRONG_CHAIN" in log


def stored_ids(store: SqlStore) -> list[int]:
    """Return the ids of the stored tokens."""
    return [token.token_id for token in store.read(tokens.list_tokens)]


def notices(store: SqlStore) -> list[str]:
    """Return the codes of the notices of the chain."""
    return [notice.code for notice in store.read(tokens.chain_notices)]


def wait(is_reached: Callable[[], bool]) -> None:
    """Wait until a state is reached."""
    deadline = time.monotonic() + SECONDS
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.1)
