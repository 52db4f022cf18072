"""Two accounts send the same, uncommon user agent.

Why it is evidence: scripts send the name and version of their libraries, and one script drives many accounts.

How honest people share it: users of one small tool or of one old browser version, the seats of one company's
integration.

How it is dodged: the operator copies a common user agent.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("user_agent", Family.CLIENT, values=("harvester-lib/0.3 (internal)", "python-httpx/0.28"))
