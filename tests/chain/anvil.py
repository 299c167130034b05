"""A real chain in a child process: anvil, and what tests do with it."""

import json
import os
import re
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from signal import SIGINT, SIGKILL
from subprocess import DEVNULL, PIPE
from typing import Any, Final

from attrs import field, frozen
from eth_abi.abi import encode
from tests.chain.npm import ANVIL, installed

from indelible_evm import Contract, QuietProvider, season
from indelible_evm.parsing import parse_array

WALLET: Final = Path(__file__).with_name("wallet.json")
HOST: Final = "127.0.0.1"
LISTENING: Final = re.compile(r"^Listening on 127\.0\.0\.1:(\d+)$", re.MULTILINE)
START_SECONDS: Final = 60
MINED_SECONDS: Final = 30
GAS: Final = hex(3_000_000)  # said, so that nobody estimates it
MINT, REVEAL = bytes.fromhex("40c10f19"), bytes.fromhex("53de7804")
PLACEHOLDER: Final = "ipfs://placeholder"


def wallet() -> Contract:
    """A wallet that is a contract, and is made with its owners."""
    return Contract(**json.loads(WALLET.read_text(encoding="utf-8")))


@frozen(kw_only=True)
class Anvil:
    """A running node; all its accounts are rich, and it signs for them."""

    url: str
    pid: int
    accounts: tuple[str, ...]
    provider: QuietProvider = field(repr=False)

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """What the node answers; Refusal."""
        (found,) = self.provider.call(method, params)
        return found

    def send(self, to: str | None, data: bytes, *, sender: int = 0, value: int = 0) -> str:
        """The hash of a transaction, which is mined at once unless `automine` was ended."""
        sent = {
            "from": self.accounts[sender],
            "data": f"0x{data.hex()}",
            "gas": GAS,
            "value": hex(value),
        }
        sent_as = str(self.ask("eth_sendTransaction", sent if to is None else sent | {"to": to}))
        deadline = time.monotonic() + MINED_SECONDS
        while (
            self.ask("anvil_getAutomine") and self.receipt(sent_as) is None
        ):  # it answers before it has mined
            assert time.monotonic() < deadline
        return sent_as

    def receipt(self, transaction: str) -> Mapping[str, Any] | None:
        """What became of it, None where it is in no block."""
        found: Mapping[str, Any] | None = self.ask("eth_getTransactionReceipt", transaction)
        return found

    def deploy(self, contract: Contract, *arguments: object) -> str:
        """The address, in lower case, of a contract that is new on the chain."""
        (inputs,) = (each["inputs"] for each in contract.abi if each["type"] == "constructor")
        types = [each["type"] for each in inputs]
        sent = self.send(None, bytes.fromhex(contract.bytecode[2:]) + encode(types, arguments))
        receipt = self.receipt(sent)
        assert receipt is not None
        assert receipt["status"] == "0x1"
        return str(receipt["contractAddress"]).lower()

    def deploy_season(self, *, price: int = 0) -> str:
        """A season, whose keeper is the second account."""
        return self.deploy(season(), PLACEHOLDER, price, self.accounts[1])

    def mint(
        self, contract: str, author: str, quantity: int = 1, *, sender: int = 0, value: int = 0
    ) -> str:
        """The hash of a transaction that mints."""
        data = MINT + encode(["address", "uint256"], [author, quantity])
        return self.send(contract, data, sender=sender, value=value)

    def reveal(self, contract: str, uris: Mapping[int, str], *, sender: int = 1) -> str:
        """The hash of a transaction that reveals."""
        data = REVEAL + encode(["uint256[]", "string[]"], [list(uris), list(uris.values())])
        return self.send(contract, data, sender=sender)

    def mine(self, blocks: int = 1) -> None:
        """Add blocks, with what waits in the first of them."""
        self.ask("anvil_mine", hex(blocks))

    def automine(self, *, wanted: bool) -> None:
        """Mine a block for each transaction at once, or stop doing so."""
        self.ask("evm_setAutomine", wanted)

    def reorg(self, depth: int, again: Sequence[tuple[Mapping[str, object], int]] = ()) -> None:
        """Replace the newest blocks by empty ones; `again` puts transactions into the n-th."""
        self.ask("anvil_reorg", depth, [[transaction, at] for transaction, at in again])

    def snapshot(self) -> str:
        """Return the id of the present state, for one revert."""
        return str(self.ask("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Go back to it: later blocks have never been."""
        assert self.ask("evm_revert", snapshot) is True


@contextmanager
def anvil(directory: Path, *options: str, chain_id: int = 31_337) -> Generator[Anvil]:
    """A node that lives as long as the block; the directory has its log and its files."""
    (program,) = installed(ANVIL).glob("node_modules/@foundry-rs/anvil-*/bin/anvil")
    log = directory / "anvil.log"
    command = (
        str(program),
        "--host",
        HOST,
        "--port",
        "0",
        "--chain-id",
        str(chain_id),
        "--hardfork",
        "cancun",
        *options,
    )
    # In a session of its own: Ctrl-C in a terminal is for us, who then stop it.
    surroundings = {"HOME": str(directory), "TMPDIR": str(directory), "PATH": os.defpath}
    with log.open("wb") as said:
        child = subprocess.Popen[bytes](
            command,
            stdin=DEVNULL,
            stdout=said,
            stderr=said,
            cwd=directory,
            env=surroundings,
            start_new_session=True,
        )
    # The shell stops it when we are gone, however that came: it reads from us until the end.
    watch = ("/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(child.pid))
    try:
        with subprocess.Popen(
            watch, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        ):
            url = f"http://{HOST}:{_port(child, log)}/"
            provider = QuietProvider(url, timeout_seconds=30)
            (accounts,) = provider.call("eth_accounts", ())
            with closing(provider):
                yield Anvil(
                    url=url,
                    pid=child.pid,
                    accounts=tuple(map(str, parse_array(accounts))),
                    provider=provider,
                )
    finally:
        _stop(child)


def _port(child: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if found := LISTENING.search(log.read_text(errors="replace")):
            return int(found[1])
        time.sleep(0.02)
    raise AssertionError(f"anvil did not start: {log.read_text(errors='replace')[-2_000:]}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    for signal, seconds in ((SIGINT, 10), (SIGKILL, None)):
        child.send_signal(signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return
