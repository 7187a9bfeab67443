"""The Python package: built as a wheel with the compiler inside, installed into a folder, and used from another one where
no other tpc is in reach. Needs Debian's python3-numpy, python3-pip, python3-setuptools and python3-wheel.

    python_package_test.py BUILD SOURCE
"""
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

BUILD, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
MLP = str(SOURCE / "examples" / "mlp.tp")
EXACT_OPTIONS = {"method": "qmc", "samples": 256, "replicas": 2, "rotation": "none"}


def skip_without_tools():
    """Says what is missing and ends with the status of a skipped test."""
    modules = ("numpy", "pip", "setuptools", "wheel")
    missing = [f"python3-{module}" for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        print(f"SKIPPED: {sys.executable} lacks {', '.join(missing)}")
        sys.exit(77)


def install(folder):
    """The wheel in `folder`; what imports tpc from here on finds that one, and its own compiler."""
    wheel = subprocess.run([SOURCE / "scripts" / "wheel", "--with-compiler", "--build", BUILD], check=True,
                           capture_output=True, encoding="utf-8").stdout.split()[-1]
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "install", "--no-index", "--no-deps", "--target", folder,
                    SOURCE / wheel], check=True)
    os.environ.pop("TPC", None)
    sys.path.insert(0, folder)
    os.chdir(folder)


skip_without_tools()
FOLDER = tempfile.TemporaryDirectory(prefix="tpc-package-")
install(FOLDER.name)
import numpy  # noqa: E402

import tpc  # noqa: E402
from tpc import abi, program  # noqa: E402

X = numpy.array([[1.0, 0.3], [-0.4, 0.8]])
Y = numpy.array([[1.0], [-1.0]])
TEST = numpy.array([[0.5, 0.5], [-1.0, 0.2], [0.0, -0.7]])


class Package(unittest.TestCase):
    def test_its_own_compiler_is_used(self):
        self.assertEqual(program.executable(), str(pathlib.Path(FOLDER.name) / "tpc" / "bin" / "tpc"))
        self.assertEqual(pathlib.Path(tpc.__file__).parent, pathlib.Path(FOLDER.name) / "tpc")

    def test_version_of_the_interface(self):
        header = (SOURCE / "runtime/include/tpc/runtime.h").read_text(encoding="utf-8")
        self.assertEqual(int(re.search(r"#define TP_ABI_VERSION (\d+)u", header)[1]), abi.VERSION)


