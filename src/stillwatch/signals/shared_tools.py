"""Two accounts offer the model exactly the same tools.

Why it is evidence: tool schemas are written by hand; equal ones come from one program.

How honest people share it: users of one agent framework or coding tool. Boilerplate is client, not content: it says
what program runs, not who runs it.

How it is dodged: shuffling or renaming the tools for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, exchange_value

SIGNAL = exchange_value(
    "tools_digest",
    Family.CLIENT,
    examples=(
        Example(
            linked=True,
            because="one value in the exchanges of two accounts",
            exchanges=(
                {"account_id": "a", "tools_digest": "tools-1"},
                {"account_id": "b", "tools_digest": "tools-1"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            exchanges=(
                {"account_id": "a", "tools_digest": "tools-1"},
                {"account_id": "b", "tools_digest": "tools-2"},
            ),
        ),
    ),
)
