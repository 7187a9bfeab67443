"""What `tpc mup --format pytorch` prints, pasted into PyTorch: the best learning rate stays where it is as the width grows.

Usage: pytorch_test.py TPC [MODEL]     needs torch (Debian's python3-torch); without it the test is skipped, status 77

An MLP and a transformer block are written as programs and as modules. The modules are trained by AdamW at three widths
over a grid of rates in factors of two: with the printed initial values and groups the best rate moves by at most a factor of
two; with entries 1/sqrt(fan_in) and one rate for all it moves by more.
"""
import math
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import torch
except ImportError as error:
    print(f"SKIPPED: this test trains with PyTorch, and {sys.executable} has none ({error}); "
          "`scripts/bootstrap --torch` installs it")
    sys.exit(77)

MLP = """\
model mlp
width n
dim d = 16
dim k = 1
param U : [n, d]        init normal(std = 0.25)
param b : [n]           init zero
param W[2..3] : [n, n]  init normal(std = 1.4)
param V : [k, n]        init normal(std = 1)
def net(x : [d]) -> [k] {
  z = relu(U @ x + b)
  for l in 2..3 { z = relu(W[l] @ z) }
  return V @ z
}
parametrization mup
"""

TRANSFORMER = """\
model block
width n
dim T = 4
dim v = 16
param E : [n, v]   init normal(std = 1)
param P : [T, n]   init normal(std = 1)
param g[1..3] : [n] init constant(1)
param Q : [n, n]   init normal(std = 1)
param K : [n, n]   init normal(std = 1)
param A : [n, n]   init normal(std = 1)
param O : [n, n]   init normal(std = 1)
param W1 : [n, n]  init normal(std = 1.4)
param W2 : [n, n]  init normal(std = 1)
param V : [v, n]   init normal(std = 1)
def net(x : [T, v]) -> [v] {
  for i in 1..T {
    h[i] = E @ x[i] + P[i]
    u = g[1] * layernorm(h[i])
    key[i] = K @ u
    value[i] = A @ u
    query[i] = Q @ u
  }
  for j in 1..T { s[j] = mean(query[T] * key[j]) }
  a = softmax(s[1..T])
  o = zeros(n)
  for j in 1..T { o = o + a[j] * value[j] }
  r = h[T] + O @ o
  r = r + W2 @ relu(W1 @ (g[2] * layernorm(r)))
  return V @ (g[3] * layernorm(r))
}
parametrization mup
"""


class Mlp(torch.nn.Module):
    widths, rates, start = (64, 256, 1024), range(-14, -1), -6
    names = {"b": "U.bias", "W[2]": "W.0", "W[3]": "W.1"}
    program, steps, seeds = MLP, 30, 2

    def __init__(self, n):
        super().__init__()
        self.U = torch.nn.Linear(16, n)
        self.W = torch.nn.ModuleList([torch.nn.Linear(n, n, bias=False) for _ in range(2)])
        self.V = torch.nn.Linear(n, 1, bias=False)

    def forward(self, x):
        z = torch.relu(self.U(x))
        for layer in self.W:
            z = torch.relu(layer(z))
        return self.V(z)[:, 0]

    @staticmethod
    def data():
        generator = torch.Generator().manual_seed(1)
        x = torch.randn(128, 16, generator=generator)
        return x, torch.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]

    loss = staticmethod(torch.nn.functional.mse_loss)


