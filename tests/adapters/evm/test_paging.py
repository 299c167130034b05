"""A provider's limits: following its advice reads every mint once."""

import time
from collections.abc import Callable

import pytest
from tests.adapters.evm.conftest import AUTHOR
from tests.chain.anvil import Anvil
from tests.chain.proxy import GET_LOGS, Proxy, RefusalForm

from indelible.tokens import MintLog
from indelible.tokens.errors import RangeTooLarge
from indelible.tokens.ports import Chain

pytestmark = pytest.mark.slow


def everything(chain: Chain, first: int, last: int) -> list[MintLog]:
    """All mints of a range, page by page: as advised, or else by halves."""
    found, end = list[MintLog](), last
    while first <= last:
        try:
            found += chain.mints(first, end)
        except RangeTooLarge as refused:
            end = refused.advised_last or first + (end - first) // 2
        else:
            first, end = end + 1, last
    return found


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
    assert refused.value.advised_last == (None if form is RefusalForm.BARE else 1_999)
    assert [each.start_token_id for each in everything(chain, 0, last)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("form", [each for each in RefusalForm if each is not RefusalForm.BLOCKS])
def test_a_refusal_of_too_many_logs_is_recognized(
    chain: Chain, node: Anvil, season: str, provider: Proxy, form: RefusalForm
) -> None:
    provider.form, provider.max_logs = form, 10
    node.set_automine(enabled=False)
    for _ in range(7):
        for _ in range(4):
            node.mint(season, AUTHOR)
        node.mine()
    last = chain.newest()

    with pytest.raises(RangeTooLarge) as refused:
        chain.mints(0, last)
    assert refused.value.advised_last == (None if form is RefusalForm.BARE else last - 7 + 2)
    assert [each.start_token_id for each in everything(chain, 0, last)] == list(range(1, 29))


def test_a_block_with_too_many_logs_has_no_advice(
    chain: Chain, node: Anvil, season: str, provider: Proxy
) -> None:
    provider.max_logs = 1
    node.set_automine(enabled=False)
    for _ in range(2):
        node.mint(season, AUTHOR)
    node.mine()
    last = chain.newest()

    with pytest.raises(RangeTooLarge) as refused:
        chain.mints(last, last)
    assert refused.value.advised_last is None


def test_an_endless_response_is_cut_off(
    chain: Chain, node: Anvil, season: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.mint(season, AUTHOR)
    monkeypatch.setattr("indelible_evm.provider.MAX_BYTES", 100)

    with pytest.raises(Exception, match="TimeoutError"):
        chain.mints(0, chain.newest())


def test_a_thousand_mints_are_read_in_pages(
    chain: Chain, node: Anvil, season: str, provider: Proxy, add_summary_line: Callable[[str], None]
) -> None:
    node.mine(
        5_000
    )  # before, not between: a block costs anvil more, the more there is in the state
    node.set_automine(enabled=False)
    for number in range(1_000):
        node.mint(season, AUTHOR, 1 + number % 3)
        if number % 10 == 9:
            node.mine()
    last, begun = chain.newest(), time.monotonic()
    found = everything(chain, 0, last)
    seconds = time.monotonic() - begun

    assert len(found) == 1_000
    assert len({(each.block_number, each.log_index) for each in found}) == 1_000
    assert sum(each.quantity for each in found) == chain.next_token_id(last) - 1
    assert provider.count(GET_LOGS) < 20
    add_summary_line(
        f"1,000 mints in {last:,} blocks read from anvil, through a provider's limits,"
        f" in {seconds:.2f} s"
    )
