#include "driver/report/page/examples.h"

#include <algorithm>
#include <numeric>

#include "fmt/format.h"

namespace tpc::driver::page {
namespace {

constexpr int64_t enough = 20;  // examples for a picture of one set

/// By what the examples of a set are sorted: a number each, the index of a class for rows of scores. Empty: by nothing.
std::vector<double> sort_keys(const LoadedSet& set, const std::string& target) {
  const LoadedField* field = target.empty() ? nullptr : set.field(target);
  if (field == nullptr || field->values.empty()) return {};
  const auto size = static_cast<size_t>(field->size);
  std::vector<double> keys;
  for (size_t i = 0; i < field->values.size(); i += size) {
    const auto first = field->values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = first + static_cast<std::ptrdiff_t>(size);
    keys.push_back(size == 1 ? *first : static_cast<double>(std::max_element(first, last) - first));
  }
  return keys;
}

/// The rows of a set in the order of their keys, at most so many, evenly.
std::vector<int64_t> sorted_rows(const LoadedSet& set, const std::vector<double>& keys, int64_t most) {
  std::vector<int64_t> rows(static_cast<size_t>(set.count));
  std::iota(rows.begin(), rows.end(), 0);
  if (!keys.empty()) std::ranges::stable_sort(rows, {}, [&](int64_t row) { return keys[static_cast<size_t>(row)]; });
  const auto count = static_cast<int64_t>(rows.size());
  if (count <= most) return rows;
  std::vector<int64_t> some;
  for (int64_t i = 0; i < most; ++i) some.push_back(rows[static_cast<size_t>(i * count / most)]);
  return some;
}

bool can_be_shown(const Session& session, const LoadedSet& set) {
  if (set.endless() || set.maker != nullptr || set.count == 0) return false;
  return std::ranges::all_of(session.program().inputs, [&](const std::string& input) {
    const LoadedField *own = set.field(input), *trained = session.plan.train->field(input);
    return own != nullptr && trained != nullptr && own->size == trained->size;
  });
}

/// Adds rows of one set to what is shown.
class Chooser {
 public:
  Chooser(const Session& session, ChosenExamples& chosen) : session_(session), chosen_(chosen) {
    chosen.set.name = "the examples shown";
    for (const std::string& input : session.program().inputs) {
      LoadedField field = *session.plan.train->field(input);
      field.values.clear();
      chosen.set.fields.push_back(std::move(field));
    }
  }

  void add(const LoadedSet& set, size_t first_point, int64_t most) {
    const sema::TrainPlan& settings = *session_.plan.settings;
    const std::vector<double> keys = sort_keys(set, settings.target_field);
    const std::vector<int64_t> rows = sorted_rows(set, keys, most);
    for (const int64_t row : rows) {
      for (LoadedField& field : chosen_.set.fields) {
        const LoadedField& from = *set.field(field.name);
        const auto begin = from.values.begin() + static_cast<std::ptrdiff_t>(row * from.size);
        field.values.insert(field.values.end(), begin, begin + static_cast<std::ptrdiff_t>(from.size));
      }
      chosen_.points.push_back(first_point + static_cast<size_t>(row));
      join(settings.classifies && !keys.empty() ? fmt::format("{:g}", keys[static_cast<size_t>(row)]) : set.name);
    }
    chosen_.set.count += static_cast<int64_t>(rows.size());
    chosen_.description += (chosen_.description.empty() ? "" : ", ") +
                           (static_cast<int64_t>(rows.size()) == set.count
                                ? fmt::format("the {} examples of {}", set.count, set.name)
                                : fmt::format("{} of the {} examples of {}", rows.size(), set.count, set.name));
    sorted_ = sorted_ || !keys.empty();
  }

  void finish() {
    if (sorted_) chosen_.description += ", sorted by " + session_.plan.settings->target_field;
  }

 private:
  void join(const std::string& group) {
    if (chosen_.groups.empty() || chosen_.groups.back().name != group) chosen_.groups.push_back({group, 0});
    ++chosen_.groups.back().count;
  }

  const Session& session_;
  ChosenExamples& chosen_;
  bool sorted_ = false;
};

}  // namespace

std::vector<const LoadedSet*> shown_sets(const Session& session) {
  std::vector<const LoadedSet*> sets = {session.plan.train};
  for (const TrainingPlan::Observed& item : session.plan.predicted) {
    if (std::ranges::find(sets, item.set) == sets.end()) sets.push_back(item.set);
  }
  return sets;
}

ChosenExamples choose_examples(const Session& session) {
  ChosenExamples chosen;
  const std::vector<const LoadedSet*> sets = shown_sets(session);
  if (!std::ranges::all_of(sets, [&](const LoadedSet* set) { return can_be_shown(session, *set); })) return chosen;
  const auto held_out = std::ranges::find_if(
      sets, [&](const LoadedSet* set) { return set != session.plan.train && set->count >= enough; });
  Chooser chooser(session, chosen);
  size_t first_point = 0;
  for (auto set = sets.begin(); set != sets.end(); ++set) {
    const bool alone = held_out != sets.end();
    const auto most = alone ? most_shown_examples : most_shown_examples / static_cast<int64_t>(sets.size());
    if (!alone || set == held_out) chooser.add(**set, first_point, most);
    first_point += static_cast<size_t>((*set)->count);
  }
  chooser.finish();
  return chosen;
}

}  // namespace tpc::driver::page
