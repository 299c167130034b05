"""How Sphinx builds these pages: offline, one theme, every warning an error."""

from importlib import metadata

project = "indelible"
author = "the indelible authors"
copyright = author
release = metadata.version("indelible")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
nitpicky = False

html_theme = "furo"
html_title = f"indelible {release}"
html_show_sphinx = False

myst_enable_extensions = ["attrs_block", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True
