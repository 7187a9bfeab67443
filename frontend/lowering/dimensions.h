/// \file The finite dimensions of a module by the names of the file, with the variants that lowering needs: the batch,
/// and k', k'' for a value with the dimension k more than once (no dimension occurs twice in a type).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontend/sema/program.h"
#include "ir/tp/ir.h"

namespace tpc::lowering {

class Dimensions {
 public:
  /// Adds the file's dimensions in their order, then the batch.
  Dimensions(const sema::Program& program, ir::tp::Module& module);

  [[nodiscard]] ir::DimId batch() const { return batch_; }
  /// The twin of the batch (B'), for Gram matrices.
  ir::DimId second_batch() { return variant(batch_, 1); }
  /// Whether it is the batch, or the rows of a group.
  [[nodiscard]] bool counts_examples(ir::DimId dim) const { return example_dims_.contains(dim); }
  /// What every value of a group's rows has first: the batch, and the rows (empty: the value is one of the example).
  std::vector<ir::DimId> of_examples(const std::string& rows);
  /// The dimension of an output that is written as a scalar: size 1.
  ir::DimId single_output();
  /// Dimensions of the file or numbers as written; one id for each occurrence.
  std::vector<ir::DimId> of_shape(const std::vector<std::string>& axes);
  /// Of the iterations of a loop: those with the same number and size share one.
  ir::DimId of_loop(int64_t size, size_t number) { return variant(base_of(std::to_string(size)), number); }
  /// Another dimension of the same size that is none of `taken`. Of those that have only sizes, "3", it differs from
  /// all in its primes, whatever their sizes: equations tell indices by them.
  ir::DimId fresh_variant(ir::DimId dim, const std::vector<ir::DimId>& taken);

 private:
  ir::DimId add(std::string name, std::optional<int64_t> size, ir::DimId twin_of = {});
  ir::DimId base_of(const std::string& axis);
  ir::DimId variant(ir::DimId base, size_t index);
  /// Whether its name is its size.
  [[nodiscard]] bool is_size(ir::DimId dim) const;
  [[nodiscard]] std::string unused_name(std::string name) const;

  ir::tp::Module& module_;
  std::map<std::string, ir::DimId> by_name_;
  std::map<ir::DimId, std::vector<ir::DimId>> variants_;  ///< of a base dimension, itself first
  std::map<ir::DimId, ir::DimId> base_;
  ir::DimId batch_;
  std::set<ir::DimId> example_dims_;
  ir::DimId single_output_;
};

}  // namespace tpc::lowering
