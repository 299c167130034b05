"""The contexts of a host that a store opens, checked together."""

from collections import Counter
from collections.abc import Container, Iterable

from indelible.kernel.appends import unused_records
from indelible.kernel.contexts import AnyContext
from indelible.kernel.declarations import line_of
from indelible.kernel.errors import UsageError


def check_contexts(
    contexts: Iterable[AnyContext], taken: Container[str], taken_lifecycles: Container[str] = ()
) -> None:
    """Check that a store can open contexts; `taken` are the names that its transactions have.

    Raises:
        UsageError: It cannot; all faults are named at once.
    """
    faults: list[str] = []
    names: Counter[str] = Counter()
    lifecycles: Counter[str] = Counter()
    modules: set[str] = set()
    for context in contexts:
        modules.add(context.aggregate.__module__)
        names[context.name] += 1
        lifecycle = context.aggregate.lifecycle.name
        lifecycles[lifecycle] += 1
        if lifecycle in taken_lifecycles:
            faults.append(f"the lifecycle {lifecycle} is one of indelible's own: rename the class")
        if context.name in taken:
            faults.append(f"the name {context.name} is one of indelible's own: pass another `name`")
    for kind, counts in (("contexts", names), ("lifecycles", lifecycles)):
        faults.extend(
            f"two {kind} are called {name}" for name, count in counts.items() if count > 1
        )
    for record in unused_records(modules):
        faults.append(f"{line_of(record)}: no action appends record {record.__name__}")
    if faults:
        lines = "\n".join(faults)
        raise UsageError(f"the contexts of a store have faults:\n{lines}")
