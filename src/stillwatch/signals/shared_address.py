"""Two accounts sent requests from the same network address.

Why it is evidence: traffic of many accounts leaves through few machines; an address outside the usual carriers is
rarely shared by strangers.

How honest people share it: an office, a school, a mobile carrier's translation (many subscribers behind one address),
a commercial VPN.

How it is dodged: residential proxies that give each account its own address, at a price per gigabyte.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("client_ip", Family.INFRASTRUCTURE, values=("198.51.100.7", "198.51.100.8"))
