/// \file The instructions of a function once more with other values in the stead of some.
#pragma once

#include <map>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::passes {

/// sum of number * vector; an invalid number is 1.
struct RowSum {
  struct Term {
    ir::ValueId vector, number;
  };
  std::vector<Term> terms;
};

class Substitution {
 public:
  /// images: by the value they stand for; rows: the same for vectors, which are multiplied out into what is linear in
  /// them, so that sums over a list are sums of its numbers. Instructions before `end` are copied, at the builder's
  /// end.
  Substitution(ir::tp::Builder& builder, std::map<ir::ValueId, ir::ValueId> images, size_t end,
               std::map<ir::ValueId, RowSum> rows = {});

  /// What the value becomes; itself if it does not depend on what is replaced.
  ir::ValueId image(ir::ValueId value);

 private:
  void find_dependent(size_t end);
  void copy(ir::ValueId id);
  bool copy_sum(ir::ValueId id);
  ir::ValueId whole(ir::ValueId id);
  RowSum scaled(const RowSum& sum, ir::ValueId number, bool divided);
  RowSum contracted(const RowSum& sum, ir::ValueId number, const std::vector<ir::DimId>& over);
  ir::ValueId times(ir::ValueId a, ir::ValueId b);

  ir::tp::Builder& build_;
  std::map<ir::ValueId, ir::ValueId> images_;
  std::map<ir::ValueId, RowSum> sums_;
  std::vector<bool> depends_;
};

}  // namespace tpc::passes
