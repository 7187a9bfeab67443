/// \file Plain text tables: right-aligned columns under their headings.
#pragma once

#include <string>
#include <vector>

namespace tpc::driver {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  /// Precondition: as many cells as headings.
  void add(std::vector<std::string> cells);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// "0.6931 ± 0.0002", the error with two significant digits and the value with as many decimals; without an error (nan)
/// six significant digits.
std::string value_with_error(double value, double error);

/// The same in percent: "91.94 ± 0.12 %".
std::string percent_with_error(double fraction, double error);

}  // namespace tpc::driver
