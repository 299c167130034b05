"""Compare the metrics that processes serve with those that the documentation lists."""

import re
from collections.abc import Sequence

from prometheus_client.parser import text_string_to_metric_families
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "reference" / "metrics.md").read_text()
ROW = re.compile(r"^\| `(indelible_\w+)` \| (\w+) \| ([^|]*) \|", re.MULTILINE)
WEB = "The web server"
WORKERS = "The workers"
SCHEDULER = "The scheduler"

Metrics = dict[str, tuple[str, frozenset[str]]]  # the type and the labels, by name


def listed_metrics(*sections: str) -> Metrics:
    """Return the metrics in the tables of some sections of the page."""
    listed: Metrics = {}
    for section in sections:
        text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        for name, kind, labels in ROW.findall(text):
            entry = (kind, frozenset(re.findall(r"`(\w+)`", labels)))
            # What every process exports is listed for each of them.
            assert listed.get(name, entry) == entry, f"{name} is listed in two ways"
            listed[name] = entry
    return listed


def differences(scrape: str, sections: Sequence[str]) -> list[str]:
    """Return how a scrape differs from the page; a metric without samples shows no labels."""
    listed = listed_metrics(*sections)
    found: set[str] = set()
    problems: list[str] = []
    for family in text_string_to_metric_families(scrape):
        if family.name.endswith("_created"):
            continue

        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert name not in found, f"{name} is exported twice"
        found.add(name)
        kind, expected = listed.get(name, ("nothing", frozenset()))
        if family.type != kind:
            problems.append(f"{name} is a {family.type}, the page lists {kind}")
        for sample in family.samples:
            labels = frozenset(sample.labels) - {"le"}
            if labels != expected and not sample.name.endswith("_created"):
                problems.append(f"{name} has the labels {sorted(labels)}")

    problems.extend(f"{name} is not exported" for name in sorted(set(listed) - found))
    return problems
