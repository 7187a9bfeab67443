#include "ir/core/verifier.h"

#include <cmath>

namespace tpc::ir {
namespace {

/// Empty if a twin is one: of another dimension that is no twin itself, both without a size.
std::string twin_problem(const std::vector<Dimension>& dims, const Dimension& dim) {
  if (!dim.twin_of.valid()) return {};
  if (dim.twin_of.index >= dims.size()) return "it is the twin of an unknown dimension";
  const Dimension& base = dims[dim.twin_of.index];
  if (base.twin_of.valid()) return "it is the twin of " + name_text(base.name) + ", which is a twin itself";
  return dim.size || base.size ? "a twin and its dimension have no fixed sizes" : "";
}

/// Multiples of the width that a run can have.
constexpr int64_t largest_ratio = 1'000'000;

std::string length_problem(const State& state) {
  const bool matrix = state.type.kind == Kind::matrix || state.type.kind == Kind::pair;
  for (const Rational& length : {state.rows, state.columns}) {
    if (length.sign() <= 0 || !length.is_within(largest_ratio)) return "a length is a positive multiple of the width";
  }
  if (!matrix && state.columns != Rational(1)) return "only a matrix has columns";
  return state.type.kind == Kind::scalar && state.rows != Rational(1) ? "a number has no rows" : "";
}

std::string state_problem(const std::vector<Dimension>& dims, const State& state) {
  if (state.type.kind == Kind::none) return "a state has a kind";
  const bool has_entries = state.type.kind == Kind::matrix || state.type.kind == Kind::pair;
  if (has_entries && !state.type.dims.empty()) return "a matrix has no finite dimensions";
  if (!std::isfinite(state.init.value)) return "the initial value is not finite";
  const bool noise = state.init.kind == InitKind::noise, share = state.init.kind == InitKind::share;
  if (noise && has_entries) return "a matrix is no noise";
  if ((noise || state.init.kind == InitKind::gaussian) && state.init.value < 0) {
    return "a standard deviation is not negative";
  }
  if (share && !(state.init.value > 0 && state.init.value <= 1)) return "a share is between 0 and 1";
  if (share && state.type.kind != Kind::vector) return "a share is one of random variables";
  if (std::string problem = length_problem(state); !problem.empty()) return problem;
  return verify_dims(dims, state.type);
}

}  // namespace

std::string verify_dims(const std::vector<Dimension>& dims, const Type& type) {
  for (DimId dim : type.dims) {
    if (dim.index >= dims.size()) return "its type has an unknown dimension";
  }
  return has_repeated_dim(type.dims) ? "its type has a dimension twice" : "";
}

std::vector<Finding> verify_header(const Dialect& dialect, const std::vector<Dimension>& dims,
                                   const std::vector<State>& states) {
  std::vector<Finding> findings;
  std::unordered_set<std::string> names;
  for (const Dimension& dim : dims) {
    const auto report = [&](const std::string& problem) {
      if (!problem.empty()) findings.push_back({"dim " + name_text(dim.name) + ": " + problem, dim.span});
    };
    if (!names.insert(dim.name).second) report("there are two");
    report(twin_problem(dims, dim));
    if (dim.size && *dim.size <= 0) report("the size is not positive");
  }
  names.clear();
  for (const State& state : states) {
    const auto report = [&](const std::string& problem) {
      if (problem.empty()) return;
      const std::string type = type_text(dialect, dims, state.type);
      findings.push_back({"state @" + name_text(state.name) + " : " + type + ": " + problem, state.span});
    };
    if (!names.insert(state.name).second) report("there are two of this name");
    report(state_problem(dims, state));
  }
  return findings;
}

}  // namespace tpc::ir
