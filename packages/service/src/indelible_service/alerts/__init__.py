"""The alert rules of each context and the dashboard, as files for Prometheus and Grafana."""
