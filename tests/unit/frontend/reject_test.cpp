// Every rule of the checker refuses what breaks it, with its own diagnostic, pointing at the right words.
#include <doctest/doctest.h>

#include <algorithm>

#include "frontend_support.h"

namespace tpc::test {
namespace {

using diag::Kind;

/// base_program with `from` replaced by `to` gives exactly one error, of this kind, at this text.
struct Rejection {
  const char* from;
  const char* to;
  Kind kind;
  const char* caret;      ///< null: a whole block
  const char* said = "";  ///< a part of the message or of its notes
};

void check_rejections(const std::vector<Rejection>& cases) {
  for (const Rejection& each : cases) {
    const Checked checked = check_text(varied(each.from, each.to));
    CAPTURE(each.to);
    INFO(checked.printed());
    CHECK_FALSE(checked.program.has_value());
    std::vector<diag::Diagnostic> errors;
    for (const auto& diagnostic : checked.diagnostics.all()) {
      if (diag::kind_severity(diagnostic.kind) == diag::Severity::error) errors.push_back(diagnostic);
    }
    REQUIRE(errors.size() == 1);
    CHECK(diag::kind_name(errors[0].kind) == diag::kind_name(each.kind));
    if (each.caret != nullptr) CHECK(checked.caret_text(errors[0]) == each.caret);
    CHECK(checked.printed().find(each.said) != std::string::npos);
  }
}

TEST_CASE("names") {
  check_rejections({
      {"swish(W @ z1)", "swish(W @ z9)", Kind::unknown_name, "z9", "did you mean `z1`"},
      {"swish(W @ z1)", "swosh(W @ z1)", Kind::unknown_name, "swosh", "did you mean `swish`"},
      {"[n, d]", "[n, dd]", Kind::unknown_name, "dd"},
      {"swish(W @ z1)", "W @ z2", Kind::unknown_name, "z2", "did you mean `z1`"},
      {"gram(z2)", "gram(z3)", Kind::unknown_name, "z3", "did you mean"},
      {"data = train\n", "data = trian\n", Kind::unknown_name, "trian", "did you mean `train`"},
      {"dim k = 1\n", "dim k = m\n", Kind::unknown_name, "m"},
      {"const half = 0.5", "const half = late\nconst late = 2", Kind::used_before_declaration, "late", "declared here"},
      {"const half", "const d", Kind::shadowing, "d", "`d` already names a dimension"},
      {"fn swish(u) = u * sigmoid(u)", "fn swish(U) = U * sigmoid(U)", Kind::shadowing, "U", "a parameter"},
      {"z1 = tanh(U @ x + b)", "b = x\n  z1 = tanh(U @ x)", Kind::shadowing, "b", "a parameter"},
      {"const half", "const tanh", Kind::shadowing, "tanh", "a word of the language"},
      {"width n", "width n\nwidth m", Kind::repeated_declaration, "width m", "`width m = 4 n`"},
      {"width n", "width n = 64", Kind::width_has_size, "64", "`tpc simulate FILE --width 64`"},
      {"width n", "width n\nwidth m = n + n", Kind::width_ratio, "n + n", "`width h = n / 8`"},
      {"width n", "width n\nwidth m = 2 tanh", Kind::unknown_name, "tanh"},
      {"width n", "width n\nwidth m = 0 n", Kind::width_ratio_range, "0", "up to 4096"},
      {"width n", "width n\nwidth m = n / 5000", Kind::width_ratio_range, "5000"},
      {"width n", "width n\nwidth m = 4000 n\nwidth p = 4000 m", Kind::width_ratio_range, "m"},
      {"parametrization mup", "parametrization mup\nparametrization sp", Kind::repeated_declaration,
       "parametrization sp", "the parametrization"},
      {"x[d], y[k]", "x[d], x[k]", Kind::repeated_declaration, "x", "the field `x`"},
      {"  steps = 5", "  steps = 5\n  steps = 6", Kind::repeated_declaration, "steps", "the setting `steps`"},
      {"W @ z1", "net @ z1", Kind::used_before_declaration, "net"},
      {"W @ z1", "z1 / n", Kind::width_as_number, "n", "`parametrization`, sums over it with 1/n are `mean(z)`"},
      {"W @ z1", "1 / sqrt(n) * z1", Kind::width_as_number, "n"},
      {"const half = 0.5", "const half = n", Kind::width_as_number, "n"},
      {"data test : x[d]", "data test : x[n]", Kind::wrong_kind_of_name, "n", "expected a finite dimension"},
      {"swish(W @ z1)", "half(W @ z1)", Kind::wrong_kind_of_name, "half", "expected a function"},
      {"u * sigmoid(u)", "u * swish(u)", Kind::recursive_call, "swish(u)"},
      {"swish(W @ z1)", "net(x)", Kind::recursive_call, "net(x)"},
  });
}

TEST_CASE("arguments") {
  check_rejections({
      {"swish(W @ z1)", "swish(W @ z1, half)", Kind::argument_count, "half"},
      {"swish(W @ z1)", "leaky_relu(W @ z1)", Kind::missing_argument, "leaky_relu(W @ z1)", "`alpha`"},
      {"normal(std = 1.4)", "normal(sdt = 1.4)", Kind::unknown_argument, "sdt", "did you mean `std`"},
      {"normal(std = 1.4)", "normal(sigma = 1.4)", Kind::unknown_argument, "sigma", "did you mean `std`"},
      {"sgd(lr = 0.5)", "sgd(learning_rate = 0.5)", Kind::unknown_argument, "learning_rate", "did you mean `lr`"},
      {"sgd(lr = 0.5)", "sgd(lr = 0.5, lr = 1)", Kind::repeated_declaration, "1", "argument `lr`"},
      {"sgd(lr = 0.5)", "sgd", Kind::arguments_expected, "sgd"},
      {"mse(net(x), y)", "mse(net(x, y), y)", Kind::argument_count, "net(x, y)"},
  });
}

TEST_CASE("numbers") {
  check_rejections({
      {"const half = 0.5", "const half = 1 / 0", Kind::constant_not_finite, "1 / 0"},
      {"const half = 0.5", "const half = 1e999", Kind::constant_not_finite, "1e999"},
      {"dim d = 2", "dim d = 0", Kind::integer_expected, "0"},
      {"dim d = 2", "dim d = 1.5", Kind::integer_expected, "1.5", "found 1.5"},
      {"dim d = 2", "dim d = 1e7", Kind::integer_expected, "1e7"},
      {"steps = 5", "steps = 1e9", Kind::integer_expected, "1e9"},
      {"u * sigmoid(u)", "u ^ 100", Kind::integer_expected, "100"},
      {"u * sigmoid(u)", "u ^ 0.5", Kind::integer_expected, "0.5", "the square root is `sqrt(u)`"},
      {"normal(std = 1.4)", "normal(std = -1)", Kind::negative_value, "-1"},
      {"sgd(lr = 0.5)", "sgd(lr = -0.5)", Kind::negative_value, "-0.5", "the learning rate"},
      {"sgd(lr = 0.5)", "sgd(lr = tanh(U @ V))", Kind::constant_expected, "U @ V"},
      {"sgd(lr = 0.5)", "sgd(lr = U)", Kind::constant_expected, "U"},
      {"W @ z1", "\"W\" * z1", Kind::value_expected, "\"W\""},
  });
}

TEST_CASE("shapes") {
  check_rejections({
      {"W @ z1", "W @ x", Kind::shape_mismatch, "W @ x", "[n, n] and [d] do not fit `@`"},
      {"W @ z1", "U @ z1", Kind::shape_mismatch, "U @ z1", "[n, d] and [n] do not fit `@`"},
      {"U @ x + b", "U @ x + x", Kind::shape_mismatch, "U @ x + x", "[n] and [d] do not fit `+`"},
      {"V @ z2", "V.T @ z2", Kind::shape_mismatch, "V.T @ z2", "[n, k] and [n] do not fit `@`"},
      {"U @ x + b", "x @ U + b", Kind::shape_mismatch, "x @ U", "did you mean `U @ x`"},
      {"W @ z1", "z1 + U @ z1", Kind::shape_mismatch, "U @ z1", "did you mean `U.T @ z1`"},
      {"W @ z1", "half @ z1", Kind::shape_mismatch, "half @ z1", "a scalar and [n]"},
      {"W @ z1", "z1 * dot(z1, x)", Kind::shape_mismatch, "dot(z1, x)", "`dot`"},
      {"W @ z1", "W + z1", Kind::matrix_as_value, "W + z1", "[n, n]"},
      {"W @ z1", "tanh(W @ W) @ z1", Kind::matrix_as_value, "tanh(W @ W)", "[n, n]"},
      {"W @ z1", "(W * W) @ z1", Kind::matrix_as_value, "(W * W)"},
      {"W @ z1", "(1 - W) @ z1", Kind::matrix_as_value, "(1 - W)"},
      {"W @ z1", "(2 / W) @ z1", Kind::matrix_as_value, "(2 / W)"},
      {"W @ z1", "(W + U @ U.T + U) @ z1", Kind::shape_mismatch, "(W + U @ U.T + U)", "[n, n] and [n, d]"},
      {"W @ z1", "(W - W.T) @ x", Kind::shape_mismatch, "(W - W.T) @ x", "[n, n] and [d] do not fit `@`"},
      {"W @ z1", "(zeros(n) + mean(z1)) * z1", Kind::constant_vector, "(zeros(n) + mean(z1))", "[n]"},
      {"W @ z1", "W @ cos(zeros(n))", Kind::constant_vector, "W @ cos(zeros(n))", "init constant(1) lr 0"},
      {"W @ z1", "zeros() + z1", Kind::shape_expected, "zeros()", "zeros(n)"},
      {"W @ z1", "zeros(2 * d) + z1", Kind::shape_expected, "zeros(2 * d)"},
      {"W @ z1", "zeros(n, n) @ z1", Kind::matrix_as_value, "zeros(n, n)"},
      {"W @ z1", "concat(z1, z1)", Kind::finite_axis_expected, "concat(z1, z1)", "`concat` is over the first"},
      {"W @ z1", "concat() * z1", Kind::arguments_expected, "concat()"},
      {"W @ z1", "U @ concat(x, x)", Kind::shape_mismatch, "U @ concat(x, x)", "[n, d] and [4]"},
      {"W @ z1", "z1.T", Kind::transpose_shape, "z1.T", "[n]"},
      {"W @ z1", "z1 * mean(x)", Kind::mean_without_width, "mean(x)", "[d]"},
      {"u * sigmoid(u)", "mean(u)", Kind::not_coordinatewise, "mean(u)"},
      {"u * sigmoid(u)", "u * b", Kind::not_coordinatewise, "b"},
      {"u * sigmoid(u)", "u @ u", Kind::not_coordinatewise, "u @ u"},
      {"param b : [n]", "param b : [n, n, d]", Kind::parameter_shape, "[n, n, d]"},
      {"param b : [n]", "param b : [d, n, d]", Kind::parameter_shape, "[d, n, d]"},
      {"param b : [n]", "param b : [d, d, d, d, d]", Kind::too_many_axes, "[d, d, d, d, d]"},
      {"param b : [n]", "param b : [n, 1000000, 11]", Kind::shape_too_large, "[n, 1000000, 11]"},
  });
}

TEST_CASE("parameters and defs") {
  check_rejections({
      {"param b : [n]  init zero", "param b : [n]", Kind::missing_init, "param b : [n]"},
      {"init normal(std = 1.4)", "init normal", Kind::arguments_expected, "normal", "`normal(...)`"},
      {"init normal(std = 1.4)", "init 0.5 * 2", Kind::choice_expected, "0.5 * 2", "`normal(std = ...)`, `zero`"},
      {"init zero", "init zeros", Kind::unknown_choice, "zeros", "did you mean `zero`"},
      {"init zero", "init xavier", Kind::unknown_choice, "xavier", "unknown initialisation"},
      {"init normal(std = 1.4)", "init constant(1)", Kind::constant_matrix_init, "constant(1)"},
      {"  return V @ z2\n", "  z3 = V @ z2\n", Kind::missing_return, "net"},
      {"return V @ z2", "return V @ z2\n  z3 = z2", Kind::statement_after_return, "z3 = z2"},
      {"return V @ z2", "return z2", Kind::result_shape, "z2", "`net` returns [n], declared as [k]"},
      {"  return V @ z2\n}", "  return V @ z2\n}\ndef other(x : [d]) {\n  q = block(x)\n  return q\n}",
       Kind::unknown_name, "block"},
  });
}

TEST_CASE("data") {
  check_rejections({
      {"-0.4  0.8   -1.0", "-0.4  0.8", Kind::row_columns, "-0.4  0.8", "row 2 of `train` has 2 numbers, expected 3"},
      {"0.5 0.5", "1e999 0.5", Kind::constant_not_finite, "1e999"},
      {"{\n  0.5 0.5\n}", "{\n}", Kind::empty_data, "test"},
      {"{\n  0.5 0.5\n}", "= csv()", Kind::missing_argument, "csv()", "`path`"},
      {"{\n  0.5 0.5\n}", "= csv(test)", Kind::path_expected, "test"},
      {"{\n  0.5 0.5\n}", "= csv", Kind::arguments_expected, "csv"},
      {"{\n  0.5 0.5\n}", "= \"test.csv\"", Kind::choice_expected, "\"test.csv\"", "csv(\"data.csv\")"},
      {"{\n  0.5 0.5\n}", "= xls(\"test.xls\")", Kind::unknown_choice, "xls", "known: `csv`, `npy`"},
      {"{\n  0.5 0.5\n}", "= csv(\"test.csv\", rows = 5)", Kind::range_expected, "5"},
      {"{\n  0.5 0.5\n}", "= csv(\"test.csv\", rows = 5..3)", Kind::integer_expected, "3", "the last row"},
      {"x[d] {\n  0.5 0.5\n}", "x[d], w = npy(\"test.npy\")", Kind::npy_fields, "npy(\"test.npy\")"},
      {"x[d] {\n  0.5 0.5\n}", "x[d], w = npy(x = \"x.npy\")", Kind::missing_argument, "npy(x = \"x.npy\")", "`w`"},
      {"x[d] {\n  0.5 0.5\n}", "x[d] = npy(x = test)", Kind::path_expected, "test"},
      {"x[d] {\n  0.5 0.5\n}", "x[d] = npy(x = \"x.npy\", u = \"x.npy\")", Kind::unknown_argument, "u"},
  });
}

TEST_CASE("training") {
  check_rejections({
      {"  data = train\n", "", Kind::missing_setting, nullptr, "`data = ...`"},
      {"  loss = mse(net(x), y)\n", "", Kind::missing_setting, nullptr, "`loss = ...`"},
      {"  optimizer = sgd(lr = 0.5)\n", "", Kind::missing_setting, nullptr, "`optimizer = ...`"},
      {"  steps = 5\n", "", Kind::missing_setting, nullptr, "`steps = ...`"},
      {"steps = 5", "steps = 5\n  epochs = 2", Kind::steps_and_epochs, "epochs = 2"},
      {"steps = 5", "batch_size = 5\n  steps = 5", Kind::unknown_choice, "batch_size", "did you mean `batch`"},
      {"steps = 5", "stepz = 5\n  steps = 5", Kind::unknown_choice, "stepz", "did you mean `steps`"},
      {"data = train\n", "data = 5\n", Kind::data_set_expected, "5"},
      {"data = train\n", "data = half\n", Kind::wrong_kind_of_name, "half", "expected a data set"},
      {"mse(net(x), y)", "0.5 * (net(x) - y)^2", Kind::loss_shape, "0.5 * (net(x) - y)^2",
       "one number for every example; take a `sum`"},
      {"mse(net(x), y)", "squared_loss(net(x), y)", Kind::unknown_choice, "squared_loss", "did you mean `mse`"},
      {"mse(net(x), y)", "l2(net(x), y)", Kind::unknown_choice, "l2", "known: `mse`, `cross_entropy`"},
      {"mse(net(x), y)", "mse(2 * net(x), y)", Kind::network_call_expected, "2 * net(x)"},
      {"mse(net(x), y)", "mse(net(x), y) + 0.1 * l2(net(x))", Kind::unknown_choice, "l2", "unknown loss"},
      {"mse(net(x), y)", "mse(net(x), y) + 0.1 * z2", Kind::loss_shape, "mse(net(x), y) + 0.1 * z2", "is [n]"},
      {"mse(net(x), y)", "mse(net(x), y) + z3", Kind::unknown_name, "z3", "did you mean `z"},
      {"mse(net(x), y)", "mse(net(x), y) + mse(swish(x), y)", Kind::wrong_kind_of_name, "swish", "expected a `def`"},
      {"mse(net(x), y)", "mse(net(x), y) + mse(net(x), U @ x)", Kind::target_not_data, "U"},
      {"mse(net(x), y)", "0.1 * mean(b * b)", Kind::network_call_expected, "0.1 * mean(b * b)"},
      {"mse(net(x), y)", "mse(net(x), y) * mse", Kind::unknown_name, "mse"},
      {"mse(net(x), y)", "mse", Kind::arguments_expected, "mse"},
      {"mse(net(x), y)", "mse(swish(x), y)", Kind::wrong_kind_of_name, "swish", "expected a `def`"},
      {"mse(net(x), y)", "mse(net(x), z)", Kind::missing_field, "z"},
      {"mse(net(x), y)", "mse(net(y), y)", Kind::field_shape, "net(y)", "`y` of `train` is [k]; `net` takes [d]"},
      {"mse(net(x), y)", "mse(net(x), x)", Kind::target_shape, "x", "`x` is [d] and the output [k]"},
      {"sgd(lr = 0.5)", "muon(lr = 0.5)", Kind::unknown_choice, "muon", "`tpc mup FILE --optimizer NAME`"},
      {"sgd(lr = 0.5)", "adam(lr = 0.5, beta1 = 1)", Kind::value_out_of_range, "1", "at least 0 and less than 1"},
      {"sgd(lr = 0.5)", "adam(lr = 0.5, eps = 0)", Kind::value_out_of_range, "0", "more than 0"},
      {"sgd(lr = 0.5)", "signsgd(lr = 0.5, eps = 1)", Kind::unknown_argument, nullptr, "eps"},
      {"sgd(lr = 0.5)", "adam(lr = 0.5, scaled_decay = 1)", Kind::flag_expected, "1"},
      {"sgd(lr = 0.5)", "adamw(lr = 0.5, scaled_decay = true)", Kind::unknown_argument, nullptr, "scaled_decay"},
      {"sgd(lr = 0.5)", "adamw(lr = 0.5, weight_decay = -1)", Kind::negative_value, "-1"},
      {"sgd(lr = 0.5)", "sgd(lr = 0.5, momentum = 1)", Kind::value_out_of_range, "1", "at least 0 and less than 1"},
      {"sgd(lr = 0.5)", "sgd(lr = 0.5, clip = -1)", Kind::negative_value, "-1"},
      {"sgd(lr = 0.5)", "sgd(lr = cosine(1, over = 0))", Kind::integer_expected, "0"},
      {"sgd(lr = 0.5)", "sgd(lr = steps(1, every = 2))", Kind::missing_argument, "steps(1, every = 2)", "`factor`"},
      {"steps = 5", "steps = 5\n  batch = full shuffled(seed = 1)", Kind::shuffled_full_batch,
       "batch = full shuffled(seed = 1)"},
      {"steps = 5", "steps = 5\n  batch = 2 reversed(seed = 1)", Kind::unknown_choice, "reversed"},
      {"steps = 5", "steps = 5\n  batch = 3", Kind::batch_too_large, "batch = 3"},
      {"steps = 5", "steps = 5\n  batch = 0", Kind::integer_expected, "0"},
      {"steps = 5", "steps = 5\n  batch = half * 3", Kind::integer_expected, "half * 3", "found 1.5"},
  });
}

TEST_CASE("observations") {
  check_rejections({
      {"observe gram(z2) on test", "observe gram(tanh(x)) on test", Kind::value_name_expected, "tanh(x)",
       "observe `gram(z)`"},
      {"observe gram(z2) on test", "observe gram(x) on test", Kind::gram_of, "x", "[d]"},
      {"observe gram(z2) on test", "observe z2 on test", Kind::network_call_expected, "z2"},
      {"observe gram(z2) on test", "observe net(w) on test", Kind::unknown_name, "w", "did you mean `W`"},
      {"observe gram(z2) on test", "observe net(x) on test, test", Kind::repeated_declaration, "test"},
      {"observe gram(z2) on test", "observe net(x) on test, missing", Kind::unknown_name, "missing"},
      {"data test : x[d]", "data test : w[d]", Kind::missing_field, "test", "no field `x`"},
  });
}

TEST_CASE("parametrizations") {
  check_rejections({
      {"parametrization mup", "", Kind::missing_parametrization, "base"},
      {"parametrization mup", "parametrization mupp", Kind::unknown_choice, "mupp", "did you mean `mup`"},
      {"parametrization mup", "parametrization mfp", Kind::mean_field_with_hidden, "mfp", "`W` is declared here"},
      {"parametrization mup", "parametrization custom {\n  U : a = 0, b = 0\n  b : a = 0\n}", Kind::missing_weight,
       "custom", "leaves out `W`, `V`"},
      {"parametrization mup",
       "parametrization custom {\n  U : a = 0\n  b : a = 0\n  W : a = 0, b = 1/2\n  V : a = 0, b = 1\n}",
       Kind::missing_exponent, "U : a = 0", "`b`"},
      {"parametrization mup", "parametrization sp {\n  lr : c = 0.5\n}", Kind::invalid_exponent, "c = 0.5"},
      {"parametrization mup", "parametrization sp {\n  lr : c = 1/0\n}", Kind::invalid_exponent, "c = 1/0"},
      {"parametrization mup", "parametrization sp {\n  lr : c = 1001\n}", Kind::exponent_too_large, "c = 1001"},
      {"parametrization mup", "parametrization sp {\n  lr : c = 1/1001\n}", Kind::exponent_too_large, "c = 1/1001"},
      {"parametrization mup", "parametrization sp {\n  lr : c = 1\n  lr : c = 1\n}", Kind::repeated_declaration, "lr"},
      {"parametrization mup", "parametrization sp {\n  lr : a = 1\n}", Kind::unknown_choice, "a", "known: `c`"},
      {"parametrization mup", "parametrization sp {\n  W : e = 1\n}", Kind::unknown_choice, "e"},
      {"parametrization mup", "parametrization sp {\n  W : c = 1, c = 2\n}", Kind::repeated_declaration, "c"},
      {"parametrization mup", "parametrization sp {\n  w1 : c = 1\n}", Kind::unknown_name, "w1"},
      {"parametrization mup", "parametrization sp {\n  half : c = 1\n}", Kind::wrong_kind_of_name, "half",
       "expected a parameter"},
      {"parametrization mup", "param g : [k] init zero\nparametrization sp {\n  g : c = 1\n}", Kind::finite_exponent,
       "g : c = 1"},
  });
}

/// A whole text that has one error.
void check_rejection(const std::string& text, Kind kind, const std::string& caret) {
  const Checked checked = check_text(text);
  INFO(checked.printed());
  REQUIRE(checked.diagnostics.all().size() == 1);
  CHECK(diag::kind_name(checked.diagnostics.all()[0].kind) == diag::kind_name(kind));
  CHECK(checked.caret_text(checked.diagnostics.all()[0]) == caret);
}

TEST_CASE("the network") {
  const std::string head = "model m\nwidth n\ndim k = 2\nparametrization mup\n";
  check_rejection("model m\nparametrization mup\ndef f(x) {\n  return x\n}\n", Kind::missing_width, "m");
  check_rejection(head, Kind::missing_network, "m");
  check_rejection(head + "def f(x : [n]) {\n  return mean(x)\n}\n", Kind::input_shape, "f");
  check_rejection(head + "param b : [n] init zero\ndef f(x) {\n  return b * x\n}\n", Kind::output_shape, "f");
  check_rejection(head + "param b : [k, k] init zero\ndef f(x) {\n  return b * x\n}\n", Kind::output_shape, "f");
  check_rejection(head + "param b : [n] init zero\ndef f(x) {\n  return mean(b)\n}\n", Kind::output_without_input, "f");
  check_rejection(head +
                      "param b : [n] init zero\ndef g(z : [n]) {\n  return mean(z)\n}\n"
                      "def f(x : [k]) {\n  return g(x)\n}\n",
                  Kind::argument_shape, "x");
}

TEST_CASE("what a program cannot grow beyond") {
  std::string text = "model m\nwidth n\nparametrization mup\nfn f0(u) = u * u\n";
  for (int i = 1; i <= 40; ++i) {  // f40 would have 2^40 operations
    const std::string previous = "f" + std::to_string(i - 1);
    text += "fn f" + std::to_string(i) + "(u) = " + previous + "(u) + " + previous + "(1 + u)\n";
  }
  text += "def net(x) {\n  return x\n}\n";
  const Checked doubled = check_text(text);
  CHECK(doubled.kinds() == std::vector<std::string>{"program-too-large"});

  text = "model m\nwidth n\nparametrization mup\n";
  for (int i = 0; i <= 1000; ++i) text += "param w" + std::to_string(i) + " : [n] init zero\n";
  text += "def net(x) {\n  return x\n}\n";
  const Checked many = check_text(text);
  CHECK(many.printed().find("[too-many-parameters]") != std::string::npos);
}

TEST_CASE("every independent error is reported, and none follows from another") {
  std::string text = varied("init normal(std = 1.4)", "init normal(std = -2)");
  text.replace(text.find("tanh(U @ x + b)"), 15, "tanh(U @ q + b)");
  text.replace(text.find("-0.4  0.8   -1.0"), 16, "-0.4");
  text.replace(text.find("parametrization mup"), 19, "parametrization sp {\n  lr : c = half\n  lr : c = 0.5\n}");
  const Checked checked = check_text(text);
  INFO(checked.printed());
  auto has = [&](const std::string& kind) {
    const auto kinds = checked.kinds();
    return std::count(kinds.begin(), kinds.end(), kind) == 1;
  };
  CHECK(has("negative-value"));
  CHECK(has("unknown-name"));  // q; z1, z2 and the network are not complained about
  CHECK(has("row-columns"));
}

TEST_CASE("rows that are in error are not counted again by the batch") {
  const std::string whole = varied("steps = 5", "steps = 5\n  batch = 2");
  const auto kinds_with = [&](const std::string& before, const std::string& after) {
    std::string text = whole;
    text.replace(text.find(before), before.size(), after);
    const Checked checked = check_text(text);
    INFO(checked.printed());
    return checked.kinds();
  };
  using Kinds = std::vector<std::string>;
  const size_t begin = whole.find("data train"), open = whole.find('{', begin), close = whole.find('}', open);
  const std::string rows = whole.substr(open, close - open + 1);
  CHECK(kinds_with(rows, "= csv(\"d.csv\", separator = 1)") == Kinds{"unknown-argument"});
  CHECK(kinds_with(rows, "= csv(\"d.csv\", 1)") == Kinds{"range-expected"});
  CHECK(kinds_with(rows, "= tsv(\"d.tsv\")") == Kinds{"unknown-choice"});
  CHECK(kinds_with("-0.4  0.8   -1.0", "-0.4") == Kinds{"row-columns"});
}

}  // namespace
}  // namespace tpc::test
