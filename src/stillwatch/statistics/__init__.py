"""Statistical tests and intervals that several rooms use.

In: numbers and numpy arrays. Out: q-values and confidence intervals. May touch: nothing; every function is pure.
"""

from stillwatch.statistics.multiple_testing import focused_q_values, q_values
from stillwatch.statistics.proportions import clopper_pearson, wilson

__all__ = ["clopper_pearson", "focused_q_values", "q_values", "wilson"]
