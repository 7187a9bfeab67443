#include "equations/kernel_equations.h"

#include <algorithm>
#include <map>
#include <set>

#include "equations/equations.h"
#include "equations/function_writer.h"
#include "equations/task_equations.h"
#include "ir/core/instruction_key.h"

namespace tpc::equations {
namespace {

namespace limit = ir::limit;
using ir::DimId;
using ir::ValueId;
using math::Equation;
using math::Math;
using math::Section;

constexpr const char* first_input = "ξ";
constexpr const char* second_input = "ξ'";

struct Sides {
  DimId first, second;
};

Sides sides_of(const limit::Function& kernel) {
  const ir::Type& type = kernel.type(kernel.result(ir::result_name::kernel));
  return {type.dims[0], type.dims[1]};
}

/// By ValueId: of a value over the second input the same one over the first, of all others themselves.
std::vector<ValueId> first_sides(const limit::Function& function, const Sides& sides) {
  std::map<std::string, ValueId> known;
  std::vector<ValueId> first;
  auto on_first = [&](DimId& dim) {
    if (dim == sides.second) dim = sides.first;
  };
  for (size_t i = 0; i < function.body.size(); ++i) {
    limit::Instruction instruction = function.body[i];
    const bool both =
        ir::contains_dim(instruction.type.dims, sides.first) && ir::contains_dim(instruction.type.dims, sides.second);
    std::for_each(instruction.type.dims.begin(), instruction.type.dims.end(), on_first);
    if (auto* input = std::get_if<ir::Input>(&instruction.op)) input->twin = false;
    ir::for_each_field(instruction.op, [&](const char*, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (std::is_same_v<Field, std::vector<DimId>>) std::for_each(field.begin(), field.end(), on_first);
      if constexpr (std::is_same_v<Field, DimId>) on_first(field);
    });
    ir::for_each_operand(instruction.op, [&](ValueId& operand) { operand = first[operand.index]; });
    ir::InstructionKey key(instruction.op.index(), instruction.type);
    ir::for_each_field(instruction.op, key);
    first.push_back(both ? ValueId(i) : known.try_emplace(key.take(), ValueId(i)).first->second);
  }
  return first;
}

/// The notation of a function of two inputs at initialisation.
Notation two_inputs(const limit::Function& function, const Sides& sides) {
  Notation notation;
  notation.time = "";
  notation.letters = {{sides.first, first_input}, {sides.second, second_input}};
  notation.named_after = first_sides(function, sides);
  for (size_t i = 0; i < function.body.size(); ++i) notation.silent.push_back(notation.named_after[i] != ValueId(i));
  return notation;
}

void append_new(const FunctionWriter& writer, Section& section, std::set<std::string>& printed) {
  for (Equation& equation : writer.equations()) {
    const std::string text = math::render_text(equation.left) + " = " + math::render_text(equation.right);
    if (printed.insert(text).second) section.equations.push_back(std::move(equation));
  }
}

/// The values that `id` is computed from.
std::vector<bool> made_from(const limit::Function& function, ValueId id) {
  std::vector<bool> in(id.index + size_t{1});
  in[id.index] = true;
  for (size_t i = in.size(); i-- > 0;) {
    if (in[i]) ir::for_each_operand(function.body[i].op, [&](const ValueId& operand) { in[operand.index] = true; });
  }
  return in;
}

/// dotZ^{W x}: over all y that met the other transpose and that x is computed from; all of one and the same input.
Math dot_part(const limit::Module& module, const limit::Function& function, const limit::Condition& use,
              const FunctionWriter& writer) {
  const std::vector<bool> in = made_from(function, use.argument);
  std::vector<Math> terms;
  for (size_t i = 0; i < in.size(); ++i) {
    const auto* other = std::get_if<limit::Condition>(&function.body[i].op);
    const bool meets = other != nullptr && in[i] && other->matrix == use.matrix && other->transposed != use.transposed;
    if (!meets) continue;
    Math slope = math::expectation(
        math::derivative(writer.symbol(use.argument, "", false), writer.product_symbol("hatZ", *other, "", false)));
    terms.push_back(math::product({std::move(slope), writer.symbol(other->argument, "", false)}));
  }
  if (terms.empty()) return math::number(0);
  return math::product({variance_of_product(module.state(use.matrix), !use.transposed), math::plus(std::move(terms))});
}

void append_products(const limit::Module& module, const limit::Function& function, const Notation& notation,
                     Section& section, std::set<std::string>& printed) {
  const FunctionWriter writer(module, function, notation);
  std::set<std::pair<uint32_t, bool>> families;
  auto append = [&](Equation equation) {
    if (printed.insert(math::render_text(equation.left)).second) section.equations.push_back(std::move(equation));
  };
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto* use = std::get_if<limit::Condition>(&function.body[i].op);
    if (use == nullptr || notation.silent[i]) continue;
    if (families.insert({use->matrix.index, use->transposed}).second) {
      append(covariance_equation(module, use->matrix, use->transposed));
    }
    append({writer.product_symbol("dotZ", *use, "", false), dot_part(module, function, *use, writer), {}});
  }
}

/// The states of the network: those that only training knows are described there.
Section network_states(const limit::Module& module) {
  limit::Module network = module;
  const limit::Function& step = *module.find(ir::FunctionRole::step);
  auto in_training = [&](const ir::State& state) {
    return std::any_of(step.body.begin(), step.body.end(), [&](const limit::Instruction& instruction) {
      const auto* write = std::get_if<ir::Write>(&instruction.op);
      return write != nullptr && module.state(write->state).name == state.name;
    });
  };
  std::erase_if(network.states, in_training);
  return states_section(network, "");
}

Section training_section(const limit::Module& module) {
  Section section{"Training, for every input ξ and the examples i of the batch of step t", {}, {}};
  const limit::Function& step = *module.find(ir::FunctionRole::step);
  const limit::Function& predict = *module.find(ir::FunctionRole::predict);
  const ir::Type& type = predict.type(predict.result(ir::result_name::output));
  const DimId points = type.dims[0], outputs = type.dims[1];
  const std::string name =
      module.state(std::get<ir::Read>(predict.at(predict.result(ir::result_name::output)).op).state).name;

  const bool process = module.find(ir::FunctionRole::kernel)->result(ir::result_name::nngp).valid();
  std::string law = "Gaussian process with mean 0 and covariance Σ";
  if (module.dim(outputs).size != 1) law += ", independent for every " + index_letter(module, outputs);
  Math start = math::symbol("", name, {"0", first_input, index_letter(module, outputs)});
  section.equations.push_back({std::move(start), process ? math::words(law) : math::number(0), {}});

  Notation notation;
  notation.letters = {{points, first_input}};
  notation.fields = {{"kernel", "K"}};
  for (const limit::Instruction& instruction : step.body) {  // f at the examples of the batch: a row of f
    const auto* contract = std::get_if<ir::Contract>(&instruction.op);
    const bool selects = contract != nullptr && contract->over == std::vector<DimId>{points};
    notation.silent.push_back(selects);
  }
  std::set<std::string> printed;
  append_new(FunctionWriter(module, step, notation), section, printed);
  return section;
}

/// What is compiled for a function of two inputs: equations of numbers, or why there are none.
Section evaluation_section(const limit::Function& meaning, const Evaluation& evaluation,
                           std::set<std::string>& printed) {
  const bool kernel = meaning.key == ir::FunctionRole::kernel;
  const std::string of = kernel ? "The kernel" : observation_title(meaning, evaluation) + ",";
  if (const auto why = evaluation.sampled.find(meaning.key); why != evaluation.sampled.end()) {
    Section section{of + " by sampling", {}, {}};
    section.equations.push_back({math::symbol("", kernel ? "K" : "gram", {first_input, second_input}),
                                 math::words("means over sample points of the equations above, since " + why->second),
                                 {}});
    return section;
  }
  const limit::Function* function = evaluation.formulas == nullptr ? nullptr : evaluation.formulas->find(meaning.key);
  if (function == nullptr) return {};
  const bool nodes = std::ranges::any_of(function->body, [](const limit::Instruction& instruction) {
    return std::holds_alternative<limit::NormalRule>(instruction.op);
  });
  Section section{of + (nodes ? " by sums over nodes" : " in closed form"),
                  "What is computed: C^{u} is E[Z^{u} Z^{u}] of two inputs, A^{u} the area that their Z^{u} span; "
                  "correlation(s, v) is s / sqrt(v), between -1 "
                  "and 1, and 0 at v = 0.",
                  {}};
  const ir::Type& type = function->type(function->results.front().value);
  Notation notation = two_inputs(*function, {type.dims[0], type.dims[1]});
  notation.formulas = true;
  append_new(FunctionWriter(*evaluation.formulas, *function, notation), section, printed);
  return section;
}

}  // namespace

