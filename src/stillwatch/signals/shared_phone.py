"""Two accounts were verified with the same phone number.

Why it is evidence: numbers for verification cost a little each and rented ones are used again.

How honest people share it: a family shares a number; numbers are reassigned after a year or so; an office verifies
with its switchboard.

How it is dodged: a fresh rented number for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("phone_digest", Family.IDENTITY, values=("p-1", "p-2"))
