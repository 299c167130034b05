"""Configure Sphinx: it builds offline, with one theme, and every warning is an error."""

from importlib import metadata

project = "indelible"
author = "the indelible authors"
copyright = author
release = metadata.version("indelible")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = False

html_theme = "furo"
html_title = f"indelible {release}"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["own.css"]

myst_enable_extensions = ["attrs_block", "deflist", "fieldlist"]
myst_heading_anchors = 3
