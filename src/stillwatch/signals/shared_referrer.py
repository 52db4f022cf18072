"""Two accounts came through the same referral code or address.

Why it is evidence: referral credit is farmed by whoever opens accounts in series.

How honest people share it: a popular newsletter, a conference code, a friend's recommendation; codes used by many
weigh little.

How it is dodged: opening accounts without a code, at the price of the credit.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, attribute

SIGNAL = attribute(
    "referrer",
    Family.IDENTITY,
    examples=(
        Example(
            linked=True,
            because="one value on two accounts",
            attributes=(
                {"account_id": "a", "name": "referrer", "value": "ref-17"},
                {"account_id": "b", "name": "referrer", "value": "ref-17"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            attributes=(
                {"account_id": "a", "name": "referrer", "value": "ref-17"},
                {"account_id": "b", "name": "referrer", "value": "ref-18"},
            ),
        ),
    ),
)
