"""What the tests of the language server have in common. Usage of each: NAME_test.py TPC EXAMPLES"""
import os
import sys
import tempfile
from pathlib import Path

from client import Client, Document

TPC, EXAMPLES = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
SCRATCH = Path(tempfile.mkdtemp())
ENVIRONMENT = {**os.environ, "XDG_CACHE_HOME": str(SCRATCH / "cache")}

PROGRAM = """\
model greek
width n
dim d = 2
const α = 0.5   # 𝛼 is beyond the plane that UTF-16 has in one unit: 𝛼𝛼
param U : [n, d] init normal(std = 1); param V : [1, n] init normal(std = 1)
param W[1..3] : [n, n] init normal(std = 2)
fn act(u) = tanh(α * u)
def net(x : [d]) -> [1] {
  z = act(U @ x)
  for l in 1..3 { z = z + act(W[l] @ z) }
  return V @ z
}
data train : x[d], y { 1 0 1
 0 1 -1 }
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.1)
  steps = 3
}
observe gram(z) on train
parametrization mup
"""


def connect(**how):
    client = Client(TPC, ENVIRONMENT)
    client.initialize(**how)
    return client


def program(client, name="a.tp", text=PROGRAM, **how):
    return Document(client, SCRATCH / name, text, **how)


def run(*checks):
    for check in checks:
        check()
        print(check.__name__, "passed", flush=True)
