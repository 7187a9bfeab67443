#include "codegen/model_interface.h"

#include <algorithm>
#include <set>

#include "base/diag/check.h"
#include "base/fnv_hash.h"
#include "codegen/c_names.h"
#include "codegen/schedule/phases.h"
#include "ir/core/extents.h"
#include "ir/core/fields.h"
#include "ir/core/typing.h"
#include "ir/limit/ir.h"

namespace tpc::codegen {

namespace {

uint64_t known_extent(const ir::limit::Module& module, const std::vector<ir::DimId>& dims) {
  uint64_t product = 1;
  for (ir::DimId dim : dims) product *= static_cast<uint64_t>(module.dim(dim).size.value_or(1));
  return product;
}

/// The extents among `dims`, in storage order, as indices into `all` (extents_of).
std::vector<size_t> stored_extents(const ir::limit::Module& module, const ir::FunctionExtents& extents,
                                   const std::vector<ir::DimId>& all, const std::vector<ir::DimId>& dims) {
  std::vector<size_t> result;
  for (ir::DimId dim : dims) {
    if (!module.dim(dim).size) result.push_back(extent_index(all, extents.of(dim)));
  }
  return result;
}

/// Of a twin's extents those of the field itself.
std::vector<size_t> untwinned(const ir::limit::Module& module, const std::vector<ir::DimId>& all,
                              std::vector<size_t> extents) {
  for (size_t& extent : extents) {
    const auto found = std::ranges::find(all, module.untwinned(all[extent]));
    if (found != all.end()) extent = static_cast<size_t>(found - all.begin());
  }
  return extents;
}

bool is_ordered_by(const ir::limit::Module& module, const ir::Type& type, ir::DimId extent) {
  return !ir::contains_dim(type.dims, extent) || extents_first(module, type.dims).front() == extent;
}

/// Whether the instruction treats each index along `extent` on its own, wherever it meets it.
bool keeps_apart(const ir::limit::Module& module, const ir::limit::Instruction& instruction, ir::DimId extent) {
  if (std::holds_alternative<ir::Input>(instruction.op)) return is_ordered_by(module, instruction.type, extent);
  bool apart = true;
  ir::for_each_field(instruction.op, [&](const char*, const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, ir::DimId>) {
      apart = apart && field != extent;
    } else if constexpr (std::is_same_v<Field, std::vector<ir::DimId>>) {
      apart = apart && !ir::contains_dim(field, extent);
    }
  });
  return apart;
}

}  // namespace

std::vector<ir::DimId> extents_of(const ir::limit::Module& module) {
  std::set<ir::DimId> used;
  for (const auto& function : module.functions) {
    const ir::FunctionExtents extents(module, function);
    used.insert(extents.used().begin(), extents.used().end());
  }
  return {used.begin(), used.end()};
}

size_t extent_index(const std::vector<ir::DimId>& extents, ir::DimId dim) {
  const auto found = std::ranges::find(extents, dim);
  TPC_CHECK(found != extents.end(), "an extent that no function uses");
  return static_cast<size_t>(found - extents.begin());
}

std::vector<size_t> extents_used_by(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto all = extents_of(module);
  std::vector<size_t> result;
  const ir::FunctionExtents extents(module, function);
  for (ir::DimId extent : extents.used()) result.push_back(extent_index(all, extent));
  return result;
}

std::optional<size_t> example_extent(const ir::limit::Module& module, const ir::limit::Function& function) {
  if (function.results.empty() || trains(function)) return std::nullopt;
  const auto first = extents_first(module, function.type(function.results.front().value).dims);
  if (first.empty() || module.dim(first.front()).size) return std::nullopt;
  const ir::DimId extent = first.front();
  const ir::FunctionExtents extents(module, function);
  for (ir::DimId other : extents.used()) {  // pairs of examples
    if (other != extent && module.untwinned(other) == module.untwinned(extent)) return std::nullopt;
  }
  if (extents.of(extent) != extent) return std::nullopt;
  for (const ir::Result& result : function.results) {
    const ir::Type& type = function.type(result.value);
    if (!ir::contains_dim(type.dims, extent) || !is_ordered_by(module, type, extent)) return std::nullopt;
  }
  for (const auto& instruction : function.body) {
    if (!keeps_apart(module, instruction, extent)) return std::nullopt;
  }
  return extent_index(extents_of(module), extent);
}

SizeArguments size_arguments(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto all = extents_of(module);
  const auto besides_twins = std::ranges::count_if(all, [&](ir::DimId dim) { return module.untwinned(dim) == dim; });
  if (besides_twins <= 1) return {};
  return {false, extents_used_by(module, function)};
}

size_t field_index(const std::vector<Field>& fields, const ir::Input& input) {
  const auto base =
      std::ranges::find_if(fields, [&](const Field& field) { return field.name == input.field && !field.twin_of; });
  if (!input.twin || base == fields.end()) return static_cast<size_t>(base - fields.begin());
  const std::optional<size_t> twin_of(base - fields.begin());
  return static_cast<size_t>(std::ranges::find(fields, twin_of, &Field::twin_of) - fields.begin());
}

