/// \file Texts of the source tree that commands show: examples, which `tpc new` begins programs with, and the pages of
/// `tpc explain`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tpc::driver {

/// An example that needs no other file.
struct Example {
  std::string name;         ///< "mlp"
  std::string description;  ///< what its comment begins with
  std::string_view text;
};

/// By name.
const std::vector<Example>& examples();

/// What is to be said of a diagnostic.
struct Explanation {
  std::string code;     ///< "shape-mismatch"
  std::string section;  ///< the title of its file: "Shapes"
  std::string summary;  ///< the first sentence
  std::string text;     ///< Markdown, without the heading
};

/// In the order of base/diag/diagnostics.def; codes that are none come first.
const std::vector<Explanation>& explanations();

}  // namespace tpc::driver
