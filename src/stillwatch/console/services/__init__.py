"""Services behind the pages: sign-in with an identity provider, cached figures, cached retests, and the scheduler.

Input: the desk and the settings. Output: objects that pages call. May touch: the identity provider over the network.
"""
