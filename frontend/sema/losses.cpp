#include "frontend/sema/losses.h"

#include <array>

namespace tpc::sema {
namespace {

struct Entry {
  std::string_view name;
  Targets targets;
};

constexpr std::array entries = {
#define TPC_LOSS(name, targets) Entry{#name, Targets::targets},
#include "frontend/sema/losses.def"
};

}  // namespace

std::string_view loss_name(Loss loss) { return entries.at(static_cast<size_t>(loss)).name; }

std::vector<std::string> loss_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.emplace_back(entry.name);
  return names;
}

std::optional<Loss> loss_from_name(std::string_view name) {
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].name == name) return static_cast<Loss>(i);
  }
  return std::nullopt;
}

Targets targets_of(Loss loss) { return entries.at(static_cast<size_t>(loss)).targets; }

}  // namespace tpc::sema
