"""The alert rules of each context, as a file for Prometheus."""
