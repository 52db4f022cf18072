"""Two accounts name the same, uncommon user agent.

Why it is evidence: scripts carry the name and version of what they are built on, and one script drives many accounts.

How honest people share it: users of one small tool or of one old browser version; seats of one company's integration.

How it is dodged: copying a common user agent.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("user_agent", Family.CLIENT, values=("harvester-lib/0.3 (internal)", "python-httpx/0.28"))
