#include "ir/core/optimizer.h"

#include "ir/core/visit.h"

namespace tpc::ir {

std::string_view name_of(EntrywiseRule rule) {
  static constexpr std::array names = {
#define TPC_ENTRYWISE(name, ...) std::string_view(#name),
#include "ir/core/optimizers.def"
  };
  return names.at(static_cast<size_t>(rule));
}

DecayKind decay_of(EntrywiseRule rule) {
  static constexpr std::array kinds = {
#define TPC_ENTRYWISE(name, near_zero, at_infinity, decay, ...) DecayKind::decay,
#include "ir/core/optimizers.def"
  };
  return kinds.at(static_cast<size_t>(rule));
}

std::string_view name_of(const OptimizerSettings& settings) {
  static constexpr std::array descents = {
#define TPC_DESCENT(name, ...) std::string_view(#name),
#include "ir/core/optimizers.def"
  };
  static_assert(descents.size() == 1, "SgdSettings are those of one optimizer");
  return std::visit(Overloaded{[](const SgdSettings&) { return descents.front(); },
                               [](const EntrywiseSettings& entrywise) { return name_of(entrywise.rule); }},
                    settings);
}

}  // namespace tpc::ir
