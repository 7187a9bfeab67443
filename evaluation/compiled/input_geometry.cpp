#include "evaluation/compiled/input_geometry.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "evaluation/interpreter/interpreter.h"
#include "ir/tp/lengths.h"
#include "runtime/algebra/principal_components.h"

namespace tpc::evaluation {
namespace {

using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

/// More numbers than this are thinned out: they decide an order of importance, not a result.
constexpr int64_t most_numbers = int64_t{1} << 22;

/// What each state is applied to in one function: the values x of contractions sum_j x_j U_j. A state that is used in
/// any other way is left out.
class Applications {
 public:
  Applications(const tp::Module& module, const tp::Function& function) : module_(module), function_(function) {
    for (const tp::Instruction& instruction : function.body) add(instruction);
  }

  [[nodiscard]] std::vector<ValueId> of(StateId state) const {
    const auto found = arguments_.find(state);
    return found == arguments_.end() || other_uses_.contains(state) ? std::vector<ValueId>() : found->second;
  }

 private:
  void add(const tp::Instruction& instruction) {
    multiples_.push_back(multiple_of(instruction));
    if (multiples_.back()) return;  // still a multiple of a state
    if (const auto* contract = std::get_if<ir::Contract>(&instruction.op);
        contract != nullptr && contract->rhs.valid()) {
      add_contraction(contract->lhs, contract->rhs, contract->over);
      add_contraction(contract->rhs, contract->lhs, contract->over);
      return;
    }
    for (ValueId operand : ir::operands(instruction.op)) {
      if (const auto state = multiples_[operand.index]) other_uses_.insert(*state);
    }
  }

  void add_contraction(ValueId weight, ValueId argument, const std::vector<ir::DimId>& over) {
    const auto state = multiples_[weight.index];
    if (!state) return;
    const ir::Type& type = function_.type(argument);
    const bool rows_of_inputs = type.kind == ir::Kind::scalar && module_.state(*state).type.dims == over &&
                                over.size() == 1 && !type.dims.empty() && type.dims.back() == over.front();
    if (rows_of_inputs) {
      arguments_[*state].push_back(argument);
    } else {
      other_uses_.insert(*state);
    }
  }

  /// The state that a value is a multiple of, by a number without indices (the n^{-a} of W = n^{-a} w).
  [[nodiscard]] std::optional<StateId> multiple_of(const tp::Instruction& instruction) const {
    if (const auto* read = std::get_if<ir::Read>(&instruction.op)) return read->state;
    const auto* map = std::get_if<ir::Map>(&instruction.op);
    if (map == nullptr || map->primitive != ir::Primitive::Mul) return {};
    const auto is_number = [&](ValueId id) {
      return function_.type(id).kind == ir::Kind::scalar && function_.type(id).dims.empty();
    };
    if (is_number(map->arguments[0])) return multiples_[map->arguments[1].index];
    return is_number(map->arguments[1]) ? multiples_[map->arguments[0].index] : std::nullopt;
  }

  const tp::Module& module_;
  const tp::Function& function_;
  std::vector<std::optional<StateId>> multiples_;  ///< by ValueId
  std::map<StateId, std::vector<ValueId>> arguments_;
  std::set<StateId> other_uses_;
};

/// Whether the set has the function's fields, with as many numbers: groups of another size are those of other
/// functions.
bool has_inputs(const LoadedSet& set, const tp::Module& module, const tp::Function& function) {
  return std::all_of(function.body.begin(), function.body.end(), [&](const tp::Instruction& instruction) {
    const auto* input = std::get_if<ir::Input>(&instruction.op);
    if (input == nullptr) return true;
    int64_t size = 1;
    for (const ir::DimId dim : instruction.type.dims) size *= module.dim(dim).size.value_or(1);
    const LoadedField* field = set.field(input->name());
    return field != nullptr && field->size == size;
  });
}

/// The values of `arguments` for all examples, as rows of `size` numbers. `complete`: no example was left out.
std::vector<double> argument_rows(const tp::Module& program, const tp::Function& predict,
                                  const std::vector<ValueId>& arguments, int64_t size,
                                  const std::vector<LoadedSet>& sets, bool& complete) {
  tp::Module module = program;
  tp::Function function = predict;
  function.key = ir::FunctionKey("arguments");
  function.results.clear();
  for (size_t i = 0; i < arguments.size(); ++i) function.results.push_back({std::to_string(i), arguments[i]});
  module.functions = {function};
  Interpreter interpreter(module, tp::least_width(module.states), 1);

  int64_t total = 0;
  for (const LoadedSet& set : sets) total += set.visited();
  const int64_t stride = std::max<int64_t>(1, total * size / most_numbers);
  complete = stride == 1 && std::ranges::none_of(sets, &LoadedSet::endless);
  std::vector<double> rows;
  for (const LoadedSet& set : sets) {
    if (!has_inputs(set, module, function)) continue;
    std::vector<int64_t> chosen;
    for (int64_t row = 0; row < set.visited(); row += stride) chosen.push_back(row);
    for (const auto& [name, values] : interpreter.run(ir::FunctionKey("arguments"), set.batch(chosen))) {
      rows.insert(rows.end(), values.begin(), values.end());
    }
  }
  return rows;
}

}  // namespace

std::vector<InputRotation> principal_rotations(const tp::Module& program, const std::vector<LoadedSet>& sets) {
  std::vector<InputRotation> rotations;
  const tp::Function* predict = program.find(ir::FunctionRole::predict);
  if (predict == nullptr) return rotations;
  const Applications applications(program, *predict);
  for (size_t i = 0; i < program.states.size(); ++i) {
    const std::vector<ValueId> arguments = applications.of(StateId(i));
    const ir::State& state = program.states[i];
    if (arguments.empty() || state.init.kind != ir::InitKind::gaussian) continue;
    const int64_t size = program.dim(state.type.dims.front()).size.value_or(0);
    bool complete = false;
    const std::vector<double> rows = argument_rows(program, *predict, arguments, size, sets, complete);
    if (size < 2 || rows.empty()) continue;
    auto components =
        runtime::principal_components(rows.data(), rows.size() / static_cast<size_t>(size), static_cast<size_t>(size));
    const int64_t rank = complete ? std::max<int64_t>(1, static_cast<int64_t>(components.rank)) : size;
    rotations.push_back({state.name, size, rank, std::move(components.matrix)});
  }
  return rotations;
}

std::vector<InputRotation> rotations_for(const ir::limit::Module& limit, const tp::Module& program,
                                         const std::vector<LoadedSet>& sets) {
  std::vector<InputRotation> rotations = principal_rotations(program, sets);
  std::erase_if(rotations, [&](const InputRotation& rotation) {
    return std::none_of(limit.states.begin(), limit.states.end(),
                        [&](const ir::State& state) { return state.name == rotation.state; });
  });
  return rotations;
}

int64_t gaussian_dimensions(const ir::limit::Module& module, const std::vector<InputRotation>& rotations) {
  int64_t total = 0;
  for (const ir::State& state : module.states) {
    if (state.type.kind != ir::Kind::vector || state.init.kind != ir::InitKind::gaussian) continue;
    int64_t rows = 1;
    for (ir::DimId dim : state.type.dims) rows *= module.dim(dim).size.value_or(1);
    for (const InputRotation& rotation : rotations) {
      if (rotation.state == state.name) rows = rotation.rank;
    }
    total += rows;
  }
  return total;
}

}  // namespace tpc::evaluation
