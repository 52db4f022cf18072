"""Two accounts came through the same referral code or address.

Why it is evidence: referral credit is farmed by whoever opens accounts in series.

How honest people share it: a popular newsletter, a conference code, a friend's recommendation; codes used by many
weigh little.

How it is dodged: opening accounts without a code, at the price of the credit.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("referrer", Family.IDENTITY, values=("ref-17", "ref-18"))
