#include "passes/contractions/reassociate.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "ir/core/typing.h"
#include "passes/contractions/flops.h"
#include "passes/contractions/sum_of_products.h"
#include "passes/simplify/cse.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/rewriter.h"

namespace tpc::passes::contractions {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// By value: the instructions that use it; results count as the end of the body.
std::vector<std::vector<size_t>> find_users(const tp::Function& function) {
  std::vector<std::vector<size_t>> users(function.body.size());
  for (size_t i = 0; i < function.body.size(); ++i) {
    for (ValueId operand : ir::operands(function.body[i].op)) users[operand.index].push_back(i);
  }
  for (const ir::Result& result : function.results) users[result.value.index].push_back(function.body.size());
  return users;
}

/// Values to look through together: a sum or product that products with it are made of, and the parts of it that
/// nothing else needs.
class Candidates {
 public:
  explicit Candidates(const tp::Function& function) : function_(function), users_(find_users(function)) {}

  /// Empty: the value is no candidate.
  [[nodiscard]] std::vector<size_t> with_parts(size_t value) const {
    if (!is_transparent(function_.body[value].op) || !is_multiplied(value)) return {};
    std::vector<bool> inside(function_.body.size(), false);
    std::vector<size_t> parts;
    bool has_product = false;
    inside[value] = true;
    for (size_t i = value + 1; i-- > 0;) {
      if (!inside[i]) continue;
      parts.push_back(i);
      const tp::Op& op = function_.body[i].op;
      if (as_product(function_.body[i])) {
        has_product = true;
        continue;  // its operands are factors
      }
      for (ValueId part : ir::operands(op)) {
        if (is_transparent(function_.at(part).op) && only_used_by(part.index, inside)) inside[part.index] = true;
      }
    }
    return has_product ? parts : std::vector<size_t>{};
  }

  /// Of these values and of the products with them: more than that is not saved where they are looked through.
  [[nodiscard]] double cost(const tp::Module& module, const std::vector<size_t>& parts) const {
    std::set<size_t> concerned(parts.begin(), parts.end());
    for (size_t part : parts) {
      for (size_t user : users_[part]) {
        if (user < function_.body.size()) concerned.insert(user);
      }
    }
    double total = 0;
    for (size_t i : concerned) total += flops(module, function_, function_.body[i]);
    return total;
  }

 private:
  [[nodiscard]] bool is_multiplied(size_t value) const {
    if (users_[value].size() > 1) return true;
    return users_[value].size() == 1 && users_[value][0] < function_.body.size() &&
           as_product(function_.body[users_[value][0]]).has_value();
  }
  [[nodiscard]] bool only_used_by(size_t value, const std::vector<bool>& inside) const {
    for (size_t user : users_[value]) {
      if (user == function_.body.size() || !inside[user]) return false;
    }
    return true;
  }

  const tp::Function& function_;
  std::vector<std::vector<size_t>> users_;
};

tp::Function cleaned_up(tp::Module& module, tp::Function function) {
  eliminate_common_subexpressions(module, function);
  eliminate_dead_code(function);
  return function;
}

/// The function with products of the values in `open` multiplied out.
tp::Function rewritten(tp::Module& module, tp::Function function, const std::vector<bool>& open) {
  std::optional<SumOfProducts> sums;
  size_t index = 0;
  rewrite(module, function,
          [&](tp::Builder& builder, const tp::Op& op, const tp::Instruction& instruction) -> std::optional<ValueId> {
            if (!sums) sums.emplace(builder);
            const auto product = as_product({op, {}, {}, {}, instruction.scale});
            std::optional<ValueId> made;
            if (product && (sums->is_open(product->lhs) || sums->is_open(product->rhs))) {
              made = sums->product(*product, instruction.type.dims);
              if (builder.type(*made) != instruction.type) made.reset();
            }
            const ValueId value = made.value_or(ValueId(builder.function().body.size()));
            if (product && !made) sums->remember(*product, value);
            if (open[index++]) sums->open(value);
            return made;
          });
  return cleaned_up(module, std::move(function));
}

/// Values that are looked through or not, all of a candidate's parts together.
class Search {
 public:
  Search(tp::Module& module, const tp::Function& function)
      : module_(module), original_(cleaned_up(module, function)), best_(original_), lowest_(flops(module, best_)) {
    find_candidates();
  }

  [[nodiscard]] const tp::Function& best() const { return best_; }

  /// Tries every candidate once; whether one of them made the function cheaper.
  bool improve() {
    bool any = false;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      std::vector<bool> trial = open_;
      trial[i] = !trial[i];
      any = accept_if_cheaper(std::move(trial)) || any;
    }
    return any;
  }

 private:
  /// The dearest first: what the small ones are worth depends on whether those are formed.
  void find_candidates() {
    const Candidates candidates(original_);
    std::vector<std::pair<double, std::vector<size_t>>> found;
    for (size_t value = original_.body.size(); value-- > 0;) {
      std::vector<size_t> parts = candidates.with_parts(value);
      if (parts.empty()) continue;
      const double at_stake = candidates.cost(module_, parts);
      if (at_stake >= negligible * lowest_) found.emplace_back(at_stake, std::move(parts));
    }
    std::ranges::stable_sort(found, std::ranges::greater(), [](const auto& entry) { return entry.first; });
    for (auto& [at_stake, parts] : found) candidates_.push_back(std::move(parts));
    open_.resize(candidates_.size(), false);
  }

  bool accept_if_cheaper(std::vector<bool> trial) {
    std::vector<bool> open_values(original_.body.size(), false);
    for (size_t i = 0; i < trial.size(); ++i) {
      for (size_t part : candidates_[i]) open_values[part] = open_values[part] || trial[i];
    }
    const std::vector<ir::Dimension> dims = module_.dims;
    tp::Function attempt = rewritten(module_, original_, open_values);
    const double cost = flops(module_, attempt);
    if (cost >= lowest_) {
      module_.dims = dims;
      return false;
    }
    lowest_ = cost;
    open_ = std::move(trial);
    best_ = std::move(attempt);
    return true;
  }

  /// The part of a function's cost that is not worth a search.
  static constexpr double negligible = 1e-3;

  tp::Module& module_;
  const tp::Function original_;
  tp::Function best_;
  double lowest_;
  std::vector<std::vector<size_t>> candidates_;
  std::vector<bool> open_;
};

}  // namespace

void reassociate(tp::Module& module, tp::Function& function) {
  Search search(module, function);
  while (search.improve()) {
  }
  function = search.best();
}

}  // namespace tpc::passes::contractions
