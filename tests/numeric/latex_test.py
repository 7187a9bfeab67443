"""`tpc derive --format latex` is accepted by pdflatex, and no line of it is too wide. Usage: latex_test.py TPC EXAMPLES

Of every example, of some in the kernel regime, and of programs with names and optimizers that examples do not have.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODEL = """model m_2
width n
dim d = 2
dim k = 1
param U : [n, d] init normal(std = 0.15)
param W₂ : [n, n] init normal(std = 1.2)
param σ₂ : [k, n] init normal(std = 1)
def net(x : [d]) -> [k] {
  h_1 = U @ x
  z = tanh(h_1)
  z = tanh(W₂ @ z) + relu(W₂.T @ z)
  α_β = z * mean(z * (W₂ @ z))
  return σ₂ @ (z + α_β - mean(z))
}
data train : x[d], y[k] {
   1.0  0.3    1.0
  -0.4  0.8   -1.0
}
train {
  data = train
  loss = mse(net(x), y)
  optimizer = OPTIMIZER
  steps = 2
}
parametrization mup
"""
OPTIMIZERS = [
    "sgd(lr = 0.15)",
    "sgd(lr = 0.15, momentum = 0.9, weight_decay = 0.01)",
    "sgd(lr = cosine(0.15, to = 0.01, over = 9), clip = 1)",
]


def latex(executable, path, arguments):
    command = [executable, "derive", str(path), *arguments, "--format", "latex"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def check(executable, path, arguments, directory):
    source = Path(directory) / "limit.tex"
    source.write_text(latex(executable, path, arguments))
    built = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name],
        cwd=directory, capture_output=True, text=True, check=False, errors="replace",
    )
    name = " ".join([path.name, *arguments])
    assert built.returncode == 0, f"{name}: pdflatex fails\n{built.stdout[-2000:]}"
    assert "Overfull" not in built.stdout, f"{name}: {built.stdout[built.stdout.index('Overfull'):][:500]}"
    print(f"{name}: compiles")


def main():
    executable, examples = sys.argv[1], sorted(Path(sys.argv[2]).glob("*.tp"))
    assert examples, "no examples found"
    if shutil.which("pdflatex") is None:
        print("SKIPPED: pdflatex is not installed (scripts/bootstrap --tests installs it)")
        return
    with tempfile.TemporaryDirectory() as directory:
        kernels = [example for example in examples if example.stem in ("mlp", "rnn", "layernorm", "autoencoder")]
        for example, point in [(each, []) for each in examples] + [(each, ["--param", "ntp"]) for each in kernels]:
            check(executable, example, point, directory)
        for number, optimizer in enumerate(OPTIMIZERS):
            path = Path(directory) / f"names_{number}.tp"
            path.write_text(MODEL.replace("OPTIMIZER", optimizer))
            check(executable, path, [], directory)


if __name__ == "__main__":
    main()
