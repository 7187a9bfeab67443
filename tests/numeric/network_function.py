"""A network as a function: a program whose parameters start from files, as they are at every width, and are not trained."""


def as_function(inputs, x, outputs, parameters):
    """What follows the `def net` of such a program. `inputs`: the shape of x as declared; `x`: an array, example by example."""
    rows = "\n".join("  " + " ".join(f"{number:.17g}" for number in [*example.reshape(-1).tolist(), *[0.0] * outputs]) for example in x)
    exponents = "\n".join(f"  {name} : a = 0, b = 0, c = 0" for name in parameters)
    return f"""data train : x{inputs}, y[{outputs}] {{
{rows}
}}
train {{
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0)
  steps = 1
}}
parametrization custom {{
{exponents}
}}
"""
