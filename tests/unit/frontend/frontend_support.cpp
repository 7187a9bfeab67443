#include "frontend_support.h"

#include <doctest/doctest.h>

#include <sstream>

#include "grammar/parse.h"

namespace tpc::test {

const std::string base_program = R"(model base
width n
dim d = 2
dim k = 1
const half = 0.5
param U : [n, d]  init normal(std = 1)
param W : [n, n]  init normal(std = 1.4)
param b : [n]  init zero
param V : [k, n]  init normal(std = 1)
fn swish(u) = u * sigmoid(u)
def net(x : [d]) -> [k] {
  z1 = tanh(U @ x + b)
  z2 = swish(W @ z1)
  return V @ z2
}
data train : x[d], y[k] {
   1.0  0.3    1.0
  -0.4  0.8   -1.0
}
data test : x[d] {
  0.5 0.5
}
train {
  data = train
  loss = mse(net(x), y)
  optimizer = sgd(lr = 0.5)
  steps = 5
}
observe gram(z2) on test
parametrization mup
)";

std::string Checked::printed() const {
  std::ostringstream out;
  diag::print(out, source, diagnostics, false);
  return out.str();
}

std::string Checked::caret_text(const diag::Diagnostic& diagnostic) const {
  if (!diagnostic.has_span) return {};
  return source.text().substr(diagnostic.span.begin, diagnostic.span.end - diagnostic.span.begin);
}

std::vector<std::string> Checked::kinds() const {
  std::vector<std::string> names;
  for (const auto& diagnostic : diagnostics.all()) names.emplace_back(diag::kind_name(diagnostic.kind));
  return names;
}

namespace {

/// `files`: null if there are none.
Checked check_with(const std::string& text, const sema::Overrides& overrides, sema::SourceFiles* files) {
  Checked result{diag::Source("test.tp", text), {}, {}};
  auto syntax = grammar::parse(result.source, result.diagnostics);
  REQUIRE(syntax != nullptr);
  result.program = files != nullptr ? sema::check(syntax, overrides, *files, result.diagnostics)
                                    : sema::check(syntax, overrides, result.diagnostics);
  return result;
}

}  // namespace

Checked check_text(const std::string& text, const sema::Overrides& overrides) {
  return check_with(text, overrides, nullptr);
}

Checked check_text(const std::string& text, const sema::Overrides& overrides, sema::SourceFiles& files) {
  return check_with(text, overrides, &files);
}

std::string only_kind(const Checked& checked) {
  INFO(checked.printed());
  REQUIRE(checked.kinds().size() == 1);
  return "[" + checked.kinds().front() + "]";
}

sema::Program accept(const std::string& text, const sema::Overrides& overrides) {
  Checked checked = check_text(text, overrides);
  INFO(checked.printed());
  REQUIRE(checked.program.has_value());
  return *checked.program;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

std::string varied(const std::string& from, const std::string& to) {
  REQUIRE(base_program.find(from) == base_program.rfind(from));
  return replaced(base_program, from, to);
}

}  // namespace tpc::test
