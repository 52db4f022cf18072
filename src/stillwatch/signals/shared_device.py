"""Two accounts were opened or used from the same device.

Why it is evidence: one operator opens many accounts from few machines, and automation copies one machine image.

How honest people share it: a family computer, the machines of a laboratory or library, identical company laptops with
one image (their coarse fingerprints are equal).

How it is dodged: anti-detect browsers create a new fingerprint for each profile.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("device_fingerprint", Family.IDENTITY, values=("d-1", "d-2"))
