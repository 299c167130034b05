"""What writes the generated pages: one module for each kind; `python -m docs.generate` runs them all."""
