#include "equations/equations.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>

#include "equations/fold_names.h"
#include "equations/function_writer.h"
#include "equations/kernel_equations.h"
#include "equations/roll_up.h"
#include "equations/symbolic.h"

namespace tpc::equations {
namespace {

namespace limit = ir::limit;
using ir::Kind;
using ir::ValueId;
using math::Equation;
using math::Math;
using math::Section;

std::string power_of_width(const limit::Module& module, const ir::Exponent& exponent) {
  if (!exponent.finite()) return "0";
  if (exponent.rational().is_zero()) return "";
  return module.width + "^(" + exponent.rational().str() + ") ";
}

std::vector<std::string> state_subscripts(const limit::Module& module, const ir::State& state,
                                          const std::string& time) {
  std::vector<std::string> result;
  if (!time.empty()) result.push_back(time);
  for (ir::DimId dim : state.type.dims) result.push_back(index_letter(module, dim));
  return result;
}

Math initial_law(const ir::State& state) {
  switch (state.init.kind) {
    case ir::InitKind::zero: return math::number(0);
    case ir::InitKind::constant: return math::number(state.init.value);
    case ir::InitKind::gaussian:
    case ir::InitKind::noise: return math::function("Normal", {math::number(0), variance(state)});
    case ir::InitKind::share: return math::function("Bernoulli", {math::number(state.init.value)});
  }
  return math::number(0);
}

/// One product with an initial matrix, where it stands, and its hatZ at step t in text.
struct Use {
  limit::Condition op;
  size_t place;
  std::string symbol;
};

std::vector<Use> uses_in(const limit::Function& function, const FunctionWriter& writer) {
  std::vector<Use> result;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto* op = std::get_if<limit::Condition>(&function.body[i].op);
    if (op != nullptr) result.push_back({*op, i, math::render_text(writer.product_symbol("hatZ", *op, "t", false))});
  }
  return result;
}

/// The uses of one function and how they are written.
struct Uses {
  const FunctionWriter& writer;
  std::vector<Use> uses;
};

/// What dotZ of products is made of.
class DotParts {
 public:
  DotParts(const limit::Module& module, const Uses& own, const Uses& step, const Shorten& shorten)
      : module_(module), own_(own), step_(step), shorten_(shorten) {}

  /// sigma^2 sum over all y that met the other transpose before of E[dZ^x/dhatZ^{W^T y}] Z^y (math.md section 3): those
  /// of every training step before t, and of this pass those that stand before x. `use`: the function's next one.
  Math next(const Use& use) {
    const size_t met_before = met_[{use.op.matrix, !use.op.transposed}];
    ++met_[{use.op.matrix, use.op.transposed}];
    const auto [known, is_new] = sums_.try_emplace({use.op.matrix, use.op.transposed, met_before});
    if (is_new) {
      known->second = sum_for_placeholder(use);
      if (shorten_) shorten_(known->second);
    }
    Math sum = known->second;
    math::substitute(sum, placeholder(), own_.writer.symbol(use.op.argument, "t", false));
    return sum;
  }

 private:
  /// A product that the training step has, too, is summed with its history, s <= t; at s = t the sum over j is over the
  /// inputs of the pass.
  [[nodiscard]] Math sum_for_placeholder(const Use& use) const {
    auto meets = [&](const Use& other) {
      return other.op.matrix == use.op.matrix && other.op.transposed != use.op.transposed;
    };
    std::map<std::string, const Use*> in_this_pass, only_here;
    for (const Use& other : own_.uses) {
      if (meets(other) && other.place < use.place) in_this_pass.try_emplace(other.symbol, &other);
    }
    only_here = in_this_pass;
    auto slope_by = [&](Math product) {
      return math::expectation(math::derivative(placeholder(), std::move(product)));
    };
    std::vector<Math> terms;
    for (const Use& other : step_.uses) {
      if (!meets(other)) continue;
      only_here.erase(other.symbol);
      const char* steps = in_this_pass.contains(other.symbol) ? "s≤t" : "s<t";
      Math body = math::product({slope_by(step_.writer.product_symbol("hatZ", other.op, "s", true)),
                                 step_.writer.symbol(other.op.argument, "s", true)});
      terms.push_back(step_.writer.sum_history(other.op.argument, steps, std::move(body)));
    }
    for (const auto& [symbol, other] : only_here) {
      terms.push_back(math::product({slope_by(own_.writer.product_symbol("hatZ", other->op, "t", false)),
                                     own_.writer.symbol(other->op.argument, "t", false)}));
    }
    if (terms.empty()) return math::number(0);
    return math::product(
        {variance_of_product(module_.state(use.op.matrix), !use.op.transposed), math::plus(std::move(terms))});
  }

