"""Lowest floor of the console's HTTP side: requests, forms, routes, templates, headers and error pages.

Input: HTTP requests. Output: HTTP responses. May touch: sessions and tokens through the desk. It knows no page.
"""
