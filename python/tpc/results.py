"""What the commands answer: small classes over their JSON, with arrays."""
import numpy


def _numbers(values):
    """Lists of numbers as an array (null: nan), by name too; what is no list stays."""
    if isinstance(values, dict):
        return {name: _numbers(each) for name, each in values.items()}
    return numpy.array(values, dtype=float) if isinstance(values, list) else values


class Result:
    """`json`: the answer as the command gives it (its fields are described in README.md and `tpc COMMAND --help`)."""

    def __init__(self, json):
        self.json = json

    def __getattr__(self, name):
        """A field of the answer that has no attribute of its own."""
        if name != "json" and name in self.json:
            return self.json[name]
        raise AttributeError(f"{type(self).__name__} has no {name}; it has {', '.join(self.json)}")


class Training(Result):
    """A trained network. Arrays over recorded steps: `outputs[set][t, example, output]`, `accuracy[set][t]`,
    `observe[what]`; `loss[t]` over all steps. `.._stderr`: their standard errors, nan or None where there are none."""

    _ARRAYS = ("loss", "loss_stderr", "outputs", "outputs_stderr", "accuracy", "accuracy_stderr", "observe",
               "observe_stderr", "steps_recorded", "kernel", "nngp", "outputs_cov")

    def __init__(self, json):
        super().__init__(json)
        for name in self._ARRAYS:
            if name in json:
                setattr(self, name, _numbers(json[name]))
        self.steps_recorded = self.steps_recorded.astype(int)

    def __repr__(self):
        size = f"width {self.json['width']}" if "width" in self.json else "infinite width"
        steps = f"in {len(self.loss) - 1} steps"
        return f"<{self.json['model']} at {size}: loss {self.loss[0]:.6g} to {self.loss[-1]:.6g} {steps}>"


class Weights(Result):
    """Answers with a list of weights, which are found by name: `result["W"]`."""

    def __getitem__(self, weight):
        for each in self.json["weights"]:
            if each["name"] == weight:
                return each
        raise KeyError(weight)


class Classification(Weights):
    """`regime`, `r`, `stable`, `reasons`, and per weight the exponents as text: `result["W"]["update_exponent"]`."""

    def __repr__(self):
        return f"<{self.json['model']} ({self.json['parametrization']}): {self.json['regime']}, r = {self.json['r']}>"


class Parametrization(Weights):
    """The maximal update parametrization: `result["W"]["init_std"]`, `["learning_rate"]`, and a, b, c as text."""

    def __repr__(self):
        rows = [f"  {each['name']}: a = {each['a']}, b = {each['b']}, c = {each['c']}" for each in self.json["weights"]]
        return "\n".join([f"<maximal update of {self.json['model']} for {self.json['optimizer']}", *rows]) + ">"


class Equations(Result):
    """The limit: sections of equations. Shown as formulas in a notebook, as text elsewhere."""

    def __str__(self):
        lines = []
        for section in self.json["sections"]:
            lines += [section["title"], *(f"  {each['left']} = {each['right']}" for each in section["equations"])]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_latex_(self):
        parts = []
        for section in self.json["sections"]:
            title = "".join("\\" + c if c in "#$%&_{}" else c for c in section["title"])
            rows = [each["latex"].replace(" = ", " &= ", 1) for each in section["equations"]]
            parts.append("$$\\begin{aligned}&\\textbf{" + title + "}\\\\\n" + " \\\\\n".join(rows) + "\\end{aligned}$$")
        return "\n\n".join(parts)
