"""The page of the critique lists every code and every type of nodes."""

from tests.architecture.pages import page, rows

from indelible.projects.rules.checks import RULES
from indelible.projects.rules.kinds import ALIASES, NodeKind

TEXT = page("reference/critique.md")


def test_every_rule_has_its_row() -> None:
    listed = [tuple(row[:3]) for row in rows(TEXT, "code")]

    assert listed == [
        (f"`{rule.code}`", rule.severity.value, rule.category.value) for rule in RULES
    ]


def test_every_type_of_nodes_has_its_row_and_its_aliases() -> None:
    listed = {row[0]: row[1] for row in rows(TEXT, "type")}

    assert list(listed) == [f"`{kind}`" for kind in NodeKind]
    for kind in NodeKind:
        assert listed[f"`{kind}`"] == ", ".join(f"`{alias}`" for alias in ALIASES[kind])
