"""The ids of settlements, transfers and movements follow from the names that a page lists."""

from typing import Final
from uuid import NAMESPACE_URL, uuid5

from tests.architecture.pages import code, page, rows

from indelible.money.entities.ids import movement_id, reissue_id, transfer_id
from indelible.reactions.settlements import settlement_id

TEXT: Final = page("explanation/why-a-restored-backup-never-pays-twice.md")
VALUES: Final = {
    "<contest>": "contest-1",
    "<settlement>": "settlement-1",
    "<party>": "ann",
    "<key>": "reversal:trr_1",
    "<movement>": movement_id("reversal:trr_1"),
    "<number>": "2",
}


def documented_ids() -> dict[str, str]:
    """Return the id of each row of the page's table, for some values."""
    ids: dict[str, str] = {}
    for subject, name, namespace in rows(TEXT, "id"):
        (template,) = code(name)
        for placeholder, value in VALUES.items():
            template = template.replace(placeholder, value)
        ids[subject] = str(uuid5(uuid5(NAMESPACE_URL, code(namespace)[0]), template))

    return ids


def test_each_id_follows_from_the_name_that_the_page_lists() -> None:
    assert documented_ids() == {
        "settlement": settlement_id("contest-1"),
        "transfer": transfer_id("settlement-1", "ann"),
        "movement": movement_id("reversal:trr_1"),
        "transfer that is issued again": reissue_id(movement_id("reversal:trr_1"), 2),
    }
