/// \file The powers of the width of one version of a document. They may take seconds, so they are computed beside the
/// answers to other requests, and only for those who ask.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/diag/span.h"
#include "passes/width/classify.h"

namespace tpc::driver::server {

/// A value of the program by its name there; of a list or a loop "z[2]". Of the value the user calls so.
struct NamedValue {
  std::string name;
  Span span;
  passes::ValueExponents exponents;
};

struct WidthFacts {
  std::string why_not;  ///< empty: the rest is known
  std::string width;    ///< its name
  std::vector<NamedValue> values;
  passes::Classification classification;
};

/// What `tpc classify` finds of this text.
WidthFacts width_facts(const std::string& path, const std::string& text);

/// A computation that has begun.
class Exponents {
 public:
  /// Null: another one has not ended, and one at a time is enough.
  static std::shared_ptr<Exponents> begin(const std::string& path, const std::string& text);
  /// Null: they are not there yet, after this time.
  [[nodiscard]] const WidthFacts* wait(std::chrono::milliseconds longest) const;
  /// Whether any has not ended: then the process must not tidy up under it.
  static bool running();

 private:
  struct Shared;
  explicit Exponents(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;
};

}  // namespace tpc::driver::server