class Commands(unittest.TestCase):
    def test_run(self):
        trained = tpc.run(MLP, lr=0.1, steps=3, **EXACT_OPTIONS)
        self.assertEqual(trained.loss.shape, (4,))
        self.assertEqual(trained.loss_stderr.shape, (4,))
        self.assertEqual(trained.outputs["test"].shape, (4, 3, 1))
        self.assertEqual(trained.observe["gram(z2) on test"].shape, (4, 3, 3))
        self.assertEqual(list(trained.steps_recorded), [0, 1, 2, 3])
        self.assertEqual((trained.model, trained.method, trained.samples), ("mlp", "qmc", 256))
        residual = trained.outputs["train"] - Y  # the loss by its definition
        numpy.testing.assert_allclose(trained.loss, (residual ** 2).sum(axis=2).mean(axis=1) / 2, rtol=1e-2)
        with self.assertRaisesRegex(AttributeError, "has no nothing; it has model"):
            trained.nothing

    def test_arrays_as_data(self):
        inline = tpc.run(MLP, **EXACT_OPTIONS)
        given = tpc.run(MLP, data={"train": {"x": X, "y": Y}, "test": {"x": TEST}}, **EXACT_OPTIONS)
        numpy.testing.assert_array_equal(inline.loss, given.loss)
        numpy.testing.assert_array_equal(inline.outputs["test"], given.outputs["test"])

    def test_a_text_instead_of_a_file(self):
        text = pathlib.Path(MLP).read_text(encoding="utf-8")
        numpy.testing.assert_array_equal(tpc.run(text, **EXACT_OPTIONS).loss, tpc.run(MLP, **EXACT_OPTIONS).loss)

    def test_kernel_against_its_formula(self):
        """Of V relu(U x): E[relu(u) relu(v)] = |x| |x'| (sin a + (pi - a) cos a) / (2 pi), a the angle (Cho and Saul)."""
        text = pathlib.Path(MLP).read_text(encoding="utf-8").replace("z1 = tanh(U @ x)", "z2 = relu(U @ x)")
        text = "\n".join(line for line in text.split("\n") if "tanh" not in line and not line.startswith("param W"))
        trained = tpc.run(text, param="ntp", steps=1)
        points = numpy.concatenate([X, TEST])
        norms = numpy.linalg.norm(points, axis=1)
        angle = numpy.arccos(numpy.clip(points @ points.T / numpy.outer(norms, norms), -1, 1))
        nngp = numpy.outer(norms, norms) * (numpy.sin(angle) + (numpy.pi - angle) * numpy.cos(angle)) / (2 * numpy.pi)
        numpy.testing.assert_allclose(trained.nngp, nngp, rtol=1e-6)
        moved = points @ points.T * (numpy.pi - angle) / (2 * numpy.pi)
        numpy.testing.assert_allclose(trained.kernel, nngp + moved, rtol=1e-6)
        self.assertIsNone(trained.loss_stderr)

    def test_simulate(self):
        finite = tpc.simulate(MLP, width=64, seeds=3)
        self.assertEqual((finite.width, finite.loss.shape), (64, (6,)))

    def test_classify(self):
        found = tpc.classify(MLP)
        self.assertEqual((found.regime, found.r, found["W"]["update_exponent"]), ("feature-learning", "0", "0"))
        self.assertEqual(tpc.classify(MLP, param="ntp").regime, "kernel")
        with self.assertRaises(KeyError):
            found["nothing"]

    def test_mup(self):
        found = tpc.mup(MLP, optimizer="adam", base_width=256)
        self.assertEqual((found.optimizer, found.base_width), ("adam", 256))
        self.assertEqual(found["W"]["b"], "1/2")
        self.assertIn("W: a = 0, b = 1/2", repr(found))

    def test_derive(self):
        found = tpc.derive(MLP, symbolic=True)
        self.assertIn("Z^{z1}_{t,i} = tanh(Z^{U x}_{t,i})", str(found))
        latex = found._repr_latex_()
        self.assertEqual(latex.count("\\begin{aligned}"), len(found.sections))
        self.assertIn("&= \\operatorname{tanh}", latex)
        self.assertEqual(latex.count("$$"), 2 * len(found.sections))