  const limit::Module& module_;
  const Uses &own_, &step_;
  const Shorten& shorten_;
  std::map<std::pair<ir::StateId, bool>, size_t> met_;  ///< products so far
  /// By matrix, transposition and how many products with the other transpose came before: all else is the same.
  std::map<std::tuple<ir::StateId, bool, size_t>, Math> sums_;
};

/// Covariances of the hat variables and the definitions of the dot variables.
Section gaussian_section(const limit::Module& module, const std::vector<const limit::Function*>& functions,
                         const Shorten& shorten) {
  Section section{
      "Products with the initial matrices",
      "hatZ: jointly Gaussian, mean 0, independent between matrices, a transpose being another. dotZ: what correlates "
      "with earlier uses of the transpose.",
      {}};
  const limit::Function* step = module.find(ir::FunctionRole::step);
  static const limit::Function no_step;
  const limit::Function& training = step != nullptr ? *step : no_step;
  const FunctionWriter step_writer(module, training);
  const Uses of_step{step_writer, uses_in(training, step_writer)};
  std::set<std::string> seen;
  std::set<std::pair<uint32_t, bool>> families;
  for (const limit::Function* function : functions) {
    const FunctionWriter writer(module, *function);
    const Uses own{writer, uses_in(*function, writer)};
    DotParts dot_parts(module, own, of_step, shorten);
    for (const Use& use : own.uses) {
      if (families.insert({use.op.matrix.index, use.op.transposed}).second) {
        section.equations.push_back(covariance_equation(module, use.op.matrix, use.op.transposed));
      }
      Math dot = writer.product_symbol("dotZ", use.op, "t", false);
      Math parts = dot_parts.next(use);
      if (seen.insert(math::render_text(dot)).second) section.equations.push_back({dot, std::move(parts), {}});
    }
  }
  return section;
}

/// Equations of the function that have not been printed before, word for word.
Section function_section(const limit::Module& module, const limit::Function& function, std::string title,
                         std::string preface, const Shorten& shorten, std::set<std::string>& printed) {
  Section section{std::move(title), std::move(preface), {}};
  Notation notation;
  notation.shorten = shorten;
  for (Equation& equation : FunctionWriter(module, function, notation).equations()) {
    std::string text = math::render_text(equation.left) + " = " + math::render_text(equation.right);
    if (printed.insert(text).second) section.equations.push_back(std::move(equation));
  }
  return section;
}

/// The output of the forward pass is the one of the training step, written with what else that names.
void leave_out_output(const limit::Module& module, const limit::Function& predict, Section& step) {
  const ValueId output = predict.result(ir::result_name::output);
  if (!output.valid()) return;
  const std::string name = math::render_text(FunctionWriter(module, predict).symbol(output, "t", false));
  std::erase_if(step.equations, [&](const Equation& equation) { return math::render_text(equation.left) == name; });
}

}  // namespace

namespace {

bool is_list(const ir::Dimension& dimension) {
  return dimension.size && std::isdigit(static_cast<unsigned char>(dimension.name.front())) != 0;
}

/// Dimensions of lists and loops have only a size, "3", and for a second index primes.
size_t list_level(const ir::Dimension& dimension) {
  return static_cast<size_t>(std::ranges::count(dimension.name, '\''));
}

/// p, q, ..: letters that nothing else has.
std::string list_letter(const limit::Module& module, size_t level) {
  for (char letter = 'p'; letter <= 'z'; ++letter) {
    const std::string name(1, letter);
    const bool reserved = letter == 's' || letter == 't' || name == module.width;
    const auto bears = [&](const auto& named) { return named.name == name; };
    if (reserved || std::ranges::any_of(module.dims, bears) || std::ranges::any_of(module.states, bears)) continue;
    if (level-- == 0) return name;
  }
  return "p" + std::string(level + 1, '\'');
}

/// How many indices of lists the values have that training remembers.
size_t remembered_levels(const limit::Module& module) {
  size_t levels = 1;
  const limit::Function* step = module.find(ir::FunctionRole::step);
  if (step == nullptr) return levels;
  for (const auto& instruction : step->body) {
    const auto* append = std::get_if<limit::Append>(&instruction.op);
    if (append == nullptr) continue;
    for (ir::DimId id : step->type(append->left).dims) {
      if (is_list(module.dim(id))) levels = std::max(levels, list_level(module.dim(id)) + 1);
    }
  }
  return levels;
}

}  // namespace

