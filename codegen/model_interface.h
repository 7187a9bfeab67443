/// \file What a model looks like from outside: its data fields, what each function reads and returns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ops.h"
#include "tpc/runtime.h"

namespace tpc::codegen {

struct Field {
  std::string name;
  uint64_t size = 1;              ///< numbers an example
  std::optional<size_t> twin_of;  ///< the field of which this is the other point's: an index into fields_of(module)
};

struct ResultShape {
  std::string name;
  uint64_t size = 1;         ///< product of the known dimensions
  uint32_t batch_power = 0;  ///< the result has size * batch^batch_power numbers, batch dimensions first
};

/// All data fields, in order of first appearance over the module's functions; before a twin stands what it is a twin
/// of.
std::vector<Field> fields_of(const ir::limit::Module& module);
/// The input's place in `fields`; their number if it is none of them.
size_t field_index(const std::vector<Field>& fields, const ir::Input& input);
/// Indices into fields_of(module), ascending: what the function reads.
std::vector<size_t> fields_read_by(const ir::limit::Module& module, const ir::limit::Function& function);
/// A function of two batches (the kernel): fields it reads have twins for the other batch.
struct PairInterface {
  std::vector<size_t>
      fields;  ///< indices into fields_of(module) of the fields that are read, or whose twins are, ascending
  std::vector<std::string> names;  ///< C parameters: of the fields, of the same for the other batch, of the results
};
PairInterface pair_interface(const ir::limit::Module& module, const ir::limit::Function& function);
ResultShape result_shape(const ir::limit::Module& module, const ir::limit::Function& function,
                         const ir::Result& result);
/// Whether the function changes the state.
bool trains(const ir::limit::Function& function);
/// The number of random variables or numbers of a state; 1 for a matrix.
/// The first matrix whose updates are combined with those of `state`, directly or through others; `state` itself if
/// none comes before it. They share their rank-one terms.
ir::StateId updates_shared_with(const ir::limit::Module& module, ir::StateId state);

uint64_t state_rows(const ir::limit::Module& module, const ir::State& state);
/// Whether the random state is contracted with a data field: its Gaussian rows may then be rotated to the data's axes.
bool meets_input(const ir::limit::Module& module, ir::StateId state);

/// A hash of the printed Limit IR and the precision (FNV-1a, 64 bits): a saved state of another model is refused by it.
uint64_t fingerprint(const ir::limit::Module& module, tp_precision precision);

}  // namespace tpc::codegen
