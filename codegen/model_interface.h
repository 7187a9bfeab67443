/// \file What a model looks like from outside: its data fields, what each function reads and returns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/limit/ops.h"
#include "tpc/runtime.h"

namespace tpc::codegen {

/// Sizes are products of the known dimensions; `extents`: the others, as indices into extents_of(module), in storage
/// order: they stand first.
struct Field {
  std::string name;
  uint64_t size = 1;
  std::optional<size_t> twin_of;  ///< the field of which this is the other point's: an index into fields_of(module)
  std::vector<size_t> extents = {};
};

struct ResultShape {
  std::string name;
  uint64_t size = 1;
  std::vector<size_t> extents;
};

/// The dimensions of unknown size whose sizes some function needs, in the module's order.
std::vector<ir::DimId> extents_of(const ir::limit::Module& module);
/// The dimension's place among `extents`; it is one of them.
size_t extent_index(const std::vector<ir::DimId>& extents, ir::DimId dim);
/// Indices into extents_of(module), ascending: those whose sizes the function needs.
std::vector<size_t> extents_used_by(const ir::limit::Module& module, const ir::limit::Function& function);
/// The extent of examples that a function computes each on its own: the first one of all its results, over which it
/// neither sums nor counts, and which stands first in the fields that have it. Such a function may be evaluated in
/// blocks along it.
std::optional<size_t> example_extent(const ir::limit::Module& module, const ir::limit::Function& function);

/// The sizes that the C wrapper of a function takes: of a program with one extent (and its twins) always one, else
/// those that the function needs, by the extents' names.
struct SizeArguments {
  bool one = true;
  std::vector<size_t> extents;  ///< indices into extents_of(module), unless there is just one
};
SizeArguments size_arguments(const ir::limit::Module& module, const ir::limit::Function& function);

/// All data fields, in order of first appearance over the module's functions; before a twin stands what it is a twin
/// of.
std::vector<Field> fields_of(const ir::limit::Module& module);
/// The input's place in `fields`; their number if it is none of them.
size_t field_index(const std::vector<Field>& fields, const ir::Input& input);
/// Indices into fields_of(module), ascending: what the function reads.
std::vector<size_t> fields_read_by(const ir::limit::Module& module, const ir::limit::Function& function);
/// Whether the function reads a field of the other point: one of two batches, which is evaluated for pairs of points.
bool is_of_pairs(const ir::limit::Module& module, const ir::limit::Function& function);
/// A function of two batches (the kernel): fields it reads have twins for the other batch.
struct PairInterface {
  std::vector<size_t> fields;      ///< indices into fields_of(module): those read, or whose twins are; ascending
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
