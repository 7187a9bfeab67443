#include "evaluation/failure/report.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "evaluation/data/standardize.h"
#include "evaluation/interpreter/interpreter.h"
#include "evaluation/training/train.h"
#include "fmt/format.h"
#include "ir/core/primitive_traits.h"
#include "ir/tp/lengths.h"

namespace tpc::evaluation {
namespace {

using diag::Kind;

/// An operation of the forward pass that makes a number which is not finite.
struct Origin {
  Span span;
  std::string text;  ///< "`sqrt` of -0.53 is undefined (row 3 of `train`)"
};

/// Width and seed of the network that is looked at, and how many examples at a time.
constexpr int64_t shown_width = 64;
constexpr uint64_t shown_seed = 1;
constexpr int64_t examples_at_once = 256;

std::string operation_text(const ir::tp::Op& op, const std::vector<double>& arguments) {
  const auto* map = std::get_if<ir::Map>(&op);
  if (map == nullptr) return "a sum";  // products and sums of finite numbers: they are too large
  const auto infix = [&](const char* sign) {
    return fmt::format("{:.4g} {} {:.4g}", arguments[0], sign, arguments[1]);
  };
  switch (ir::form_of(map->primitive)) {
    case ir::PrimitiveForm::sum: return infix("+");
    case ir::PrimitiveForm::difference: return infix("-");
    case ir::PrimitiveForm::product: return infix("*");
    case ir::PrimitiveForm::quotient: return infix("/");
    case ir::PrimitiveForm::power: return fmt::format("{:.4g} ^ {}", arguments[0], map->power);
    case ir::PrimitiveForm::negation:
    case ir::PrimitiveForm::correlation:
    case ir::PrimitiveForm::curve: break;
  }
  return fmt::format("`{}` of {:.4g}", ir::primitive_name(map->primitive), fmt::join(arguments, " and "));
}

/// In one function on one data set.
std::optional<Origin> origin_in(const ir::tp::Module& module, const Interpreter& network,
                                const ir::FunctionKey& function, const LoadedSet& set) {
  for (int64_t begin = 0; begin < set.visited(); begin += examples_at_once) {
    const int64_t end = std::min(begin + examples_at_once, set.visited());
    const auto found = network.first_not_finite(function, set.slice(begin, end));
    if (!found) continue;
    const auto& instruction = module.find(function)->at(found->instruction);
    const std::string where =
        found->example ? fmt::format("row {} of `{}`", begin + *found->example + 1, set.name) : "`" + set.name + "`";
    return Origin{instruction.span, fmt::format("{} is {} ({})", operation_text(instruction.op, found->arguments),
                                                std::isnan(found->value) ? "undefined" : "infinite", where)};
  }
  return {};
}

/// In the loss on the training set, or what is recorded.
std::optional<Origin> origin_in_forward_pass(const Problem& problem, const ir::tp::Module& module) {
  const int64_t least = ir::tp::least_width(module.states);
  const Interpreter network(module, (shown_width + least - 1) / least * least, shown_seed);
  if (auto origin = origin_in(module, network, ir::FunctionRole::loss, *problem.plan.train)) return origin;
  for (const auto* group : {&problem.plan.predicted, &problem.plan.observed}) {
    for (const TrainingPlan::Observed& item : *group) {
      if (auto origin = origin_in(module, network, item.function, *item.set)) return origin;
    }
  }
  return {};
}

/// Whether a weight meets the field itself, not what the program makes of it.
bool meets_weight(const ir::tp::Module& module, const std::string& field) {
  const ir::tp::Function* loss = module.find(ir::FunctionRole::loss);
  if (loss == nullptr) return false;
  const auto is_field = [&](ir::ValueId value) {
    const auto* input = value.valid() ? std::get_if<ir::Input>(&loss->at(value).op) : nullptr;
    return input != nullptr && input->field == field;
  };
  return std::ranges::any_of(loss->body, [&](const auto& instruction) {
    const auto* product = std::get_if<ir::Contract>(&instruction.op);
    return product != nullptr && (is_field(product->lhs) || is_field(product->rhs));
  });
}

/// Root mean square of one column over the examples that a pass looks at.
std::vector<double> column_sizes(const std::vector<double>& values, int64_t columns) {
  std::vector<double> squares(static_cast<size_t>(columns), 0.0);
  const double rows = static_cast<double>(values.size()) / static_cast<double>(columns);
  for (size_t i = 0; i < values.size(); ++i) squares[i % squares.size()] += values[i] * values[i] / rows;
  for (double& square : squares) square = std::sqrt(square);
  return squares;
}

/// The input whose numbers are largest, if they are large and reach a weight as they stand in the data. Empty: none.
std::string largest_unscaled_input(const Problem& problem, const ir::tp::Module& module) {
  constexpr double large = 3.0;  // beside 1, which is what starts and learning rates are made for
  const LoadedSet& train = *problem.plan.train;
  double largest = large;
  std::string text;
  for (const std::string& name : problem.program.inputs) {
    const LoadedField* field = train.field(name);
    const bool looked_at = field != nullptr && !field->indices && !field->standardized && train.maker == nullptr;
    if (!looked_at || !meets_weight(module, name)) continue;
    const std::vector<double> sizes = column_sizes(field->values, field->size);
    const auto column = std::ranges::max_element(sizes);
    if (*column <= largest) continue;
    largest = *column;
    text = fmt::format("{} of `{}` is of size {:.3g} (root mean square), and the weights meet it as it is",
                       name_of_column(*field, static_cast<size_t>(column - sizes.begin())), train.name, largest);
  }
  return text;
}

}  // namespace

void report_divergence(const Divergence& divergence, const std::string& who, const Problem& problem,
                       const ir::tp::Module& finite_width) {
  const auto origin = divergence.step == 0 ? origin_in_forward_pass(problem, finite_width) : std::optional<Origin>();
  if (origin) {
    problem.diagnostics.report(Kind::forward_not_finite, origin->span, {{"what", origin->text}});
    return;
  }
  auto report =
      problem.diagnostics.report(Kind::training_diverged, problem.plan.settings->span,
                                 {{"step", std::to_string(divergence.step)}, {"who", who}, {"what", divergence.what}});
  const std::string input = largest_unscaled_input(problem, finite_width);
  if (input.empty()) return;
  report.note(input + fmt::format("; `csv(.., standardize = {})` gives inputs of files mean 0 and deviation 1",
                                  problem.plan.train->name));
}

bool warn_of_growth(const Trajectory& trajectory, const std::string& who, const Problem& problem) {
  const std::vector<double>& loss = trajectory.loss.mean;
  if (trajectory.diverged || problem.plan.growth_expected || loss.empty()) return false;
  const double expected = std::max(std::abs(loss.front()), loss_of_zero_outputs(problem.plan));
  if (loss.back() <= suspicious_growth * expected) return false;
  problem.diagnostics.report(Kind::training_grew, problem.plan.settings->span,
                             {{"who", who},
                              {"last", fmt::format("{:.3g}", loss.back())},
                              {"steps", std::to_string(loss.size() - 1)},
                              {"first", fmt::format("{:.3g}", loss.front())}});
  return true;
}

void warn_of_vectors_left_out(const Trajectory& trajectory, const Problem& problem, const std::string& why) {
  if (trajectory.diverged) return;
  for (const ObservedVectors& observed : problem.plan.vectors) {
    if (std::ranges::find(trajectory.vectors, observed.name, &RecordedSeries::name) != trajectory.vectors.end())
      continue;
    problem.diagnostics.report(Kind::vectors_left_out, observed.span, {{"text", observed.name}, {"why", why}});
  }
}

void report_failure(const EvaluationFailure& failure, const Problem& problem, const ir::tp::Module& finite_width) {
  switch (failure.kind) {
    case EvaluationFailure::Kind::not_finite:
      report_divergence({0, failure.message}, "infinite width", problem, finite_width);
      return;
    case EvaluationFailure::Kind::memory:
      problem.diagnostics.report(Kind::not_enough_memory,
                                 {{"what", failure.message}, {"advice", "use fewer `--samples` or `--replicas`"}});
      return;
    case EvaluationFailure::Kind::capacity:
      problem.diagnostics.report(Kind::sample_space_full, {{"why", failure.message}});
      return;
    case EvaluationFailure::Kind::interrupted: return;  // by who watches, and knows
  }
}

}  // namespace tpc::evaluation
