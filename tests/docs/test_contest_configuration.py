"""The page of configurations lists every key with its rule, every code and every sample."""

import json
import re

from tests.architecture.pages import page, rows

from indelible.contests.rules.configuration.faults import ConfigurationCode
from indelible.contests.rules.configuration.parsing import parse_configuration_text
from indelible.contests.rules.configuration.schema import CONFIGURATION, STATUS_POLICY
from indelible.contests.samples import sample_configuration, sample_names

TEXT = page("reference/contest-configuration.md")
JSON_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


def test_every_key_has_its_row() -> None:
    listed = {row[0] for row in rows(TEXT, "key")}

    for key in (*CONFIGURATION.keys, *STATUS_POLICY.keys):
        assert f"`{key.name}`" in listed
    assert {"`cut.after_round`", "`selection.tiers[].picks`", "`payout.guarantee`"} <= listed


def test_every_code_of_a_fault_has_its_row() -> None:
    assert [row[0] for row in rows(TEXT, "code")] == [f"`{code}`" for code in ConfigurationCode]


def test_every_sample_can_be_copied() -> None:
    blocks = JSON_BLOCK.findall(TEXT)

    assert len(blocks) == len(sample_names())
    for name, block in zip(sample_names(), blocks, strict=True):
        assert json.loads(block) == sample_configuration(name)
        parse_configuration_text(block, created_at=None)
