"""Requests, responses, access control and the OpenAPI document."""
