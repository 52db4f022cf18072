"""Lowest floor of the console: requests, forms, routes, templates, headers and errors.

In: HTTP requests. Out: HTTP responses. It knows no page.
"""
