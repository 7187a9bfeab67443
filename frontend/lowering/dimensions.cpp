#include "frontend/lowering/dimensions.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/diag/check.h"

namespace tpc::lowering {

using ir::DimId;

Dimensions::Dimensions(const sema::Program& program, ir::tp::Module& module) : module_(module) {
  for (const sema::FiniteDim& dim : program.dims) by_name_[dim.name] = add(dim.name, dim.size);
  batch_ = add(unused_name("B"), std::nullopt);
  example_dims_.insert(batch_);
  for (const sema::DataSet& data_set : program.data_sets) {
    for (const sema::DataField& field : data_set.fields) {
      if (!field.rows.empty()) example_dims_.insert(by_name_.at(field.rows));
    }
  }
}

DimId Dimensions::add(std::string name, std::optional<int64_t> size, DimId twin_of) {
  DimId id(module_.dims.size());
  module_.dims.push_back({std::move(name), size, twin_of});
  base_[id] = id;
  variants_[id] = {id};
  return id;
}

std::string Dimensions::unused_name(std::string name) const {
  auto taken = [&](const std::string& wanted) { return wanted == module_.width || by_name_.contains(wanted); };
  const std::string first = name;
  while (taken(name)) name += first;
  return name;
}

DimId Dimensions::single_output() {
  if (!single_output_.valid()) single_output_ = add(unused_name(ir::result_name::output), 1);
  return single_output_;
}

DimId Dimensions::base_of(const std::string& axis) {
  auto found = by_name_.find(axis);
  if (found != by_name_.end()) return found->second;
  int64_t size = 0;
  auto [end, error] = std::from_chars(axis.data(), axis.data() + axis.size(), size);
  TPC_CHECK(error == std::errc() && end == axis.data() + axis.size(), "unresolved dimension " + axis);
  return by_name_[axis] = add(axis, size);
}

DimId Dimensions::variant(DimId base, size_t index) {
  while (variants_.at(base).size() <= index) {
    const ir::Dimension previous = module_.dim(variants_.at(base).back());
    DimId next = add(previous.name + "'", previous.size, previous.size ? DimId() : base);
    base_[next] = base;
    variants_.at(base).push_back(next);
  }
  return variants_.at(base)[index];
}

std::vector<DimId> Dimensions::of_shape(const std::vector<std::string>& axes) {
  std::map<DimId, size_t> occurrences;
  std::vector<DimId> dims;
  for (const std::string& axis : axes) {
    DimId base = base_of(axis);
    dims.push_back(variant(base, occurrences[base]++));
  }
  return dims;
}

std::vector<DimId> Dimensions::of_examples(const std::string& rows) {
  std::vector<DimId> dims = {batch_};
  if (!rows.empty()) dims.push_back(base_of(rows));
  return dims;
}

bool Dimensions::is_size(DimId dim) const {
  return std::isdigit(static_cast<unsigned char>(module_.dim(dim).name.front())) != 0;
}

DimId Dimensions::fresh_variant(DimId dim, const std::vector<DimId>& taken) {
  const DimId base = base_.at(dim);
  const auto is_taken = [&](size_t index) {
    return std::ranges::any_of(taken, [&](DimId other) {
      const DimId other_base = base_.at(other);
      const bool same_letter = other_base == base || (is_size(base) && is_size(other_base));
      const std::vector<DimId>& others = variants_.at(other_base);
      return same_letter && index < others.size() && others[index] == other;
    });
  };
  size_t index = 0;
  while (is_taken(index)) ++index;
  return variant(base, index);
}

}  // namespace tpc::lowering
