#include "passes/kernel/space_fields.h"

#include <algorithm>

#include "base/diag/check.h"
#include "ir/core/dim_copies.h"

namespace tpc::passes {

std::string kernel_result(size_t kernel) {
  const std::string first = ir::result_name::kernel;
  return kernel == 0 ? first : first + " " + std::to_string(kernel + 1);
}

std::string PointGroup::place() const {
  std::string text;
  for (const Field& field : fields) text += (text.empty() ? "" : ", ") + field.data;
  return text;
}

namespace kernel {

namespace tp = ir::tp;
using ir::DimId;
using ir::ValueId;

namespace {

bool operator==(const PointGroup::Field& a, const PointGroup::Field& b) {
  return a.network == b.network && a.data == b.data && a.by_row == b.by_row;
}

DimId batch_of(const tp::Module& module) {
  const auto found = std::ranges::find_if(module.dims, [](const ir::Dimension& dim) { return !dim.size; });
  TPC_CHECK(found != module.dims.end(), "a program without a batch");
  return DimId(static_cast<size_t>(found - module.dims.begin()));
}

/// The dimensions of a field in the functions of the module; null: none reads it.
const std::vector<DimId>* dims_of(const tp::Module& module, const std::string& field) {
  for (const tp::Function& function : module.functions) {
    for (const tp::Instruction& instruction : function.body) {
      const auto* input = std::get_if<ir::Input>(&instruction.op);
      if (input != nullptr && input->field == field) return &instruction.type.dims;
    }
  }
  return nullptr;
}

}  // namespace

SpaceFields::SpaceFields(tp::Module& module, FunctionSpace& space)
    : module_(module), space_(space), batch_(batch_of(module)) {
  for (const PointGroup& group : space.groups) {
    Dims& dims = dims_.emplace_back();
    const std::vector<DimId>* known = dims_of(module, group.values);
    if (known == nullptr) continue;
    const bool by_row = std::ranges::any_of(group.fields, &PointGroup::Field::by_row);
    if (by_row) dims.rows = known->at(1);
    const size_t outputs = by_row ? 2 : 1;
    if (known->size() > outputs) dims.outputs = known->at(outputs);
  }
}

size_t SpaceFields::group(std::vector<PointGroup::Field> fields, DimId rows, DimId outputs) {
  const auto known = std::ranges::find_if(space_.groups, [&](const PointGroup& group) {
    return std::ranges::equal(group.fields, fields, [](const auto& a, const auto& b) { return a == b; });
  });
  if (known != space_.groups.end()) return static_cast<size_t>(known - space_.groups.begin());
  PointGroup group{std::move(fields), rows.valid() ? *module_.dim(rows).size : 1, ""};
  group.values = "f^{" + group.place() + "}";
  space_.groups.push_back(std::move(group));
  dims_.push_back({rows, outputs});
  return space_.groups.size() - 1;
}

size_t SpaceFields::kernel_of(std::vector<std::string> states) {
  const auto known = std::ranges::find(space_.kernels, states);
  const auto index = static_cast<size_t>(known - space_.kernels.begin());
  if (known == space_.kernels.end()) space_.kernels.push_back(std::move(states));
  return index;
}

ValueId SpaceFields::values(tp::Builder& builder, size_t group) {
  std::vector<DimId> dims{batch_};
  for (const DimId dim : {dims_[group].rows, dims_[group].outputs}) {
    if (dim.valid()) dims.push_back(dim);
  }
  builder.name_next("f");
  return builder.input(space_.groups[group].values, dims);
}

std::string SpaceFields::block_field(size_t kernel, size_t group, size_t other, bool across) {
  const std::string field = "K" + (kernel == 0 ? "" : std::to_string(kernel + 1)) + "^{" +
                            space_.groups[group].place() + (across ? ", all " : ", ") + space_.groups[other].place() +
                            "}";
  if (std::ranges::find(space_.blocks, field, &KernelBlock::field) == space_.blocks.end()) {
    space_.blocks.push_back({field, kernel, group, other, across});
  }
  return field;
}

ValueId SpaceFields::relabelled(tp::Builder& builder, ValueId value, DimId from, DimId to) {
  return from == to || !from.valid() ? value : builder.insert(ir::Relabel{value, from, to});
}

ValueId SpaceFields::apply_kernel(tp::Builder& builder, size_t kernel, size_t group, size_t other,
                                  ValueId coefficients) {
  const DimId rows = dims_[group].rows;
  DimId summed = dims_[other].rows;
  if (summed.valid() && summed == rows) summed = ir::copy_of(module_.dims, summed, {rows});
  std::vector<DimId> dims{batch_};
  for (const DimId dim : {rows, summed}) {
    if (dim.valid()) dims.push_back(dim);
  }
  const ValueId block = builder.input(block_field(kernel, group, other, false), dims);
  if (!summed.valid()) return builder.mul(block, coefficients);
  return builder.contract(block, relabelled(builder, coefficients, dims_[other].rows, summed), {summed});
}

DimId SpaceFields::second_examples() {
  if (second_examples_.valid()) return second_examples_;
  std::string name = "i'";
  while (std::ranges::find(module_.dims, name, &ir::Dimension::name) != module_.dims.end()) name += "'";
  module_.dims.push_back({name, std::nullopt});
  return second_examples_ = DimId(module_.dims.size() - 1);
}

ValueId SpaceFields::quadratic_form(tp::Builder& builder, size_t kernel, size_t group, size_t other,
                                    ValueId coefficients, ValueId other_coefficients) {
  const DimId rows = dims_[group].rows, twin = second_examples();
  DimId other_rows = dims_[other].rows;
  if (other_rows.valid() && other_rows == rows) other_rows = ir::copy_of(module_.dims, other_rows, {rows});
  std::vector<DimId> dims{batch_, twin}, first{batch_}, second{twin};
  if (rows.valid()) first.push_back(rows), dims.push_back(rows);
  if (other_rows.valid()) second.push_back(other_rows), dims.push_back(other_rows);
  const ValueId block = builder.input(block_field(kernel, group, other, true), dims);
  const ValueId once = builder.contract(block, coefficients, first);
  ValueId right = relabelled(builder, other_coefficients, batch_, twin);
  right = relabelled(builder, right, dims_[other].rows, other_rows);
  if (dims_[other].outputs.valid()) second.push_back(dims_[other].outputs);
  return builder.contract(once, right, second);
}

}  // namespace kernel
}  // namespace tpc::passes
