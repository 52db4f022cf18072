"""Statistical tests and intervals that several rooms use.

In: numbers and numpy arrays. Out: q-values and confidence intervals. May touch: nothing; every function is pure.
"""

from stillwatch.statistics.multiple_testing import q_values
from stillwatch.statistics.proportions import clopper_pearson, wilson

__all__ = ["clopper_pearson", "q_values", "wilson"]
