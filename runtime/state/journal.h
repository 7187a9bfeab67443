/// \file The way to a state: what it was drawn with and the training calls since, with their data. Everything in a
/// state is a function of these (random numbers are functions of the seed), so a state of little data is saved as the
/// way to it, thousands of times smaller than its samples, and loading goes the way again.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/state/settings.h"
#include "tpc/runtime.h"

namespace tpc::runtime {

class StateReader;
class StateWriter;

class Journal {
 public:
  /// One training call. Throws nothing: what there is no memory for ends the journal.
  void add(const tp_model_descriptor& model, std::uint32_t function, const double* const* fields,
           const std::int64_t* extents) noexcept;
  /// The way is not known, or too long to be gone again when a state is loaded.
  void end() noexcept;
  /// What follows led from the start to the state of today.
  [[nodiscard]] bool is_complete() const { return complete_; }
  /// Of the calls, in a file.
  [[nodiscard]] double bytes() const { return bytes_; }

  void save(StateWriter& writer) const;
  /// Throws TP_FILE if it is none of this model's.
  void load(const tp_model_descriptor& model, StateReader& reader);
  /// call(function, fields, extents) for every call, in order.
  template <class Call>
  void for_each(const tp_model_descriptor& model, const Call& call) const {
    for (const Entry& entry : entries_) call(entry.function, field_table(model, entry).data(), entry.extents.data());
  }

 private:
  struct Entry {
    std::uint32_t function = 0;
    std::vector<std::int64_t> extents;  ///< of the model
    std::vector<double> values;         ///< of the fields that the function reads, one after the other
  };
  [[nodiscard]] static std::vector<const double*> field_table(const tp_model_descriptor& model, const Entry& entry);

  bool complete_ = true;
  double bytes_ = 0.0;
  std::vector<Entry> entries_;
};

}  // namespace tpc::runtime
