#include "evaluation/interpreter/interpreter.h"

#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "base/diag/check.h"
#include "evaluation/interpreter/draw.h"
#include "evaluation/interpreter/execution.h"

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
      matrix.resize(width, width);
      interpreter::draw_initial(state, seed, width, matrix.data(), matrix.size());
    } else {
      Array array = shaped(state);
      interpreter::draw_initial(state, seed, width, array.values.data(), array.values.size());
      states.arrays[id.index] = std::make_shared<Array>(std::move(array));
    }
  }

  /// An array of the state's shape. A state's dimensions have sizes: it outlives every batch.
  [[nodiscard]] Array shaped(const State& state) const {
    Index columns = 1;
    for (DimId dim : state.type.dims) {
      TPC_CHECK(module.dim(dim).size.has_value(), "a state has a dimension of unknown size");
      columns *= *module.dim(dim).size;
    }
    return {state.type.dims, Eigen::MatrixXd(state.type.kind == Kind::vector ? width : 1, columns)};
  }

  Module module;
  int64_t width;
  std::unique_ptr<tbb::task_arena> arena;
  interpreter::States states;
};

Interpreter::Interpreter(const Module& module, int64_t width, uint64_t seed, int threads)
    : implementation_(std::make_unique<Implementation>(module, width, seed, threads)) {}
Interpreter::~Interpreter() = default;
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;

std::map<std::string, std::vector<double>> Interpreter::run(const FunctionKey& function, const Batch& batch) {
  Implementation& self = *implementation_;
  const Function* body = self.module.find(function);
  TPC_CHECK(body != nullptr, "the module has no function " + spelling(function));
  std::map<std::string, std::vector<double>> results;
  self.arena->execute([&] { results = interpreter::execute(self.module, *body, self.width, batch, self.states); });
  return results;
}

std::optional<NotFinite> Interpreter::first_not_finite(const FunctionKey& function, const Batch& batch) const {
  Implementation& self = *implementation_;
  const Function* body = self.module.find(function);
  TPC_CHECK(body != nullptr, "the module has no function " + spelling(function));
  std::optional<NotFinite> found;
  self.arena->execute(
      [&] { found = interpreter::find_not_finite(self.module, *body, self.width, batch, self.states); });
  return found;
}

std::vector<double> Interpreter::state(StateId id) const {
  const interpreter::States& states = implementation_->states;
  auto copied = [](const auto& values) { return std::vector<double>(values.data(), values.data() + values.size()); };
  return states.arrays[id.index] ? copied(states.arrays[id.index]->values) : copied(states.matrices[id.index]);
}

void Interpreter::set_state(StateId id, const std::vector<double>& values) {
  Implementation& self = *implementation_;
  const State& state = self.module.state(id);
  if (state.type.kind == Kind::matrix) {
    auto& matrix = self.states.matrices[id.index];
    TPC_CHECK(static_cast<Index>(values.size()) == matrix.size(), "wrong number of entries for state " + state.name);
    std::copy(values.begin(), values.end(), matrix.data());
  } else {
    Array array = self.shaped(state);
    TPC_CHECK(static_cast<Index>(values.size()) == array.values.size(),
              "wrong number of entries for state " + state.name);
    std::copy(values.begin(), values.end(), array.values.data());
    self.states.arrays[id.index] = std::make_shared<Array>(std::move(array));
  }
}

}  // namespace tpc::evaluation
