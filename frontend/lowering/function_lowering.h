/// \file One function of TP IR from terms of a program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frontend/lowering/arrays.h"
#include "frontend/sema/program.h"
#include "ir/tp/calls.h"

namespace tpc::lowering {

/// Lowers terms of a body, the network's if no other is said, into one function.
class FunctionLowering {
 public:
  FunctionLowering(const sema::Program& program, ir::tp::Module& module, ir::tp::Function& function,
                   Dimensions& dimensions);

  /// Another body than the network's, computed from these data fields.
  void of(const sema::Body& body, const std::vector<std::string>& fields);
  /// From now on the network's output is this : scalar[B, k], whatever it was computed from.
  void set_output(ir::ValueId output) { output_ = output; }

  ir::tp::Builder& builder() { return builder_; }
  /// The value of one term and everything it needs.
  Array lower(sema::TermId root);
  /// The network's output: scalar[B, k], with k of size 1 where the file has a scalar.
  ir::ValueId output();
  /// The result of the body at hand.
  ir::ValueId value() { return arrays_.scaled(lower(body_->result)).value; }
  /// Where the def is called in what has been lowered.
  [[nodiscard]] std::vector<ir::tp::Call> calls_of(const std::string& definition) const;
  [[nodiscard]] ir::DimId output_dim();

 private:
  /// One data field of the batch.
  ir::ValueId field(const std::string& name, const sema::Term& term);
  /// The width that a product sums over, as a multiple of n; 1 for all else.
  [[nodiscard]] ir::Rational ratio_summed(const sema::Term& term) const;
  [[nodiscard]] std::string product_name(const sema::Term& term) const;
  Array lower_term(const sema::Term& term);
  /// Whether the term is the network's output, which is given.
  [[nodiscard]] bool is_output(sema::TermId id) const { return output_.valid() && id == program_.network.body.result; }
  Array operand(sema::TermId id);
  /// The operand, with axes that none of the term's loops has.
  Array operand(const sema::Term& term, sema::TermId id);
  void choose_loop_dims();
  [[nodiscard]] ir::DimId loop_dim(size_t loop) const { return loop_dims_[loop]; }
  Array at_counter(const sema::Term& term, const sema::AtCounterTerm& op);
  Array within(const sema::WithinTerm& op);
  /// With the dimension of size 1 if it is a scalar.
  Array with_output_dim(sema::TermId id);
  ir::ValueId loss(const sema::LossTerm& term);
  Array row_mean(const sema::RowMeanTerm& term);
  Array adapted(const sema::AdaptedTerm& term);
  Array of_shape(ir::ValueId value, const sema::Shape& shape) const;
  Array read(size_t parameter);

  const sema::Program& program_;
  Dimensions& dimensions_;
  ir::tp::Builder builder_;
  ArrayBuilder arrays_;
  const sema::Body* body_ = &program_.network.body;
  std::vector<std::string> names_;                                ///< by term, the user's name
  const std::vector<std::string>* arguments_ = &program_.inputs;  ///< the data fields of its arguments
  std::vector<ir::DimId> loop_dims_;                              ///< by loop
  std::vector<Array> values_;
  ir::ValueId output_;  ///< of the network, if it is given
  std::map<std::string, ir::ValueId> fields_;
  std::map<size_t, ir::ValueId> reads_;
};

}  // namespace tpc::lowering