std::string missing_for_equations(const limit::Module& module) {
  if (module.find(ir::FunctionRole::kernel) == nullptr) return {};
  const limit::Function* predict = module.find(ir::FunctionRole::predict);
  if (predict == nullptr || module.find(ir::FunctionRole::step) == nullptr) {
    return "the functions `predict` and `step` besides `kernel`";
  }
  const limit::Function& kernel = *module.find(ir::FunctionRole::kernel);
  if (kernel.type(kernel.result(ir::result_name::kernel)).dims.size() != 2) return "a kernel of pairs of points";
  if (trains_on_tasks(module)) return {};
  const auto* read = std::get_if<ir::Read>(&predict->at(predict->result(ir::result_name::output)).op);
  const bool reads_function = read != nullptr && module.state(read->state).type.dims.size() == 2;
  return reads_function ? "" : "a function `predict` that reads the state f over the points and the outputs";
}

std::vector<Section> write_kernel_equations(const limit::Module& module, const Evaluation& evaluation) {
  std::vector<Section> sections{network_states(module)};
  const limit::Function& kernel = *module.find(ir::FunctionRole::kernel);
  const Sides sides = sides_of(kernel);
  std::set<std::string> printed, printed_formulas;
  Section products{"Products with the initial matrices",
                   "All hatZ of one matrix are jointly Gaussian with mean 0, those of two inputs too; a matrix and its "
                   "transpose count as two, and different matrices are independent.",
                   {}};
  const bool tasks = trains_on_tasks(module);
  for (const limit::Function& function : module.functions) {
    const bool observation = function.key.role == ir::FunctionRole::observe && !tasks;
    if (!observation && &function != &kernel) continue;
    Section section{observation ? observation_title(function, evaluation) : "The kernel", {}, {}};
    if (!observation) section.preface = "At initialisation, for two inputs ξ and ξ' side by side.";
    Notation notation = two_inputs(function, sides);
    if (const auto zero = evaluation.zero.find(function.key); zero != evaluation.zero.end()) {
      notation.zero = zero->second;
      if (!zero->second.empty())
        section.preface += " Expectations that vanish by symmetry or independence are left out.";
    }
    const FunctionWriter writer(module, function, notation);
    append_new(writer, section, printed);
    if (const ValueId shown = kernel.result(ir::result_name::kernel);
        !observation && shown == kernel.result(ir::result_name::nngp)) {
      section.equations.push_back(
          {math::symbol("", "K", {first_input, second_input}), writer.symbol(shown, "", false), {}});
    }
    append_products(module, function, notation, products, printed);
    sections.push_back(std::move(section));
    sections.push_back(evaluation_section(function, evaluation, printed_formulas));
  }
  sections.push_back(std::move(products));
  if (tasks) {
    std::ranges::move(write_task_equations(module), std::back_inserter(sections));
  } else {
    sections.push_back(training_section(module));
  }
  sections.push_back(vanishing_section(module));
  return sections;
}

}  // namespace tpc::equations
