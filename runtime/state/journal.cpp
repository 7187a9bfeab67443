#include "runtime/state/journal.h"

#include <algorithm>
#include <new>

#include "runtime/state/calls.h"
#include "runtime/state/state_file.h"

namespace tpc::runtime {
namespace {

/// Loading a state should not take longer than a person waits.
constexpr std::size_t most_calls = 100;
constexpr double most_bytes = 1 << 20;

std::size_t field_size(const tp_model_descriptor& model, std::uint32_t number, const std::int64_t* extents) {
  const tp_field_descriptor& field = model.fields[number];
  return number_count(field.size, field.extents, field.extent_count, extents);
}

std::size_t value_count(const tp_model_descriptor& model, const tp_function_descriptor& function,
                        const std::int64_t* extents) {
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < function.field_count; ++i) count += field_size(model, function.fields[i], extents);
  return count;
}

double entry_bytes(const tp_model_descriptor& model, std::size_t values) {
  return static_cast<double>(sizeof(std::uint32_t) + model.extent_count * sizeof(std::int64_t) +
                             values * sizeof(double));
}

}  // namespace

void Journal::add(const tp_model_descriptor& model, std::uint32_t number, const double* const* fields,
                  const std::int64_t* extents) noexcept try {
  if (!complete_) return;
  const tp_function_descriptor& function = model.functions[number];
  const std::size_t values = value_count(model, function, extents);
  bytes_ += entry_bytes(model, values);
  if (entries_.size() == most_calls || bytes_ > most_bytes) return end();
  Entry& entry = entries_.emplace_back();
  entry.function = number;
  // Of extents that the function does not use the host may have given anything.
  entry.extents.assign(model.extent_count, 1);
  for (std::uint32_t i = 0; i < function.extent_count; ++i) {
    entry.extents[function.extents[i]] = extents[function.extents[i]];
  }
  entry.values.reserve(values);
  for (std::uint32_t i = 0; i < function.field_count; ++i) {
    const double* field = fields[function.fields[i]];
    entry.values.insert(entry.values.end(), field, field + field_size(model, function.fields[i], extents));
  }
} catch (const std::bad_alloc&) {
  end();
}

void Journal::end() noexcept {
  complete_ = false;
  entries_ = {};
}

std::vector<const double*> Journal::field_table(const tp_model_descriptor& model, const Entry& entry) {
  std::vector<const double*> fields(model.field_count, nullptr);
  const tp_function_descriptor& function = model.functions[entry.function];
  const double* at = entry.values.data();
  for (std::uint32_t i = 0; i < function.field_count; ++i) {
    fields[function.fields[i]] = at;
    at += field_size(model, function.fields[i], entry.extents.data());
  }
  return fields;
}

void Journal::save(StateWriter& writer) const {
  writer.value(static_cast<std::uint64_t>(entries_.size()));
  for (const Entry& entry : entries_) {
    writer.value(entry.function);
    writer.bytes(entry.extents.data(), entry.extents.size() * sizeof(std::int64_t));
    writer.bytes(entry.values.data(), entry.values.size() * sizeof(double));
  }
}

void Journal::load(const tp_model_descriptor& model, StateReader& reader) {
  const std::size_t count = reader.counted(entry_bytes(model, 0));
  for (std::size_t i = 0; i < count; ++i) {
    Entry& entry = entries_.emplace_back();
    entry.function = reader.value<std::uint32_t>();
    const bool trains = entry.function < model.function_count && model.functions[entry.function].trains != 0;
    if (!trains) reader.refuse("it has calls of functions that the model has not");
    const tp_function_descriptor& function = model.functions[entry.function];
    entry.extents.resize(model.extent_count);
    reader.bytes(entry.extents.data(), entry.extents.size() * sizeof(std::int64_t));
    const bool possible = std::ranges::all_of(entry.extents, [](std::int64_t e) { return e >= 1 && e <= most_extent; });
    if (!possible) reader.refuse("its sizes make no sense");
    const std::size_t values = value_count(model, function, entry.extents.data());
    reader.require_left(static_cast<double>(values) * sizeof(double));
    entry.values.resize(values);
    reader.bytes(entry.values.data(), values * sizeof(double));
    bytes_ += entry_bytes(model, values);
  }
}

}  // namespace tpc::runtime
