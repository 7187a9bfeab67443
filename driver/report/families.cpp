#include "driver/report/families.h"

#include <algorithm>

namespace tpc::driver {
namespace {

std::string family_of(const std::string& name) { return name.substr(0, name.find('[')); }

}  // namespace

std::vector<NamedExponents> collapse_families(const std::vector<NamedExponents>& lines) {
  std::vector<NamedExponents> result;
  for (const auto& [name, text] : lines) {
    const std::string family = family_of(name);
    const bool uniform = std::all_of(lines.begin(), lines.end(), [&, &said = text](const NamedExponents& other) {
      return family_of(other.first) != family || other.second == said;
    });
    if (!uniform) {
      result.emplace_back(name, text);
    } else if (result.empty() ||
               std::none_of(result.begin(), result.end(), [&](const auto& line) { return line.first == family; })) {
      result.emplace_back(family, text);
    }
  }
  return result;
}

}  // namespace tpc::driver
