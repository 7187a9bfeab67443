"""Tables as Markdown, so that they can stand in README.md as they are printed."""


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def seconds(value):
    """Three digits in the unit that suits."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if value * factor >= 1:
            return f"{digits(value * factor)} {unit}"
    return f"{digits(value * 1e9)} ns"


def digits(value):
    """Three significant digits, without a power of ten up to a million."""
    if value is None:
        return "-"
    if 100 <= abs(value) < 1e6:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ratio(value):
    return "-" if value is None else f"{digits(value)} x"
