"""Two accounts have addresses at the same, uncommon e-mail domain.

Why it is evidence: false accounts in number need addresses in number, and a domain of one's own is the cheapest
source.

How honest people share it: a company, school or club; large mail providers are so common that they weigh nothing.

How it is dodged: mailboxes at large providers, or one domain for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, attribute

SIGNAL = attribute(
    "email_domain",
    Family.IDENTITY,
    examples=(
        Example(
            linked=True,
            because="one value on two accounts",
            attributes=(
                {"account_id": "a", "name": "email_domain", "value": "blue-larch.example"},
                {"account_id": "b", "name": "email_domain", "value": "blue-larch.example"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            attributes=(
                {"account_id": "a", "name": "email_domain", "value": "blue-larch.example"},
                {"account_id": "b", "name": "email_domain", "value": "red-fir.example"},
            ),
        ),
    ),
)
