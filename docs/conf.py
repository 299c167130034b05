"""Configure Sphinx: it builds offline, with one theme, and every warning is an error."""

import sys
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx

project = "indelible"
author = "the indelible authors"
copyright = author
release = metadata.version("indelible")

extensions = ["myst_parser"]
exclude_patterns = ["_build/html"]
nitpicky = False

html_theme = "furo"
html_title = f"indelible {release}"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["own.css"]

myst_enable_extensions = ["attrs_block", "deflist", "fieldlist"]
myst_heading_anchors = 3


def setup(app: Sphinx) -> None:
    """Write the reference, which is not committed, before the sources are read."""
    app.connect("builder-inited", write_generated)


def write_generated(app: Sphinx) -> None:
    """Write the pages of the reference below `_build`."""
    docs = Path(app.srcdir)
    sys.path.insert(0, str(docs.parent))
    from docs.generate import write_reference  # noqa: PLC0415 - the path is set here

    write_reference(docs)
