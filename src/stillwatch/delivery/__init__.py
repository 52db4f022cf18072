"""Messages to other systems: the outbox, the receivers, the payloads and the sender.

In: events that a room above names, with the texts that describe them. Out: signed HTTP requests. May touch: the outbox
tables of the database, and receivers over the network. It knows nothing of cases.
"""
