"""What runs behind the pages: sign-in providers, figures and retests kept in memory, scheduled work.

In: the desk and the settings. Out: objects that pages ask. May touch: the identity provider over the network.
"""
