"""Two accounts were verified with the same phone number.

Why it is evidence: each number for verification costs a little, and rented numbers are used again.

How honest people share it: a family shares a number. Numbers are reassigned after about a year. An office verifies with
its switchboard.

How it is dodged: the operator rents a new number for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("phone_digest", Family.IDENTITY, values=("p-1", "p-2"))
