"""`tpc derive --format latex` of every example, of some in the kernel regime, is accepted by pdflatex. Usage: latex_test.py TPC EXAMPLES"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    executable, examples = sys.argv[1], sorted(Path(sys.argv[2]).glob("*.tp"))
    assert examples, "no examples found"
    if shutil.which("pdflatex") is None:
        print("SKIPPED: pdflatex is not installed (scripts/bootstrap --tests installs it)")
        return
    with tempfile.TemporaryDirectory() as directory:
        kernels = [example for example in examples if example.stem in ("mlp", "rnn", "layernorm", "autoencoder")]
        for example, point in [(each, []) for each in examples] + [(each, ["--param", "ntp"]) for each in kernels]:
            done = subprocess.run(
                [executable, "derive", str(example), *point, "--format", "latex"],
                capture_output=True, text=True, check=True,
            )
            source = Path(directory) / "limit.tex"
            source.write_text(done.stdout)
            built = subprocess.run(
                ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name],
                cwd=directory, capture_output=True, text=True, check=False, errors="replace",
            )
            assert built.returncode == 0, f"{example.name}: pdflatex fails\n{built.stdout[-2000:]}"
            print(" ".join([example.name, *point]) + ": compiles")


if __name__ == "__main__":
    main()
