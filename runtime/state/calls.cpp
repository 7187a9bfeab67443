#include "runtime/state/calls.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "runtime/support/failure.h"
#include "runtime/support/finite.h"

namespace tpc::runtime {

void check_extents(const tp_model_descriptor& model, const tp_function_descriptor& function,
                   const std::int64_t* extents) {
  require(extents != nullptr || function.extent_count == 0, "the table of extents is null");
  for (std::uint32_t i = 0; i < function.extent_count; ++i) {
    const std::uint32_t extent = function.extents[i];
    if (extents[extent] >= 1 && extents[extent] <= most_extent) continue;
    fail(TP_INVALID_ARGUMENT, std::string("the size of ") + model.extents[extent].name + " must be 1 to 2^24, not " +
                                  std::to_string(extents[extent]));
  }
}

std::size_t number_count(std::uint64_t size, const std::uint32_t* indices, std::uint32_t count,
                         const std::int64_t* extents) {
  double numbers = static_cast<double>(size);
  for (std::uint32_t i = 0; i < count; ++i) numbers *= static_cast<double>(extents[indices[i]]);
  require(numbers <= static_cast<double>(std::size_t{1} << 48), "an array of impossible size");
  return static_cast<std::size_t>(numbers);
}

void check_fields(const tp_model_descriptor& model, const tp_function_descriptor& function, const double* const* fields,
                  const std::int64_t* extents) {
  require(fields != nullptr || model.field_count == 0, "the table of fields is null");
  const std::uint32_t* const used_end = function.extents + function.extent_count;
  for (std::uint32_t f = 0; f < model.field_count; ++f) {
    const tp_field_descriptor& field = model.fields[f];
    const bool known = std::all_of(field.extents, field.extents + field.extent_count, [&](std::uint32_t extent) {
      return std::find(function.extents, used_end, extent) != used_end;
    });
    if (fields[f] == nullptr || !known) continue;
    const std::size_t numbers = number_count(field.size, field.extents, field.extent_count, extents);
    if (all_finite(fields[f], numbers)) continue;
    for (std::size_t i = 0; i < numbers; ++i) {
      if (std::isfinite(fields[f][i])) continue;
      const std::size_t examples = field.extent_count == 0 ? 1 : static_cast<std::size_t>(extents[field.extents[0]]);
      fail(TP_INVALID_ARGUMENT, std::string("field ") + (field.name == nullptr ? "?" : field.name) + ", example " +
                                    std::to_string(i / (numbers / examples) + 1) + ": not a finite number");
    }
  }
}

void require_fields(const tp_model_descriptor& model, const tp_function_descriptor& function,
                    const double* const* fields) {
  require(fields != nullptr || function.field_count == 0, "the table of fields is null");
  for (std::uint32_t i = 0; i < function.field_count; ++i) {
    const std::uint32_t field = function.fields[i];
    if (fields[field] != nullptr) continue;
    const char* name = model.fields[field].name;
    fail(TP_INVALID_ARGUMENT,
         std::string("the field ") + (name == nullptr ? "?" : name) + ", which " + function.name + " reads, is null");
  }
}

}  // namespace tpc::runtime
