"""The causes of something, each by its key: what a context knows of them, and where it is shown.

A context that knows causes of what another one refers to declares a `CauseSource`: it gets the
reference and the party, as money stores them, and returns nothing for a reference of others.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from attrs import frozen

from indelible.app import ReadTx


@frozen(kw_only=True)
class Cause:
    """One cause in a chain: its kind, its key, and a sentence about it.

    `path` is the operators' route that shows it, and `page` the address of its page.
    """

    kind: str
    key: str
    text: str
    path: str
    page: str


CauseSource: TypeAlias = Callable[[ReadTx, str, str], Sequence[Cause]]
