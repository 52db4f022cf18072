"""The message queue of the cases database, for the sender of ``stillwatch.delivery``."""

from collections.abc import Sequence

from stillwatch.cases.access.desk import Desk, Look
from stillwatch.cases.access.roles import Permission
from stillwatch.cases.access.users import HOUSE
from stillwatch.cases.decisions import webhooks
from stillwatch.cases.queries.event_facts import facts_of
from stillwatch.delivery import payloads, queue
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.queue import DeliveryOutcome, DueMessage, MessageRequest

__all__ = ["CaseOutbox"]


class CaseOutbox:
    """Claims and settles the messages in the database of *desk*. It is a ``delivery.sender.MessageQueue``.

    *console_url* is the address of the console, for links in messages. No method but ``stop`` writes to the audit log.
    """

    def __init__(self, desk: Desk, console_url: str) -> None:
        self._desk, self._console_url = desk, console_url

    def claim(self, count: int = 20) -> list[DueMessage]:
        """Claim at most *count* messages that are due, and compose the bodies of those that have none yet."""
        # A claim waits for other writers, so an empty queue is found by a read.
        with self._desk.look() as look:
            if not queue.is_any_due(look.session, look.now):
                return []
        with self._desk.bookkeeping() as look:

            def compose(request: MessageRequest) -> Sequence[str]:
                return self._bodies(look, request)

            return queue.claim(look.session, look.now, self._desk.derived, compose, count=count)

    def settle(self, due: DueMessage, outcome: DeliveryOutcome) -> MessageState:
        """Store the outcome of a try and return the new state of the message."""
        with self._desk.bookkeeping() as look:
            return queue.settle(look.session, look.now, due, outcome)

    def stop(self, hook_id: int, why: str) -> None:
        """Stop a receiver, with an audit entry of the console."""
        with self._desk.work(HOUSE, Permission.ADMINISTER) as work:
            webhooks.stop(work, hook_id, why)

    def _bodies(self, look: Look, request: MessageRequest) -> list[str]:
        facts = facts_of(look, request, self._console_url)
        return [payloads.body(part, request.shape, request.type_name) for part in facts]
