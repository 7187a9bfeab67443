"""Images of 28 x 28 pixels, which are not part of the repository."""
from harness.programs import BENCH

DATA = BENCH.parent.parent / "shared" / "data"
FILES = ("fashion_images.npy", "fashion_labels.npy")


def missing():
    """Why the images cannot be trained on; empty: they can."""
    absent = [name for name in FILES if not (DATA / name).is_file()]
    return f"no {' and '.join(absent)} in ../shared/data beside the repository" if absent else ""


def program(hidden_layers):
    return BENCH / "programs" / f"fashion{hidden_layers}.tp"
