"""Routes and pages of concepts."""
