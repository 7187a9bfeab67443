#include "driver/report/table.h"

#include <algorithm>
#include <cmath>

#include "base/diag/check.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// Code points of a UTF-8 text: what it takes on the screen (no wide characters are printed here).
size_t display_width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Larger numbers are written with a power of ten.
constexpr double largest_written_out = 1e7;

/// Decimals that show two significant digits of the error.
int decimals_for(double error) { return std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 12); }

}  // namespace

void Table::add(std::vector<std::string> cells) {
  TPC_CHECK(cells.size() == rows_.front().size(), "a table row of another length");
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += std::string(widths[i] - display_width(row[i]) + (i == 0 ? 2 : 3), ' ') + row[i];
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

std::string value_with_error(double value, double error) {
  if (std::isnan(error)) return fmt::format("{:.6g}", value);
  if (error < 1e-14) return fmt::format("{:.6g} ± 0", value);
  if (!(std::abs(value) < largest_written_out && error < largest_written_out)) {
    return fmt::format("{:.6g} ± {:.2g}", value, error);
  }
  const int decimals = decimals_for(error);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, error, decimals);
}

std::string percent_with_error(double fraction, double error) {
  if (std::isnan(error)) return fmt::format("{:.2f} %", 100.0 * fraction);
  return fmt::format("{:.2f} ± {:.2f} %", 100.0 * fraction, 100.0 * error);
}

}  // namespace tpc::driver
