/// \file Data sets of indices: words of a text with those around them, listed rows, draws, and fields from several
/// sources side by side.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "evaluation/data/fields.h"
#include "evaluation/sources/negatives.h"
#include "evaluation/sources/table.h"
#include "frontend/sema/program.h"

namespace tpc::evaluation {

using SetOrError = std::variant<LoadedSet, FileError>;

/// SourceKind::windows. Errors: those of TextWindows.
SetOrError load_windows(const sema::Program& program, const sema::DataSet& set, const std::string& file);

/// All fields, which are indices, side by side in the rows of an array of whole numbers with a sign. Errors: as of
/// NpyFile, another type or number of columns, an index out of range or a single one that is absent, with its row.
SetOrError load_index_rows(const sema::Program& program, const sema::DataSet& set, const std::string& file);

/// The lowest index that a field may have: -1, absent, in a list.
inline double lowest_index(const sema::DataField& field) { return field.dims.empty() ? 0.0 : -1.0; }

/// One source of a data set: loaded, or drawn anew for every example by the word in one of the earlier fields.
struct SetPart {
  std::optional<LoadedSet> loaded;
  struct Drawn {
    LoadedField field;
    size_t word_field = 0;
    NegativeSampler sampler;
  };
  std::optional<Drawn> drawn;  ///< if not loaded
};

/// The parts side by side. Precondition: those that are loaded have equally many examples, and the first is loaded.
LoadedSet joined(const std::string& name, std::vector<SetPart> parts);

}  // namespace tpc::evaluation
