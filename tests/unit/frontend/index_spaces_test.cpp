// Dimensions whose indices have names, fields of indices, and rows by index.
#include <doctest/doctest.h>

#include <algorithm>

#include "frontend/lowering/lower.h"
#include "frontend_support.h"
#include "ir/tp/ir.h"

namespace tpc::test {
namespace {

/// Three words, whatever the file.
class ThreeWords final : public sema::IndexNames {
 public:
  [[nodiscard]] int64_t size() const override { return 3; }
  [[nodiscard]] std::string_view name(int64_t index) const override { return std::string_view("abc").substr(index, 1); }
  [[nodiscard]] int64_t find(std::string_view name) const override {
    return name.size() == 1 && name[0] >= 'a' && name[0] <= 'c' ? name[0] - 'a' : -1;
  }
};
class Files final : public sema::SourceFiles {
 public:
  std::optional<int64_t> rows_of_a_task(const std::string&, const std::string&, Span) override { return 1; }
  std::shared_ptr<const sema::IndexNames> index_names(const sema::IndexSource& source, Span) override {
    asked = source;
    return std::make_shared<const ThreeWords>();
  }
  sema::IndexSource asked;
};

const std::string words_program = R"(model words
width n
dim d = 4
dim words = vocabulary("corpus.txt", first = 1000, min_count = 5)
param U : [words, n] init normal(std = 1)
param W : [words, n] init zero
data train : word in words, context[..4] in words = windows("corpus.txt", rows = 1..900, window = 2, sample = 1e-4, seed = 1),
             negative[5] in words = negatives(word, power = 0.75, seed = 2)
data heldout : word in words, context[..4] in words = windows("corpus.txt", rows = 901..1000, window = 2, seed = 3),
               negative[5] in words = negatives(word, power = 0.75, seed = 4)
data rows : word in words, context[..4] in words, negative[5] in words = npy("windows.npy")
def surprise(word, context, negative) {
  h = average(U[context])
  return softplus(-(W[word] @ h)) + sum(softplus(W[negative] @ h))
}
train {
  data = train
  loss = surprise(word, context, negative)
  optimizer = sgd(lr = 0.5, weight_decay = 0.1, lazy = true)
  batch = 1
  epochs = 1
}
observe surprise(word, context, negative) on heldout
observe analogies(U, "questions.txt", top = 30000)
observe nearest(U, "a c", count = 5)
observe pca(U, "cities.txt")
parametrization mup
)";

std::string with(const std::string& from, const std::string& to) { return replaced(words_program, from, to); }

std::string only_kind(const std::string& text, const sema::Overrides& overrides = {}) {
  Files files;
  return test::only_kind(check_text(text, overrides, files));
}

sema::Program accept_words(const std::string& text) {
  Files files;
  const Checked checked = check_text(text, {}, files);
  INFO(checked.printed());
  REQUIRE(checked.program.has_value());
  return *checked.program;
}

TEST_CASE("spaces of names, fields of indices and their sources") {
  Files files;
  const Checked checked = check_text(words_program, {}, files);
  INFO(checked.printed());
  REQUIRE(checked.program.has_value());
  const sema::Program& program = *checked.program;
  CHECK(files.asked.kind == sema::IndexSource::Kind::corpus);
  CHECK(files.asked.first == 1000);
  CHECK(files.asked.min_count == 5);
  const auto dim = [&](const std::string& name) {
    return *std::ranges::find(program.dims, name, &sema::FiniteDim::name);
  };
  CHECK(dim("words").size == 3);
  CHECK(dim("words").names->find("c") == 2);
  CHECK(dim("words").source->path == "corpus.txt");
  CHECK(dim("context").list);
  CHECK(dim("negative").size == 5);
  const sema::DataSet& train = program.data_sets[0];
  CHECK(train.source == sema::SourceKind::parts);
  REQUIRE(train.parts.size() == 2);
  CHECK(train.parts[0].windows.sample == 1e-4);
  CHECK(train.parts[0].last_row == 900);
  CHECK(train.parts[1].negatives.word == "word");
  CHECK(train.parts[1].negatives.seed == 2);
  CHECK(train.fields[1].at_most);
  CHECK(train.fields[1].dims == std::vector<std::string>{"context"});
  CHECK(program.data_sets[2].source == sema::SourceKind::npy);
  CHECK(std::get<ir::SgdSettings>(program.train->optimizer).lazy);
  CHECK(program.parameters[0].role == ir::Role::input);
  CHECK(program.parameters[1].role == ir::Role::output);
  REQUIRE(program.observations.size() == 1);
  CHECK(program.observations[0].kind == sema::ObservationKind::measure);
  REQUIRE(program.named_vectors.size() == 3);
  CHECK(program.named_vectors[0].count == 30000);
  CHECK(program.named_vectors[1].of == std::vector<std::string>{"a", "c"});
  CHECK(program.named_vectors[2].path == "cities.txt");
}

TEST_CASE("other sources of names") {
  Files files;
  CHECK(check_text(with("\"corpus.txt\", first = 1000, min_count = 5", "list = \"words.txt\""), {}, files).program);
  CHECK(files.asked.kind == sema::IndexSource::Kind::list);
  CHECK(files.asked.path == "words.txt");
  const std::string items =
      with("vocabulary(\"corpus.txt\", first = 1000, min_count = 5)", "items(\"r.csv\", column = \"user\")");
  CHECK(check_text(items, {}, files).program);
  CHECK(files.asked.column == "user");
}

TEST_CASE("a list counts what is present wherever it is summed") {
  const auto presents = [](const std::string& value) {
    const ir::tp::Module module = lowering::lower(accept_words(with("sum(softplus(W[negative] @ h))", value)));
    return std::ranges::count_if(module.find(ir::FunctionRole::predict)->body, [](const ir::tp::Instruction& each) {
      return std::holds_alternative<ir::Present>(each.op);
    });
  };
  CHECK(presents("sum(W[negative] @ h)") == 1);  // that of `average`: absent rows are 0
  CHECK(presents("sum(softplus(W[negative] @ h))") == 2);
  CHECK(presents("softplus(W[negative] @ h) @ tanh(U[negative] @ h)") == 2);
  CHECK(presents("(W[negative] @ h) @ tanh(U[negative] @ h)") == 1);
  CHECK(presents("average(softplus(W[negative] @ h))") == 3);
}

TEST_CASE("what does not go together with indices") {
  CHECK(only_kind(with("W[word] @ h", "word * (W[word] @ h)")) == "[index-as-number]");
  CHECK(only_kind(with("W[word] @ h", "average(U[word, 1] * h)")) == "[not-indexable]");
  CHECK(only_kind(with("W[word] @ h", "T[word] @ h") + "") == "[unknown-name]");
  CHECK(only_kind(with("param W", "param T : [d, n] init zero\nparam W")
                      .replace(with("param W", "param T : [d, n] init zero\nparam W").find("W[word]"), 7, "T[word]")) ==
        "[index-of-other-space]");
  CHECK(only_kind(with("sum(softplus(W[negative] @ h))", "softmax(W[negative] @ h) @ (W[negative] @ h)")) ==
        "[list-not-whole]");
  CHECK(only_kind(with("sum(softplus(W[negative] @ h))", "softplus(W[negative] @ h)[1]")) == "[list-not-whole]");
  CHECK(only_kind(with("sum(softplus(W[negative] @ h))", "mse(W[negative] @ h, 0)")) == "[unknown-name]");
  CHECK(only_kind(with("sum(softplus(W[negative] @ h))", "mean((tanh(U[negative]).T @ tanh(W[negative])) @ h)")) ==
        "[list-product]");
  CHECK(only_kind(with("sum(softplus(W[negative] @ h))", "sum((W[negative] @ h) * (U[context] @ h))")) ==
        "[shape-mismatch]");
  CHECK(only_kind(with("negative[5] in words = npy", "negative[5] = npy")) == "[npy-fields]");
  CHECK(only_kind(with("data rows : word in words,", "data rows : word in d,") +
                  "observe surprise(word, context, negative) on rows\n") == "[index-of-other-space]");
  CHECK(only_kind(with("context[..4] in words, negative[5] in words = npy",
                       "context[2, 2] in words, negative[5] in words = npy")) == "[index-field-shape]");
  CHECK(only_kind(with("context[..4] in words, negative[5] in words = npy", "x[..4], negative[5] in words = npy")) ==
        "[ragged-field]");
  CHECK(only_kind(with("context[..4] in words, negative[5] in words = npy",
                       "context[..4] in word, negative[5] in words = npy")) == "[unknown-name]");
  CHECK(only_kind(with("context[..4] in words, negative[5] in words = npy",
                       "context[..4] in U, negative[5] in words = npy")) == "[wrong-kind-of-name]");
  CHECK(only_kind(with("vocabulary(\"corpus.txt\"", "vocabulary(corpus")) == "[index-source]");
  CHECK(only_kind(with("window = 2, seed = 3", "window = 3, seed = 3")) == "[fields-of-indices]");
  CHECK(only_kind(with("= negatives(word, power = 0.75, seed = 4)", "= negatives(context)")) == "[fields-of-indices]");
  CHECK(only_kind(with("lazy = true", "lazy = 1")) == "[flag-expected]");
  CHECK(only_kind(with("analogies(U", "analogies(d")) == "[named-table-expected]");
  CHECK(only_kind(with("\"a c\"", "\"a king\"")) == "[unknown-index-name]");
  CHECK(only_kind(with("pca(U, \"cities.txt\")", "pca(U, \"cities.txt\") on train")) == "[vectors-on-data]");
  CHECK(only_kind(words_program, {{}, {{"words", "7"}}}) == "[invalid-override]");
  CHECK(only_kind(with("def surprise", "data odd : word in words { 1\n 3 }\ndef surprise")) == "[integer-expected]");
}

const std::string small_program = R"(model m
width n
dim k = 3
param U : [k, n] init npy("start.npy")
param v[1..1] : [n] init zero
def net(word) { return mean(v[1] * U[word]) }
data train : word in k, y { 0 1 }
data test : word { 1 }
train {
  data = train
  loss = mse(net(word), y)
  optimizer = sgd(lr = 1)
  steps = 1
}
observe net(word) on train
parametrization mup
)";

