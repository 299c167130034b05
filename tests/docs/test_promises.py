"""Sentences without which a reader would go wrong, and which no command can prove."""

import pytest
from tests.architecture.sources import ROOT

SENTENCES = {
    "README.md": ("Nothing is released yet",),
    "docs/how-to/backup.md": ("indelible money backfill", "indelible money reconcile --full"),
    "docs/how-to/contests.md": ("If all entries were ineligible",),
}


@pytest.mark.parametrize("path", SENTENCES)
def test_a_page_says_what_its_reader_needs(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")

    for sentence in SENTENCES[path]:
        assert sentence in text
