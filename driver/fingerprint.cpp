#include "driver/fingerprint.h"

#include <algorithm>
#include <bit>
#include <concepts>

#include "base/fnv_hash.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// Of values one after the other; texts with their lengths, so that none runs into the next.
class Hash {
 public:
  void add(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    hash_.add_bytes(text);
  }
  void add(std::integral auto number) {
    for (int byte = 0; byte < 8; ++byte)
      hash_.add(static_cast<unsigned char>(static_cast<uint64_t>(number) >> 8 * byte));
  }
  void add(double number) { add(std::bit_cast<uint64_t>(number)); }
  [[nodiscard]] uint64_t value() const { return hash_.value(); }

 private:
  FnvHash hash_;
};

/// Of examples that are made, the first ones.
void add_set(Hash& hash, const LoadedSet& set) {
  constexpr int64_t made = 16;
  hash.add(set.name);
  hash.add(set.count);
  const Batch examples = set.slice(0, set.maker ? std::min(made, set.count) : set.count);
  for (const auto& [name, values] : examples.fields) {
    hash.add(name);
    hash.add(values.size());
    for (const double value : values) hash.add(value);
  }
}

void add_plan(Hash& hash, const TrainingPlan& plan) {
  hash.add(plan.steps);
  hash.add(plan.batch);
  hash.add(plan.settings->shuffle_seed.has_value());
  hash.add(plan.settings->shuffle_seed.value_or(0));
  for (const int64_t step : plan.recorded) hash.add(step);
  for (const auto* group : {&plan.predicted, &plan.observed}) {
    for (const TrainingPlan::Observed& item : *group) hash.add(item.name);
  }
}

}  // namespace

std::string run_fingerprint(const Session& session, const Options& options) {
  Hash hash;
  hash.add(ir::limit::print(*session.compilation->limit));
  add_plan(hash, session.plan);
  for (const LoadedSet& set : session.sets) add_set(hash, set);
  hash.add(options.precision);
  hash.add(options.rotate_to_data);
  hash.add(options.tolerance.value_or(-1.0));
  return fmt::format("{:016x}", hash.value());
}

}  // namespace tpc::driver
