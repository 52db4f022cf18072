"""Two accounts name the same, uncommon user agent.

Why it is evidence: scripts carry the name and version of what they are built on, and one script drives many accounts.

How honest people share it: users of one small tool or of one old browser version; seats of one company's integration.

How it is dodged: copying a common user agent.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, exchange_value

SIGNAL = exchange_value(
    "user_agent",
    Family.CLIENT,
    examples=(
        Example(
            linked=True,
            because="one value in the exchanges of two accounts",
            exchanges=(
                {"account_id": "a", "user_agent": "harvester-lib/0.3 (internal)"},
                {"account_id": "b", "user_agent": "harvester-lib/0.3 (internal)"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            exchanges=(
                {"account_id": "a", "user_agent": "harvester-lib/0.3 (internal)"},
                {"account_id": "b", "user_agent": "python-httpx/0.28"},
            ),
        ),
    ),
)