std::vector<Field> fields_of(const ir::limit::Module& module) {
  std::vector<Field> fields;
  const auto all = extents_of(module);
  for (const auto& function : module.functions) {
    const ir::FunctionExtents of_function(module, function);
    for (const auto& instruction : function.body) {
      const auto* input = std::get_if<ir::Input>(&instruction.op);
      if (!input) continue;
      const uint64_t size = known_extent(module, instruction.type.dims);
      const auto extents = stored_extents(module, of_function, all, instruction.type.dims);
      const size_t base = field_index(fields, {input->field, false});
      if (base == fields.size()) fields.push_back({input->field, size, {}, untwinned(module, all, extents)});
      const size_t index = field_index(fields, *input);
      if (index == fields.size()) fields.push_back({input->name(), size, base, extents});
      TPC_CHECK(fields[index].size == size && fields[index].extents == extents,
                "field " + input->name() + " has two shapes");
    }
  }
  return fields;
}

std::vector<size_t> fields_read_by(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto fields = fields_of(module);
  std::vector<size_t> result;
  for (const auto& instruction : function.body) {
    if (const auto* input = std::get_if<ir::Input>(&instruction.op)) result.push_back(field_index(fields, *input));
  }
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool is_of_pairs(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto fields = fields_of(module);
  return std::ranges::any_of(fields_read_by(module, function),
                             [&](size_t field) { return fields[field].twin_of.has_value(); });
}

PairInterface pair_interface(const ir::limit::Module& module, const ir::limit::Function& function) {
  const auto all = fields_of(module);
  std::set<size_t> found;
  for (size_t index : fields_read_by(module, function)) {
    found.insert(all[index].twin_of.value_or(index));
  }
  PairInterface result{{found.begin(), found.end()}, {}};
  std::vector<Field> parameters;
  for (size_t index : result.fields) parameters.push_back(all[index]);
  for (size_t index : result.fields) parameters.push_back({all[index].name + "_other", all[index].size, {}, {}});
  for (const ir::Result& output : function.results) parameters.push_back({output.name, 1, {}, {}});
  result.names = parameter_names(parameters);
  return result;
}

tp_function_role runtime_role(ir::FunctionRole role) {
  switch (role) {
    case ir::FunctionRole::predict: return TP_FUNCTION_PREDICT;
    case ir::FunctionRole::loss: return TP_FUNCTION_LOSS;
    case ir::FunctionRole::gradient: return TP_FUNCTION_GRADIENT;
    case ir::FunctionRole::step: return TP_FUNCTION_STEP;
    case ir::FunctionRole::observe: return TP_FUNCTION_OBSERVE;
    case ir::FunctionRole::start: return TP_FUNCTION_START;
    case ir::FunctionRole::kernel: return TP_FUNCTION_KERNEL;
    case ir::FunctionRole::rate: return TP_FUNCTION_RATE;
    case ir::FunctionRole::set_rate: return TP_FUNCTION_SET_RATE;
    case ir::FunctionRole::criterion:  // of TP IR only
    case ir::FunctionRole::other: break;
  }
  return TP_FUNCTION_OTHER;
}

ResultShape result_shape(const ir::limit::Module& module, const ir::limit::Function& function,
                         const ir::Result& result) {
  const auto& type = function.type(result.value);
  TPC_CHECK(type.kind == ir::Kind::scalar, "result " + result.name + " of " + function.name() + " is no number");
  return {result.name, known_extent(module, type.dims),
          stored_extents(module, ir::FunctionExtents(module, function), extents_of(module), type.dims)};
}

bool trains(const ir::limit::Function& function) {
  return std::ranges::any_of(function.body, [](const auto& instruction) {
    return std::visit([]<class Op>(const Op&) { return ir::HasEffect<Op>; }, instruction.op);
  });
}

ir::StateId updates_shared_with(const ir::limit::Module& module, ir::StateId state) {
  std::vector<ir::StateId> first;  // of each state, the first one in its group
  for (size_t i = 0; i < module.states.size(); ++i) first.emplace_back(i);
  for (const auto& function : module.functions) {
    for (const auto& instruction : function.body) {
      const auto* op = std::get_if<ir::limit::Combine>(&instruction.op);
      if (!op) continue;
      const ir::StateId a = first[op->matrix.index], b = first[op->source.index];
      std::ranges::replace(first, std::max(a, b), std::min(a, b));
    }
  }
  return first[state.index];
}

uint64_t state_rows(const ir::limit::Module& module, const ir::State& state) {
  const bool has_entries = state.type.kind == ir::Kind::matrix || state.type.kind == ir::Kind::pair;
  return has_entries ? 1 : known_extent(module, state.type.dims);
}

bool meets_input(const ir::limit::Module& module, ir::StateId state) {
  for (const auto& function : module.functions) {
    auto is_state = [&](ir::ValueId id) {
      const auto* read = std::get_if<ir::Read>(&function.at(without_relabels(function, id)).op);
      return read && read->state == state;
    };
    auto is_input = [&](ir::ValueId id) {
      return std::holds_alternative<ir::Input>(function.at(without_relabels(function, id)).op);
    };
    for (const auto& instruction : function.body) {
      const auto* op = std::get_if<ir::Contract>(&instruction.op);
      if (!op || !op->rhs.valid() || op->over.empty()) continue;
      if ((is_state(op->lhs) && is_input(op->rhs)) || (is_state(op->rhs) && is_input(op->lhs))) return true;
    }
  }
  return false;
}

uint64_t fingerprint(const ir::limit::Module& module, tp_precision precision) {
  FnvHash hash;
  hash.add_bytes(ir::limit::print(module));
  hash.add(static_cast<unsigned char>(precision));
  return hash.value();
}

}  // namespace tpc::codegen
