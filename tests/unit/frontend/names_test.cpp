// What the checker records of names (names.h): where they are declared, of which type, in defs of every kind.
#include "frontend/sema/names.h"

#include <doctest/doctest.h>

#include <string>

#include "frontend/sema/sema.h"
#include "grammar/library.h"
#include "grammar/parse.h"

namespace tpc::sema {
namespace {

struct Recorded {
  explicit Recorded(std::string program) : source("test.tp", std::move(program)) {
    const auto syntax = grammar::parse(source, diagnostics);
    check(syntax, {}, diagnostics, &names);
  }

  /// The use at the first character behind `|` of a text that stands once in the program, as "kind type <-
  /// declaration".
  [[nodiscard]] std::string at(std::string marked) const {
    const size_t mark = marked.find('|');
    marked.erase(mark, 1);
    const size_t found = source.text().find(marked);
    REQUIRE(found != std::string::npos);
    const NameUse* use = names.at(static_cast<uint32_t>(found + mark));
    if (use == nullptr) return "";
    const diag::Source::Position place = source.position(use->declared.begin);
    return name_kind_text(use->kind) + " " + use->type + " <- " + std::to_string(place.line) + ":" +
           std::to_string(place.column);
  }

  diag::Source source;
  diag::Engine diagnostics;
  Names names;
};

const char* const program = R"(model m
width n
dim d = 2
const c = 0.5
param U : [n, d] init normal(std = c)
param W[1..3] : [n, n] init normal(std = 1)
param V : [1, n] init zero
fn act(u) = tanh(c * u)
def layer(K, h) { return act(K[2] @ h) }
def net(x : [d]) -> [1] {
  z = act(U @ x)
  for l in 1..3 { z = z + layer(W, z) / l }
  s[1] = mean(z)
  return V @ z
}
data train : x[d], y { 1 0 1 }
train { data = train; loss = mse(net(x), y) + s[1]; optimizer = sgd(lr = c); steps = 1 }
observe gram(z) on train
parametrization mup { U : a = 0 }
)";

}  // namespace

TEST_CASE("uses of every kind know where they are declared, and their shapes") {
  const Recorded recorded(program);
  REQUIRE(!recorded.diagnostics.has_errors());
  CHECK(recorded.at("U : [|n, d] init") == "a width  <- 2:7");
  CHECK(recorded.at("U : [n, |d] init") == "a dimension 2 <- 3:5");
  CHECK(recorded.at("std = |c)") == "a constant 0.5 <- 4:7");
  CHECK(recorded.at("tanh(c * |u)") == "an argument a scalar <- 8:8");
  CHECK(recorded.at("z = |act(U") == "a `fn`  <- 8:4");
  CHECK(recorded.at("act(|U @ x)") == "a parameter [n, d] <- 5:7");
  CHECK(recorded.at("act(U @ |x)") == "an argument [d] <- 10:9");
  CHECK(recorded.at("z + |layer") == "a `def`  <- 9:5");
  CHECK(recorded.at("layer(|W, z)") == "a family of parameters [n, n] <- 6:7");
  CHECK(recorded.at("z) / |l }") == "a loop's variable  <- 12:7");
  CHECK(recorded.at("V @ |z") == "a value [n] <- 12:19");
  CHECK(recorded.at("|z = act") == "a value [n] <- 11:3");
  CHECK(recorded.at("data = |train") == "a data set  <- 16:6");
  CHECK(recorded.at("net(|x), y)") == "a field of the data [d] <- 16:14");
  CHECK(recorded.at("y) + |s[1]") == "a list  <- 13:3");
  CHECK(recorded.at("gram(|z)") == "a value [n] <- 12:19");
  CHECK(recorded.at("on |train") == "a data set  <- 16:6");
  CHECK(recorded.at("{ |U : a") == "a parameter [n, d] <- 5:7");
  CHECK(recorded.at("def |net") == "a `def`  <- 10:5");
  CHECK(recorded.at("|mse(net").empty());
}

TEST_CASE("a def that is checked for each call knows its own parameters, and its names without one") {
  const Recorded called(program);
  CHECK(called.at("act(|K[2]") == "an argument  <- 9:11");
  CHECK(called.at("K[2] @ |h)") == "an argument [n] <- 9:14");
  std::string text = program;
  text.replace(text.find("layer(W, z)"), 11, "act(W[1] @ z)");
  const Recorded uncalled(text);
  REQUIRE(!uncalled.diagnostics.has_errors());
  CHECK(uncalled.at("return |act(K[2]") == "a `fn`  <- 8:4");
  CHECK(uncalled.at("K[2] @ |h)") == "an argument  <- 9:14");
  text.replace(text.find("return act(K[2] @ h)"), 20, "for i in 1..length(K) { q[i] = K[i] @ h + c * i }; return q[2]");
  const Recorded with_loop(text);  // whose bounds nobody knows
  CHECK(with_loop.at("length(|K)") == "an argument  <- 9:11");
  CHECK(with_loop.at("@ |h + c") == "an argument  <- 9:14");
  CHECK(with_loop.at("+ |c * i") == "a constant 0.5 <- 4:7");
  CHECK(with_loop.at("c * |i }") == "a loop's variable  <- 9:23");
  CHECK(with_loop.at("|q[i] =") == "a list  <- 9:43");
}

TEST_CASE("names of the library are declared there") {
  std::string text = program;
  text.replace(text.find("V @ z"), 5, "V @ average(pad(conv(W, [z, z][1..2]), 1, 1))");
  const Recorded recorded(text);
  const NameUse* use = recorded.names.at(static_cast<uint32_t>(recorded.source.text().find("conv(W")));
  REQUIRE(use != nullptr);
  CHECK(use->declared.begin >= grammar::library().sources.front()->first());
}

TEST_CASE("what could be checked is recorded beside errors, and nothing else is said") {
  std::string text = program;
  text.replace(text.find("data = train;"), 13, "data = tran;");
  const Recorded recorded(text);
  CHECK(recorded.diagnostics.has_errors());
  CHECK(recorded.at("act(U @ |x)") == "an argument [d] <- 10:9");
  CHECK(recorded.at("data = |tran").empty());
}

}  // namespace tpc::sema