class Compiled(unittest.TestCase):
    def network(self, **keywords):
        return tpc.compile(MLP, samples=256, replicas=2, **keywords)

    def test_steps_and_predictions_are_those_of_run(self):
        trained, network = tpc.run(MLP, **EXACT_OPTIONS), self.network()
        everything = numpy.concatenate([X, TEST])
        for t, loss in enumerate(trained.loss):
            outputs, error = network.predict(x=everything, stderr=True)
            numpy.testing.assert_array_equal(outputs, numpy.concatenate([trained.outputs[s][t] for s in ("train", "test")]))
            self.assertEqual(error.shape, (5, 1))
            self.assertEqual(network.step(x=X, y=Y), loss)

    def test_observations(self):
        network = self.network()
        trained = tpc.run(MLP, steps=1, **EXACT_OPTIONS)
        self.assertEqual(network.observations, ["gram(z2)"])
        network.step(x=X, y=Y)
        gram, error = network.observe("gram(z2)", x=TEST, stderr=True)
        numpy.testing.assert_allclose(gram, trained.observe["gram(z2) on test"][1], rtol=1e-12)
        numpy.testing.assert_allclose(error, trained.observe_stderr["gram(z2) on test"][1], rtol=1e-9)
        with self.assertRaisesRegex(tpc.Error, r"observes no gram\(z1\); it observes gram\(z2\)"):
            network.observe("gram(z1)", x=TEST)

    def test_learning_rate(self):
        trained, network = tpc.run(MLP, lr=0.125, **EXACT_OPTIONS), self.network()
        self.assertEqual(network.learning_rate, 0.5)
        network.learning_rate = 0.125
        self.assertEqual(network.learning_rate, 0.125)
        self.assertEqual([network.step(x=X, y=Y) for _ in trained.loss], list(trained.loss))
        with self.assertRaisesRegex(tpc.Error, "not a number from 0 on") as caught:
            network.learning_rate = -1.0
        self.assertEqual(caught.exception.status, 1)

    def test_saved_and_loaded(self):
        network = self.network()
        network.step(x=X, y=Y)
        network.learning_rate = 0.25
        network.save("network.state")
        again = network.load("network.state")
        self.assertEqual(again.learning_rate, 0.25)
        self.assertEqual([again.step(x=X, y=Y) for _ in range(3)], [network.step(x=X, y=Y) for _ in range(3)])
        with self.assertRaisesRegex(tpc.Error, "nowhere.state"):
            network.load("nowhere.state")

    def test_classes_and_settings(self):
        text = pathlib.Path(MLP).read_text(encoding="utf-8").replace("mse(net(x), y)", "cross_entropy(net(x), y)")
        text = text.replace("dim k = 1", "dim k = 3").replace("y[k]", "y").replace("   -1.0\n", "   2.0\n")
        network = tpc.compile(text, samples=256, replicas=2)
        self.assertAlmostEqual(network.step(x=X, y=numpy.array([1, 2])), numpy.log(3), delta=0.05)
        self.assertEqual(network.predict(x=TEST).shape, (3, 3))

    def test_wrong_arrays(self):
        network = self.network()
        with self.assertRaisesRegex(tpc.Error, "no field z; it has x, y$"):
            network.step(z=X)
        with self.assertRaisesRegex(tpc.Error, r"x is \[B, ..\] with 2 numbers each, not an array of shape \(2, 1\)"):
            network.predict(x=Y)
        with self.assertRaisesRegex(tpc.Error, "y has 1 along B, others have 2"):
            network.step(x=X, y=Y[:1])
        with self.assertRaisesRegex(tpc.Error, "field y, which step reads, is null"):
            network.step(x=X)
        with self.assertRaisesRegex(tpc.Error, "not a finite number"):
            network.step(x=X * numpy.nan, y=Y)

    def test_kernel_regime(self):
        network = tpc.compile(MLP, param="ntp")
        with self.assertRaisesRegex(tpc.Error, "in the kernel regime `tpc.run` trains"):
            network.step(x=X, y=Y)
        trained = tpc.run(MLP, param="ntp")
        points = numpy.concatenate([X, TEST])
        numpy.testing.assert_allclose(network.kernel(x=points), trained.kernel, rtol=1e-9, atol=1e-12)
        numpy.testing.assert_allclose(network.nngp({"x": TEST}, x=X), trained.nngp[:2, 2:], rtol=1e-9, atol=1e-12)
        numpy.testing.assert_allclose(network.observe("gram(z2)", x=TEST), trained.observe["gram(z2) on test"][0],
                                      rtol=1e-9, atol=1e-12)
        self.assertTrue(numpy.isnan(network.kernel(x=X, stderr=True)[1]).all())
        with self.assertRaisesRegex(tpc.Error, "no field tells the size of B"):
            network.kernel()
        with self.assertRaisesRegex(tpc.Error, "no field z; it has x$"):
            network.kernel({"z": X}, x=X)
        with self.assertRaisesRegex(tpc.Error, "features move in this program"):
            self.network().kernel(x=X)


class Errors(unittest.TestCase):
    def test_diagnostics(self):
        text = pathlib.Path(MLP).read_text(encoding="utf-8").replace("tanh(W @", "tahn(W @")
        with self.assertRaises(tpc.Error) as caught:
            tpc.run(text)
        [found] = caught.exception.diagnostics
        self.assertEqual((found.file, found.line, found.column, found.name), ("<stdin>", 14, 8, "unknown-name"))
        self.assertEqual(found.message, "`tahn` is not declared")
        self.assertEqual(found.notes, ["did you mean `tanh`?"])
        self.assertEqual(caught.exception.status, 1)

    def test_wrong_options(self):
        with self.assertRaisesRegex(tpc.Error, "expected a whole number") as caught:
            tpc.run(MLP, samples=0)
        self.assertEqual(caught.exception.status, 2)
        with self.assertRaisesRegex(tpc.Error, "unknown-override"):
            tpc.run(MLP, learning_rate=1)

    def test_a_training_that_diverges_keeps_what_there_is(self):
        with self.assertRaises(tpc.Error) as caught:
            tpc.run(MLP, lr=1e200, **EXACT_OPTIONS)
        self.assertEqual(caught.exception.diagnostics[0].name, "training-diverged")
        self.assertAlmostEqual(caught.exception.result.loss[0], 0.5, delta=0.01)

    def test_without_a_compiler(self):
        nowhere = unittest.mock.patch.dict(os.environ, {"TPC": "/nowhere/tpc"})
        with nowhere, self.assertRaisesRegex(tpc.Error, "cannot run tpc: .*/nowhere/tpc"):
            tpc.classify(MLP)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
