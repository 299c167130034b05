"""Writers of the generated pages: one module per subject; `docs/generate.py` calls them."""
