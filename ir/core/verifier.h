/// \file The checks of `verify`, for either IR: SSA order, references, types re-inferred, effects, names, what the
/// roles of functions promise.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "ir/core/dialect.h"
#include "ir/core/finding.h"
#include "ir/core/promised_results.h"
#include "ir/core/shared_typing.h"
#include "ir/core/text_printer.h"

namespace tpc::ir {

/// What is wrong with the dimensions and states.
std::vector<Finding> verify_header(const Dialect& dialect, const std::vector<Dimension>& dims,
                                   const std::vector<State>& states);

/// Empty if the list of dimensions of a type is one: known, none twice.
std::string verify_dims(const std::vector<Dimension>& dims, const Type& type);

template <class Op>
class FunctionVerifier {
 public:
  FunctionVerifier(const Dialect& dialect, const Module<Op>& module, const Function<Op>& function)
      : dialect_(dialect), module_(module), function_(function) {}

  std::vector<Finding> run() {
    for (size_t i = 0; i < function_.body.size(); ++i) {
      std::string problem = instruction_problem(i);
      if (!problem.empty()) report(i, problem);
    }
    std::unordered_set<std::string> names;
    for (const Result& result : function_.results) {
      if (!names.insert(result.name).second) report(result, "its name is taken by another result");
      if (result.value.index >= function_.body.size()) {
        report(result, "no such value");
      } else if (function_.type(result.value).kind == Kind::none) {
        report(result, "the instruction has no value");
      }
    }
    check_promises();
    return std::move(findings_);
  }

 private:
  /// What is looked up by role and name can be relied on.
  void check_promises() {
    for (const PromisedResult& promised : promised_results(function_.key.role)) {
      const auto found = std::ranges::find(function_.results, promised.name, &Result::name);
      if (found == function_.results.end()) {
        if (!promised.optional) report(std::string("it has no result ") + promised.name);
      } else if (found->value.index < function_.body.size()) {
        const std::string problem = numbers_problem(module_.dims, promised.numbers, function_.type(found->value));
        if (!problem.empty()) report(*found, problem);
      }
    }
    if (function_.key.role == FunctionRole::gradient) check_gradients();
    if (function_.key.role == FunctionRole::criterion) check_criterion();
  }

  /// The gradient by a state has the state's type.
  void check_gradients() {
    for (const State& state : module_.states) {
      const auto found = std::ranges::find(function_.results, result_name::gradient + state.name, &Result::name);
      if (found == function_.results.end() || found->value.index >= function_.body.size()) continue;
      if (function_.type(found->value) != state.type) {
        report(*found, "it must be " + type_text(dialect_, module_.dims, state.type));
      }
    }
  }

  /// Losses as a function of the data alone, the network's output among them.
  void check_criterion() {
    for (size_t i = 0; i < function_.body.size(); ++i) {
      if (std::holds_alternative<Read>(function_.body[i].op)) report(i, "the criterion reads no state");
    }
  }

  std::string instruction_problem(size_t index) {
    const Instruction<Op>& instruction = function_.body[index];
    std::string problem = dangling_reference(module_, instruction.op, index);
    if (problem.empty()) problem = effect_operand(instruction.op);
    if (problem.empty()) problem = verify_dims(module_.dims, instruction.type);
    if (problem.empty()) problem = type_problem(instruction);
    if (problem.empty()) problem = noise_operand(instruction);
    if (problem.empty()) problem = second_write(instruction.op);
    if (problem.empty() && instruction.type.kind == Kind::none && !instruction.scale.is_zero()) {
      problem = "an instruction without a value has no scale";
    }
    return problem;
  }

  std::string effect_operand(const Op& op) const {
    for (ValueId operand : operands(op)) {
      if (function_.type(operand).kind == Kind::none) {
        return "%" + std::to_string(operand.index) + " has no value and cannot be an operand";
      }
    }
    return {};
  }

  /// Vectors of noise have no values that a function could be taken of, only averages.
  std::string noise_operand(const Instruction<Op>& instruction) const {
    if (instruction.type.kind == Kind::scalar) return {};
    for (ValueId operand : operands(instruction.op)) {
      const auto* read = std::get_if<Read>(&function_.at(operand).op);
      if (read == nullptr || function_.type(operand).kind != Kind::vector || !is_noise(read->state)) continue;
      return "%" + std::to_string(operand.index) + " is noise, of which only averages are taken";
    }
    return {};
  }

  /// A state that does not exist is reported where it is read.
  [[nodiscard]] bool is_noise(StateId state) const {
    return state.index < module_.states.size() && module_.state(state).init.kind == InitKind::noise;
  }

  std::string type_problem(const Instruction<Op>& instruction) const {
    if (std::holds_alternative<Input>(instruction.op)) {
      return instruction.type.kind == Kind::scalar ? "" : "an input is scalar";
    }
    Typing typing = infer_type(module_, function_, instruction.op);
    if (!typing.type) return typing.error;
    if (*typing.type == instruction.type) return {};
    return "the type must be " + type_text(dialect_, module_.dims, *typing.type);
  }

  std::string second_write(const Op& op) {
    return std::visit(
        [&]<class Alternative>(const Alternative& effect) -> std::string {
          constexpr bool writes = std::is_same_v<Alternative, Write>;
          if constexpr (writes || AddsToState<Alternative>) {
            const std::string name = "@" + name_text(module_.state(effect.state).name);
            if (is_noise(effect.state)) return name + " is noise, which stays as it is drawn";
            const bool mixed = (writes ? added_to_ : written_).contains(effect.state);
            const bool first = (writes ? written_ : added_to_).insert(effect.state).second;
            if (mixed) return name + " is written, and added to";
            if (writes && !first) return name + " is written twice";
          }
          return {};
        },
        op);
  }

  void report(size_t index, const std::string& problem) {
    const Instruction<Op>& instruction = function_.body[index];
    report(instruction_text(dialect_, module_, index, instruction) + ": " + problem, instruction.span);
  }
  void report(const Result& result, const std::string& problem) {
    report("result " + name_text(result.name) + ": " + problem, result.span);
  }
  void report(const std::string& problem) { report(problem, function_.span); }
  void report(const std::string& problem, Span span) {
    findings_.push_back({"function " + name_text(function_.name()) + ": " + problem, span});
  }

  const Dialect& dialect_;
  const Module<Op>& module_;
  const Function<Op>& function_;
  std::unordered_set<StateId> written_, added_to_;
  std::vector<Finding> findings_;
};

template <class Op>
std::vector<Finding> verify_module(const Dialect& dialect, const Module<Op>& module) {
  std::vector<Finding> findings = verify_header(dialect, module.dims, module.states);
  // Instructions are only looked at where dimensions and states can be relied on.
  if (!findings.empty()) return findings;
  std::set<FunctionKey> keys;
  for (const Function<Op>& function : module.functions) {
    if (!keys.insert(function.key).second) {
      findings.push_back({"function " + name_text(function.name()) + ": there are two of this name", function.span});
    }
    std::vector<Finding> more = FunctionVerifier<Op>(dialect, module, function).run();
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

}  // namespace tpc::ir