std::string index_letter(const limit::Module& module, ir::DimId dim) {
  const ir::Dimension& dimension = module.dim(dim);
  if (is_list(dimension)) return list_letter(module, list_level(dimension));
  if (dimension.size) return dimension.name;
  return dimension.twin_of.valid() ? "i'" : "i";
}

std::string free_letter(const limit::Module& module, ir::DimId dim, const std::set<std::string>& taken) {
  std::string letter = index_letter(module, dim);
  for (size_t level = 0; is_list(module.dim(dim)) && taken.contains(letter); ++level)
    letter = list_letter(module, level);
  while (taken.contains(letter)) letter += "'";
  return letter;
}

std::string other_letter(const limit::Module& module, ir::DimId dim) {
  const ir::Dimension& dimension = module.dim(dim);
  if (is_list(dimension)) return list_letter(module, list_level(dimension) + remembered_levels(module));
  const std::string letter = index_letter(module, dim);
  return letter == "i" ? "j" : letter + "'";
}

Math variance(const ir::State& state) {
  return state.init.value == 1.0 ? math::number(1) : math::power(math::number(state.init.value), 2);
}

Math variance_of_product(const ir::State& matrix, bool transposed) {
  const ir::Rational& summed = transposed ? matrix.rows : matrix.columns;
  if (summed == ir::Rational(1)) return variance(matrix);
  return math::product({math::number((ir::Rational(1) / summed).value()), variance(matrix)});
}

/// "4 n x n ", of a matrix that is not square of the width.
std::string sizes_of_matrix(const limit::Module& module, const ir::State& matrix) {
  const ir::Rational one(1);
  if (matrix.rows == one && matrix.columns == one) return {};
  const auto length = [&](const ir::Rational& multiple) {
    return (multiple == one ? "" : multiple.str() + " ") + module.width;
  };
  return length(matrix.rows) + " x " + length(matrix.columns) + " ";
}

Section states_section(const limit::Module& module, const std::string& time) {
  Section section{"Parameters at initialisation", {}, {}};
  const auto of_matrix = time.empty() ? std::vector<std::string>{} : std::vector<std::string>{time};
  for (const ir::State& state : module.states) {
    std::string scale = power_of_width(module, state.scale);
    if (state.type.kind == Kind::matrix) {
      if (state.init.kind == ir::InitKind::zero) {
        section.equations.push_back({math::symbol("", state.name, of_matrix), math::number(0), "only its updates act"});
        continue;
      }
      section.equations.push_back(
          {math::symbol("", state.name, of_matrix), initial_law(state),
           sizes_of_matrix(module, state) + "independent entries of variance 1/" + module.width + " times this"});
      continue;
    }
    if (state.type.kind == Kind::pair) {
      std::vector<std::string> subscripts = state_subscripts(module, state, time);
      subscripts.insert(subscripts.end(), {"w", "w'"});
      section.equations.push_back({math::symbol("", state.name, std::move(subscripts)), math::number(0),
                                   "a function of two independent points w, w'; an expectation in which w' stands is "
                                   "over w' alone"});
      continue;
    }
    const bool random = state.type.kind == Kind::vector;
    std::string remark = random ? fmt::format("coordinates of {} are {}Z", state.name, scale) : "a number";
    if (!state.scale.finite()) remark.clear();
    if (random && state.init.kind == ir::InitKind::gaussian) remark += ", independent";
    if (random && state.init.kind == ir::InitKind::noise) {
      remark =
          "white noise N: E[N u] is a random number, normal with Cov(E[N u], E[N v]) = Var E[u v]; independent of "
          "all else";
    }
    section.equations.push_back({math::symbol(random ? "Z" : "", state.name, state_subscripts(module, state, time)),
                                 initial_law(state), remark});
  }
  return section;
}