class Transformer(torch.nn.Module):
    """One head that looks at all tokens from the last one, and a perceptron, each behind a layer norm."""
    widths, rates, start = (32, 128, 512), range(-14, -1), -6
    names = {}
    program, steps, seeds = TRANSFORMER, 20, 2

    def __init__(self, n):
        super().__init__()
        self.E = torch.nn.Embedding(16, n)
        self.P = torch.nn.Parameter(torch.zeros(4, n))
        self.g = torch.nn.ParameterDict({str(i): torch.nn.Parameter(torch.ones(n)) for i in (1, 2, 3)})
        for name in ("Q", "K", "A", "O", "W1", "W2"):
            setattr(self, name, torch.nn.Linear(n, n, bias=False))
        self.V = torch.nn.Linear(n, 16, bias=False)

    def norm(self, i, h):
        return self.g[str(i)] * torch.nn.functional.layer_norm(h, h.shape[-1:])

    def forward(self, tokens):
        h = self.E(tokens) + self.P
        u = self.norm(1, h)
        logits = (self.Q(u[:, -1:]) * self.K(u)).mean(-1)
        o = (torch.softmax(logits, 1)[:, :, None] * self.A(u)).sum(1)
        r = h[:, -1] + self.O(o)
        r = r + self.W2(torch.relu(self.W1(self.norm(2, r))))
        return self.V(self.norm(3, r))

    @staticmethod
    def data():
        """The token that stood where the last one, modulo the length, says."""
        generator = torch.Generator().manual_seed(1)
        tokens = torch.randint(16, (64, 4), generator=generator)
        return tokens, tokens.gather(1, tokens[:, -1:] % 4)[:, 0]

    loss = staticmethod(torch.nn.functional.cross_entropy)


def printed(executable, program, folder):
    """The functions that tpc prints."""
    path = Path(folder) / "model.tp"
    path.write_text(program)
    command = [executable, "mup", str(path), "--optimizer", "adamw", "--format", "pytorch"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    functions = {}
    exec(compile(text, "printed by tpc mup", "exec"), functions)
    return functions


def standard_init_(module):
    """Entries 1/sqrt(fan_in), as torch and everybody start from."""
    for name, parameter in module.named_parameters():
        if parameter.dim() == 2:
            fan_in = 1 if name.startswith(("E", "P")) else parameter.shape[1]
            torch.nn.init.normal_(parameter, std=fan_in ** -0.5)


def trained(kind, n, rate, seed, functions):
    """The loss, mean over the last steps; with the printed functions or, if there are none, as usual."""
    torch.manual_seed(seed)
    module = kind(n)
    if functions:
        functions["mup_init_"](module.named_parameters(), n, names=kind.names)
        groups = functions["mup_groups"](module.named_parameters(), n, kind.widths[0], rate, names=kind.names)
    else:
        standard_init_(module)
        groups = module.parameters()
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.0)
    inputs, targets = kind.data()
    losses = []
    for _ in range(kind.steps):
        loss = kind.loss(module(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    mean = sum(losses[-5:]) / 5
    return mean if math.isfinite(mean) else math.inf


def best_rate(kind, n, rates, start, functions):
    """The exponent of 2 of the best rate, by steps from `start` to the better neighbour, and all that were tried."""
    losses = {}

    def loss(exponent):
        if exponent not in losses:
            runs = [trained(kind, n, 2.0 ** exponent, seed, functions) for seed in range(kind.seeds)]
            losses[exponent] = sum(runs) / len(runs)
        return losses[exponent]

    best = start
    while True:
        nearest = min((e for e in (best - 1, best, best + 1) if e in rates), key=loss)
        if nearest == best:
            return best, losses
        best = nearest


def best_rates(kind, functions):
    """By width the best rate, looked for from that of the width before."""
    found = []
    for n in kind.widths:
        best, losses = best_rate(kind, n, kind.rates, found[-1] if found else kind.start, functions)
        found.append(best)
        print(f"  n = {n}: 2^{best}; losses", ", ".join(f"2^{e}: {losses[e]:.3g}" for e in sorted(losses)), flush=True)
    return found


def check(executable, kind):
    with tempfile.TemporaryDirectory() as folder:
        functions = printed(executable, kind.program, folder)
    print(f"{kind.__name__}, best rates with the printed groups")
    with_groups = best_rates(kind, functions)
    print(f"{kind.__name__}, best rates without")
    without = best_rates(kind, None)
    assert max(with_groups) - min(with_groups) <= 1, f"the groups do not keep the best rate: 2^{with_groups}"
    assert max(without) - min(without) > 1, f"the best rate does not move without the groups: 2^{without}"


def main():
    torch.set_num_threads(1)  # threads that share their cores with others wait for each other
    for kind in (Mlp, Transformer):
        if not sys.argv[2:] or kind.__name__.lower() in sys.argv[2:]:
            check(sys.argv[1], kind)


if __name__ == "__main__":
    main()
