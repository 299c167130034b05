"""The metric of what an operator must see of the chain."""

from collections.abc import Mapping
from typing import Final

from indelible.app import ReadTx
from indelible.tokens import chain_notices
from indelible.tokens.rules.notices import NOTICE_CODES
from indelible_web.http.metrics import ContextGauge


def count_notices(tx: ReadTx) -> Mapping[str, float]:
    """Return 1 for the code of each notice of the chain, and 0 for the other codes."""
    counts = dict.fromkeys(NOTICE_CODES, 0.0)
    for notice in chain_notices(tx):
        counts[notice.code] = 1.0

    return counts


CHAIN_NOTICES: Final = ContextGauge(
    name="indelible_chain_notices",
    description="Notices of the chain: a fault that pauses detection, changed code, odd logs.",
    label="code",
    read=count_notices,
)
