"""The supervisor lives for as long as it is to, whatever its children do."""

from collections.abc import Generator
from contextlib import contextmanager

from indelible_service.embedded.children import Child
from indelible_service.supervisor import Kept


@contextmanager
def short_lived() -> Generator[Child]:
    with Child("/bin/false") as child:
        child.wait()
        yield child


def test_a_child_that_has_failed_for_days_is_started_again_all_the_same() -> None:
    kept = Kept("worker 1", short_lived, is_server=False, since=-60.0, failures=5_000)
    kept.look()
    assert kept.child

    kept.look()

    assert (kept.child, kept.failures) == (None, 5_001)