math::Equation covariance_equation(const limit::Module& module, ir::StateId id, bool transposed) {
  const ir::State& state = module.state(id);
  const std::string matrix = state.name + (transposed ? "^T" : "");
  Math u = math::symbol("hatZ", matrix + " u", {}), v = math::symbol("hatZ", matrix + " v", {});
  Math moment = math::expectation(math::product({math::symbol("Z", "u", {}), math::symbol("Z", "v", {})}));
  return {math::function("Cov", {u, v}), math::product({variance_of_product(state, transposed), moment}),
          "for all u, v that meet " + matrix};
}

std::string observation_title(const limit::Function& function, const Evaluation& evaluation) {
  const auto observed = evaluation.observed.find(function.key);
  return observed != evaluation.observed.end() ? "observe " + observed->second : "Observation " + function.name();
}

Section vanishing_section(const limit::Module& module) {
  Section section{"What vanishes", {}, {}};
  for (const ir::VanishingTerm& term : module.vanishing) {
    section.equations.push_back({math::words(term.what),
                                 math::words("smaller than what is kept by " + power_of_width(module, term.exponent)),
                                 {}});
  }
  return section;
}

namespace {

/// Every name a printed letter could be taken for.
std::set<std::string> names_of(const limit::Module& module) {
  std::set<std::string> names{module.width, "i", "j", "s", "t"};
  for (size_t i = 0; i < module.dims.size(); ++i) {
    names.insert({module.dims[i].name, index_letter(module, ir::DimId(i)), other_letter(module, ir::DimId(i))});
  }
  for (const ir::State& state : module.states) names.insert(state.name);
  for (const limit::Function& function : module.functions) {
    for (const auto& instruction : function.body) {
      names.insert(instruction.name);
      if (const auto* input = std::get_if<ir::Input>(&instruction.op)) names.insert(input->name());
    }
  }
  return names;
}

std::vector<Section> write_training_equations(const limit::Module& module, const Evaluation& evaluation) {
  std::vector<Section> sections{states_section(module, "0")};
  std::vector<const limit::Function*> functions;
  std::set<std::string> printed;
  const std::set<std::string> names = names_of(module);
  const Shorten shorten = [&](Math& history) {
    write_names(history, evaluation.names);
    roll_up_sums(history, names);
  };
  if (const limit::Function* predict = module.find(ir::FunctionRole::predict)) {
    functions.push_back(predict);
    sections.push_back(
        function_section(module, *predict, "Forward pass at step t, for an input i", {}, shorten, printed));
  }
  for (const limit::Function& function : module.functions) {
    if (function.key.role != ir::FunctionRole::observe) continue;
    functions.push_back(&function);
    sections.push_back(
        function_section(module, function, observation_title(function, evaluation), {}, shorten, printed));
  }
  if (const limit::Function* step = module.find(ir::FunctionRole::step)) {
    functions.push_back(step);
    sections.push_back(function_section(module, *step,
                                        "Training step t -> t+1, for the examples i of the batch, whose forward values "
                                        "follow the equations above",
                                        {}, shorten, printed));
    if (functions.front() != step && functions.front()->key == ir::FunctionRole::predict)
      leave_out_output(module, *functions.front(), sections.back());
  }
  sections.push_back(gaussian_section(module, functions, shorten));
  sections.push_back(vanishing_section(module));
  return sections;
}

}  // namespace

std::vector<Section> write_equations(const limit::Module& module, const Evaluation& evaluation) {
  const bool kernel = module.find(ir::FunctionRole::kernel) != nullptr;
  std::vector<Section> sections =
      kernel ? write_kernel_equations(module, evaluation) : write_training_equations(module, evaluation);
  std::erase_if(sections, [](const Section& section) { return section.equations.empty(); });
  const std::set<std::string> names = names_of(module);
  for (Section& section : sections) {
    for (Equation& equation : section.equations) write_names(equation.right, evaluation.names);
    roll_up(section.equations, names);
    if (!kernel) fold_names(section.equations);
  }
  return sections;
}

}  // namespace tpc::equations
