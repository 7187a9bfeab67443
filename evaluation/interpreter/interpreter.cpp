#include "evaluation/interpreter/interpreter.h"

#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <memory>

#include "base/diag/check.h"
#include "evaluation/interpreter/draw.h"
#include "evaluation/interpreter/planned_function.h"
#include "ir/tp/lengths.h"

namespace tpc::evaluation {

using namespace interpreter;

struct Interpreter::Implementation {
  Implementation(const Module& m, int64_t n, uint64_t seed, int threads)
      : module(m),
        width(n),
        arena(std::make_unique<tbb::task_arena>(threads > 0 ? threads : tbb::info::default_concurrency())) {
    states.arrays.resize(module.states.size());
    states.matrices.resize(module.states.size());
    arena->execute([&] {
      for (size_t i = 0; i < module.states.size(); ++i) initialize(StateId(i), seed);
    });
  }

  void initialize(StateId id, uint64_t seed) {
    const State& state = module.state(id);
    if (state.type.kind == Kind::matrix) {
      auto& matrix = states.matrices[id.index];
      matrix.resize(ir::tp::coordinates(state.rows, width), ir::tp::coordinates(state.columns, width));
      interpreter::draw_initial(state, seed, width, matrix.data(), matrix.size());
    } else {
      auto& array = states.arrays[id.index];
      array.resize(numbers(state));
      interpreter::draw_initial(state, seed, width, array.data(), array.size());
    }
  }

  /// A state's dimensions have sizes: it outlives every batch.
  [[nodiscard]] Index numbers(const State& state) const {
    Index result = state.type.kind == Kind::vector ? ir::tp::coordinates(state.rows, width) : 1;
    for (DimId dim : state.type.dims) {
      TPC_CHECK(module.dim(dim).size.has_value(), "a state has a dimension of unknown size");
      result *= *module.dim(dim).size;
    }
    return result;
  }

  [[nodiscard]] const Function& function_of(const FunctionKey& key) const {
    const Function* found = module.find(key);
    TPC_CHECK(found != nullptr, "the module has no function " + spelling(key));
    return *found;
  }

  PlannedFunction& planned(const FunctionKey& key) {
    const Function& function = function_of(key);
    for (PlannedFunction& candidate : functions) {
      if (&candidate.function() == &function) return candidate;
    }
    return functions.emplace_back(module, function, width);
  }

  Module module;
  int64_t width;
  std::unique_ptr<tbb::task_arena> arena;
  interpreter::States states;
  Workspace workspace;
  std::vector<PlannedFunction> functions;
};

Interpreter::Interpreter(const Module& module, int64_t width, uint64_t seed, int threads)
    : implementation_(std::make_unique<Implementation>(module, width, seed, threads)) {}
Interpreter::~Interpreter() = default;
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;

std::map<std::string, std::vector<double>> Interpreter::run(const FunctionKey& function, const Batch& batch) {
  Implementation& self = *implementation_;
  std::map<std::string, std::vector<double>> results;
  self.arena->execute(
      [&] { results = self.planned(function).plan_for(batch).run(batch, self.states, self.workspace); });
  return results;
}

std::optional<NotFinite> Interpreter::first_not_finite(const FunctionKey& function, const Batch& batch) const {
  Implementation& self = *implementation_;
  const Function& body = self.function_of(function);
  std::optional<NotFinite> found;
  self.arena->execute([&] {
    Workspace workspace;
    Plan plan(self.module, body, self.width, ExtentSizes(self.module, body).of(batch), MapFusion::none);
    found = plan.first_not_finite(batch, self.states, workspace);
  });
  return found;
}

std::vector<double> Interpreter::state(StateId id) const {
  const interpreter::States& states = implementation_->states;
  auto copied = [](const auto& values) { return std::vector<double>(values.data(), values.data() + values.size()); };
  const bool matrix = implementation_->module.state(id).type.kind == Kind::matrix;
  return matrix ? copied(states.matrices[id.index]) : copied(states.arrays[id.index]);
}

void Interpreter::set_state(StateId id, const std::vector<double>& values) {
  Implementation& self = *implementation_;
  const State& state = self.module.state(id);
  const auto assign = [&](auto& entries) {
    TPC_CHECK(static_cast<Index>(values.size()) == entries.size(), "wrong number of entries for state " + state.name);
    std::copy(values.begin(), values.end(), entries.data());
  };
  state.type.kind == Kind::matrix ? assign(self.states.matrices[id.index]) : assign(self.states.arrays[id.index]);
}

}  // namespace tpc::evaluation
