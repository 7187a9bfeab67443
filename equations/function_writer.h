/// \file Writes one function of Limit IR as equations.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "equations/math.h"
#include "equations/places.h"
#include "ir/limit/ir.h"

namespace tpc::equations {

/// What sums over a history go through before they are repeated for every product that has them.
using Shorten = std::function<void(math::Math&)>;

/// Stands in such a sum for what differs.
math::Math placeholder();

/// How a function is written where its own names do not serve.
struct Notation {
  std::string time = "t";                     ///< the step of its values; empty: none
  std::map<ir::DimId, std::string> letters;   ///< of dimensions, instead of index_letter
  std::map<std::string, std::string> fields;  ///< of data fields, instead of their names
  /// By ValueId: the value whose name it bears (its own: itself), and whether its equation is left out. Empty: neither.
  std::vector<ir::ValueId> named_after;
  std::vector<bool> silent;
  /// Formulas of numbers: short ones that have no name are written out however often they are used, and a covariance
  /// over one of `letters` is that of the input with itself, C_{ξ,ξ}.
  bool formulas = false;
  std::vector<ir::ValueId> zero;  ///< known to vanish: written as 0
  Shorten shorten;                ///< empty: as they are
};

/// Symbols and right-hand sides of one function's values. Values with a name of the user's, those used more than once,
/// and those that a matrix or a history refers to get a symbol; the rest is written out in place.
class FunctionWriter {
 public:
  FunctionWriter(const ir::limit::Module& module, const ir::limit::Function& function, Notation notation = {});

  /// One equation per value with a symbol, in program order, next states included.
  [[nodiscard]] std::vector<math::Equation> equations() const;

  /// The value as a symbol at step `time` ("t", "s"); in a history its finite dimensions carry other letters.
  [[nodiscard]] math::Math symbol(ir::ValueId id, const std::string& time, bool in_history) const;
  /// The random variable of a product with an initial matrix: accent "Z", "hatZ" or "dotZ".
  [[nodiscard]] math::Math product_symbol(const std::string& accent, const ir::limit::Condition& op,
                                          const std::string& time, bool in_history) const;
  /// `body` summed over steps (e.g. "s<t") and over the history letters of the value's finite dimensions.
  [[nodiscard]] math::Math sum_history(ir::ValueId id, const std::string& steps, math::Math body) const;

 private:
  void choose_symbols();
  void choose_names();
  void write_out_short_formulas(const std::vector<int>& uses);
  [[nodiscard]] bool is_variance(ir::ValueId id) const;
  [[nodiscard]] ir::ValueId namesake(ir::ValueId id) const;
  std::string number_of(ir::ValueId id);
  [[nodiscard]] std::string made_name(ir::ValueId id) const;
  [[nodiscard]] std::vector<std::string> subscripts(const ir::Type& type, const std::string& time,
                                                    bool in_history) const;
  [[nodiscard]] math::Math at_point(ir::ValueId id, const std::string& point) const;
  [[nodiscard]] math::Math write(ir::ValueId id) const;       ///< its symbol, or written out
  [[nodiscard]] math::Math definition(ir::ValueId id) const;  ///< its right-hand side
  using FunctionRef = const std::function<math::Math()>&;
  [[nodiscard]] math::Math with_bound(ir::ValueId id, const std::vector<ir::DimId>& over, FunctionRef make) const;
  [[nodiscard]] math::Math map_definition(const ir::Map& op) const;
  [[nodiscard]] math::Math beside(ir::ValueId id, const ir::Map& user) const;
  [[nodiscard]] math::Math row_of_identity(const ir::OneHot& op) const;
  [[nodiscard]] math::Math row_of_table(const ir::Gather& op) const;
  [[nodiscard]] math::Math row_at(ir::ValueId index, ir::DimId dim) const;
  [[nodiscard]] bool is_first_addition(ir::ValueId id, ir::StateId state) const;
  [[nodiscard]] math::Math log_sum_exp(const ir::LogSumExp& op) const;
  [[nodiscard]] math::Math accumulated_definition(const ir::limit::Accumulated& op) const;
  [[nodiscard]] math::Math updates_that_meet(const ir::limit::Accumulated& op, const math::Math& argument) const;
  using UpdateNumbers = std::map<std::pair<ir::ValueId, ir::ValueId>, size_t>;  ///< by left and right
  [[nodiscard]] const UpdateNumbers& update_numbers(ir::StateId matrix) const;
  [[nodiscard]] math::Math coefficient_symbol(ir::StateId matrix, const ir::limit::Append& append,
                                              std::vector<std::string> subscripts) const;
  void write_coefficients(const ir::limit::Append& append, std::vector<math::Equation>& result) const;
  void write_added_rows(ir::StateId id, std::vector<math::Equation>& result) const;
  [[nodiscard]] const FunctionWriter& writer_of_step(const ir::limit::Function& step) const;
  [[nodiscard]] std::optional<math::Math> element_definition(const ir::Contract& op) const;
  [[nodiscard]] math::Math relabelled(const ir::Relabel& op) const;
  [[nodiscard]] math::Math softmax(const ir::Softmax& op) const;
  [[nodiscard]] std::string written_order(const PlaceOrder& order) const;
  [[nodiscard]] std::string written_place(const Places::Affine& place) const;
  [[nodiscard]] std::string letter(ir::DimId dim) const;  ///< of its index, at this place
  [[nodiscard]] std::string history_letter(ir::DimId dim) const;
  /// The dimension that an output without one has in the IR: it has no index.
  [[nodiscard]] bool is_of_a_number(ir::DimId dim) const;
  [[nodiscard]] math::Math summed(const std::vector<ir::DimId>& over, math::Math body) const;

  /// The names of values that have none of their own, by what they mean.
  struct Numbers {
    std::map<std::string, std::string> names;
    std::map<std::string, int> count;
  };

  const ir::limit::Module& module_;
  const ir::limit::Function& function_;
  const Notation notation_;
  const Places places_;
  std::vector<bool> has_symbol_, is_zero_;
  std::vector<std::string> names_;
  Numbers numbers_;
  /// Index letters that differ from the dimensions' own, while a relabelled value is written.
  mutable std::map<ir::DimId, std::string> letters_;
  /// The updates of a matrix, or of its transpose, that meet a placeholder.
  mutable std::map<std::pair<ir::StateId, bool>, math::Math> updates_;
  mutable std::map<ir::StateId, UpdateNumbers> update_numbers_;
  mutable std::shared_ptr<const FunctionWriter> step_writer_;  ///< made when the histories of a step are first written
};

}  // namespace tpc::equations