TEST_CASE("plain dimensions have indices, too, and starts come from files") {
  CHECK(accept_words(small_program).parameters[0].start == "start.npy");
  CHECK(accept_words(small_program).parameters[0].role == ir::Role::input);
  const auto varied_small = [](const std::string& from, const std::string& to) {
    std::string text = small_program;
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(only_kind(varied_small("on train", "on test")) == "[index-field-expected]");
  // An index may be the class that scores are compared with, where they are of its space.
  const auto classes = [&](const std::string& table) {
    return varied_small("observe net(word) on train", "dim j = 2\nparam Q : [" + table +
                                                          ", n] init zero\ndef scores(word) { return Q @ U[word] }\n"
                                                          "data next : word in k, after in k { 0 1 }\n"
                                                          "observe cross_entropy(scores(word), after) on next");
  };
  Files files;
  CHECK(check_text(classes("k"), {}, files).program.has_value());
  CHECK(std::ranges::count(check_text(classes("j"), {}, files).kinds(), "index-of-other-space") == 1);
  CHECK(only_kind(varied_small("observe net(word) on train",
                               "data more : word in k, y in k { 0 1 }\n"
                               "observe mse(net(word), y) on more")) == "[index-as-number]");
  CHECK(only_kind("model m\nwidth n\ndim k = 3\nparam v : [n] init zero\ndef net(x) { return mean(v * x) }\n"
                  "data train : x, y { 0 1 }\ndata test : x in k { 1 }\ntrain {\n  data = train\n"
                  "  loss = mse(net(x), y)\n  optimizer = sgd(lr = 1)\n  steps = 1\n}\nobserve net(x) on test\n"
                  "parametrization mup\n") == "[field-space]");
  // Members of a family have a file each.
  const auto members = accept_words(varied_small("[n] init zero", "[n] init npy(\"./v.npy\")")).parameters;
  CHECK(members[1].start == "./v[1].npy");
  CHECK(only_kind(varied_small("npy(\"start.npy\")", "npy(start)")) == "[path-expected]");
  CHECK(only_kind(varied_small("{ 0 1 }", "{ 3 1 }")) == "[integer-expected]");
}

}  // namespace
}  // namespace tpc::test
