"""Ranges that a provider refuses are read in pages, and every mint is read once."""

import time
from collections.abc import Callable

import pytest
from tests.adapters.evm.conftest import AUTHOR
from tests.chain.anvil import Anvil
from tests.chain.proxy import GET_LOGS, Proxy, RefusalForm

from indelible.tokens import MintLog
from indelible.tokens.errors import ChainUnreachable, RangeTooLarge
from indelible.tokens.ports import Chain

FORMS_ABOUT_LOGS = [form for form in RefusalForm if form is not RefusalForm.BLOCKS]


def read_in_pages(chain: Chain, first: int, last: int) -> list[MintLog]:
    """Read all mints of a range, up to the advised block, or else half of a refused range."""
    mints: list[MintLog] = []
    page_last = last
    while first <= last:
        try:
            for log in chain.mints(first, page_last):
                assert isinstance(log, MintLog)
                mints.append(log)
        except RangeTooLarge as refused:
            page_last = refused.advised_last or first + (page_last - first) // 2
        else:
            first = page_last + 1
            page_last = last

    return mints


def start_token_ids(mints: list[MintLog]) -> list[int]:
    return [mint.start_token_id for mint in mints]


def advised_last(form: RefusalForm, block: int) -> int | None:
    """Return the block that a refusal in this form advises."""
    if form is RefusalForm.BARE:
        return None

    return block


@pytest.mark.dose
@pytest.mark.parametrize("form", RefusalForm)
def test_a_refusal_of_too_many_blocks_is_recognized(
    chain: Chain, node: Anvil, season: str, provider: Proxy, form: RefusalForm
) -> None:
    provider.form = form
    for _ in range(5):
        node.mint(season, AUTHOR)
        node.mine(1_000)
    last = chain.newest()

    with pytest.raises(RangeTooLarge) as refused:
        chain.mints(0, last)
    assert (refused.value.first, refused.value.last) == (0, last)
    assert refused.value.advised_last == advised_last(form, 1_999)
    assert start_token_ids(read_in_pages(chain, 0, last)) == [1, 2, 3, 4, 5]


@pytest.mark.dose
@pytest.mark.parametrize("form", FORMS_ABOUT_LOGS)
def test_a_refusal_of_too_many_logs_is_recognized(
    chain: Chain, node: Anvil, season: str, provider: Proxy, form: RefusalForm
) -> None:
    provider.form = form
    provider.max_logs = 10
    node.set_automine(enabled=False)
    for _ in range(7):
        for _ in range(4):
            node.mint(season, AUTHOR)
        node.mine()
    last = chain.newest()

    with pytest.raises(RangeTooLarge) as refused:
        chain.mints(0, last)
    # Two blocks have 8 of the 10 logs, and the third one would exceed them.
    assert refused.value.advised_last == advised_last(form, last - 7 + 2)
    assert start_token_ids(read_in_pages(chain, 0, last)) == list(range(1, 29))


@pytest.mark.dose
def test_a_block_with_too_many_logs_is_read_from_its_receipts(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    provider.max_logs = 1
    other_season = node.deploy_season()
    node.set_automine(enabled=False)
    for _ in range(25):
        node.mint(season, AUTHOR)
    node.mint(other_season, AUTHOR)
    node.mine()
    last = chain.newest()

    mints = [log for log in chain.mints(last, last) if isinstance(log, MintLog)]
    assert start_token_ids(mints) == list(range(1, 26))
    assert provider.count("eth_getTransactionReceipt") == 26


def test_a_response_that_is_too_long_is_cut_off(
    chain: Chain, node: Anvil, season: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.mint(season, AUTHOR)
    monkeypatch.setattr("indelible_evm.provider.MAX_BYTES", 100)

    with pytest.raises(ChainUnreachable, match="TimeoutError"):
        chain.mints(0, chain.newest())


@pytest.mark.dose
def test_a_thousand_mints_are_read_in_pages(
    chain: Chain, node: Anvil, season: str, provider: Proxy, add_summary_line: Callable[[str], None]
) -> None:
    # Empty blocks come first, because anvil mines more slowly the more state there is.
    node.mine(5_000)
    node.set_automine(enabled=False)
    for number in range(1_000):
        node.mint(season, AUTHOR, 1 + number % 3)
        if number % 10 == 9:
            node.mine()
    last = chain.newest()

    start = time.monotonic()
    mints = read_in_pages(chain, 0, last)
    seconds = time.monotonic() - start

    assert len(mints) == 1_000
    assert len({(mint.block_number, mint.log_index) for mint in mints}) == 1_000
    assert sum(mint.quantity for mint in mints) + 1 == chain.next_token_id(last)
    assert provider.count(GET_LOGS) < 20
    add_summary_line(
        f"1,000 mints in {last:,} blocks of anvil, read within a provider's limits: {seconds:.2f} s"
    )
