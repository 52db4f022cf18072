"""Messages to other systems (webhooks): events, outbox, receivers, queue, payloads and sender.

In: events with the number of their audit entry, a SQLAlchemy session, a function that derives keys, and a function that
composes the body of a message. Out: signed HTTP requests. May touch: the tables ``hooks`` and ``outbox``, and the
receivers over the network. This room does not import ``cases``: the room above passes in what a message says.
"""

from stillwatch.delivery.events import EventKind, OutboxEvent

__all__ = ["EventKind", "OutboxEvent"]
