"""Implements the engine contract with Spark; needs the packages of the extra ``spark`` and Java 17 or 21.

In: the six verbs of the contract. Out: handles to data frames. May touch: the folder of the engine, through the file
systems of the Spark session.
"""

from stillwatch.engine.spark.engine import SparkEngine

__all__ = ["SparkEngine"]
