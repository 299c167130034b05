"""The page of the benchmarks: the promises, and each comparison with its drawing."""

import re
from pathlib import Path

from docs.generators.markdown import HEADER

FIGURES = Path(__file__).parents[2] / "tests" / "doses" / "bench" / "figures.md"
WRITTEN_BY = "<!-- Written by python -m tests.doses.bench --write. -->\n\n"
# In a section of the figures: the rows and the statements, up to the next section.
DETAILS = re.compile(r"\n\| way \|.*?(?=\n## |\Z)", re.DOTALL)
RAW_FIGURES = """
Each drawing shows the medians. `tests/doses/bench/figures.md` has the rows of each with span and
ratio, and the statements of the bare driver.

"""


def benchmarks_page() -> str:
    """Return the page: the measured figures without their rows and statements."""
    figures = FIGURES.read_text(encoding="utf-8").removeprefix(WRITTEN_BY)
    text = DETAILS.sub("", figures).replace("](../../docs/images/", "](../../images/")
    lead, heading, rest = text.partition("## Promises")

    return f"{HEADER}{lead}{RAW_FIGURES.lstrip()}{heading}{rest.rstrip()}\n"
