"""Whether two results have the same outputs and training losses, but for rounding."""
import json
import sys

one, other = (json.load(open(path)) for path in sys.argv[1:])


def numbers(value):
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in numbers(value[key])]
    if isinstance(value, list):
        return [number for each in value for number in numbers(each)]
    return [] if value is None else [value]


for key in ("loss", "outputs"):
    a, b = numbers(one[key]), numbers(other[key])
    assert a and len(a) == len(b), key
    for x, y in zip(a, b):
        assert abs(x - y) <= 1e-10 * max(1.0, abs(x)), (key, x, y)
