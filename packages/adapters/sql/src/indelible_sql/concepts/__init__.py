"""SQL of concepts."""
