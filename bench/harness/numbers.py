"""Small statistics on nested lists, as results have them."""
import math
import statistics


def flat(values):
    """The numbers of nested lists."""
    if not isinstance(values, list):
        return [values]
    return [number for part in values for number in flat(part)]


def rms(values):
    return math.sqrt(statistics.fmean(value * value for value in values))


def median_between(values, first, last):
    """Of elements first..last, counted from 1; None where there are not as many."""
    part = values[first - 1 : last]
    return statistics.median(part) if len(part) == last - first + 1 else None
