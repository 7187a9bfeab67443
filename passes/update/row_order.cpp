#include "passes/update/row_order.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/diag/check.h"
#include "ir/core/fields.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/typing.h"
#include "passes/update/row_visits.h"
#include "passes/update/substitution.h"

namespace tpc::passes {

using ir::DimId;
using ir::Kind;
using ir::PrimitiveForm;
using ir::StateId;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// Above this many visits the numbers of all pairs of them are no longer few.
constexpr size_t most_visits = 128;

bool reads(const tp::Function& function, ValueId id, StateId state) {
  const auto* read = std::get_if<ir::Read>(&function.at(id).op);
  return read != nullptr && read->state == state;
}

/// The places where rows of the table are picked, in order.
std::vector<ValueId> picks_of(const tp::Function& function, StateId table) {
  std::vector<ValueId> picks;
  for (size_t i = 0; i < function.body.size(); ++i) {
    const auto* rows = std::get_if<ir::Gather>(&function.body[i].op);
    if (rows != nullptr && reads(function, rows->table, table)) picks.emplace_back(i);
  }
  return picks;
}

/// The other factor of an inner product with these rows; invalid: it is none.
ValueId partner(const tp::Op& op, ValueId rows) {
  const auto* moment = std::get_if<tp::Moment>(&op);
  if (moment == nullptr || !moment->over.empty() || !moment->rhs.valid()) return {};
  if (moment->lhs == rows && moment->rhs != rows) return moment->rhs;
  return moment->rhs == rows && moment->lhs != rows ? moment->lhs : ValueId();
}

/// Rows picked by one list of indices, the vectors x they are multiplied with, and the inner products s.
struct RowList {
  ValueId rows, index, vector, score;
};

class Ordering {
 public:
  Ordering(tp::Builder& builder, StateId table, ValueId rate, double decay, OrderedRows& wanted)
      : build_(builder), table_(table), rate_(rate), wanted_(wanted) {
    if (decay != 0.0) shrinkage_ = build_.mul(build_.constant(decay), rate_);
    find_lists();
  }

  void run() {
    const size_t end = build_.function().body.size();
    met_.assign(lists_.size(), {build_.constant(1), {}});
    left_.resize(lists_.size());
    for (const RowVisit& each : row_visits(build_.module(), index_types())) visit(each, end);
    finish(end);
  }

 private:
  tp::Function& function() { return build_.function(); }

  /// The lists in the order of the program, with the parts of the gradient in the same order.
  void find_lists() {
    std::vector<RowGradient> ordered;
    for (ValueId rows : picks_of(function(), table_)) {
      const auto pick = std::get<ir::Gather>(function().at(rows).op);
      for (size_t i = 0; i < function().body.size(); ++i) {
        const ValueId vector = partner(function().body[i].op, rows);
        if (!vector.valid()) continue;
        const auto part = std::ranges::find_if(wanted_.parts, [&](const RowGradient& each) {
          return each.index == pick.index && each.dim == pick.dim && factors_of(each.value).vector == vector;
        });
        if (part == wanted_.parts.end()) continue;  // what an adjoint is made of, or a score without a gradient
        lists_.push_back({rows, pick.index, vector, ValueId(i)});
        ordered.push_back(*part);
        wanted_.parts.erase(part);
      }
    }
    TPC_CHECK(wanted_.parts.empty(), "rows of a table that are trained in order have another gradient");
    wanted_.parts = std::move(ordered);
    for (size_t i = 0; i < lists_.size(); ++i) slopes_.push_back(slope_of(wanted_.parts[i]));
  }

  struct Factors {
    ValueId vector, number;  ///< number invalid: 1
  };
  /// A row of the gradient as a number times a vector.
  Factors factors_of(ValueId value) {
    const auto* map = std::get_if<ir::Map>(&function().at(value).op);
    if (map == nullptr || ir::form_of(map->primitive) != PrimitiveForm::product) return {value, {}};
    const ValueId first = map->arguments.front(), last = map->arguments.back();
    const bool vector_first = build_.type(first).kind == Kind::vector;
    if (vector_first && build_.type(last).kind == Kind::vector) return {value, {}};
    const Factors inner = factors_of(vector_first ? first : last);
    const ValueId number = vector_first ? last : first;
    return {inner.vector, inner.number.valid() ? build_.mul(number, inner.number) : number};
  }
  /// dloss/ds at every place of the list.
  ValueId slope_of(const RowGradient& part) {
    const ValueId number = factors_of(part.value).number;
    TPC_CHECK(number.valid(), "a gradient by rows that does not depend on the loss");
    return part.coefficient.valid() ? build_.mul(part.coefficient, number) : number;
  }

  std::vector<ir::Type> index_types() {
    std::vector<ir::Type> types;
    for (const RowList& list : lists_) types.push_back(build_.type(list.index));
    return types;
  }

  // ---- the visits ----

  /// What the visits to one list have met so far, along the list: D, and K for each of the vectors.
  struct Met {
    ValueId share;
    std::map<ValueId, ValueId> multiples;  ///< by vector
  };

  /// <x, y>; symmetric.
  ValueId product(ValueId x, ValueId y) {
    const auto key = std::minmax(x, y);
    auto [entry, is_new] = products_.try_emplace(key, ValueId());
    if (is_new) entry->second = build_.insert(tp::Moment{key.first, key.second, {}});
    return entry->second;
  }

  /// s = D <w, x> + sum_y K_y <y, x>.
  std::map<ValueId, ValueId> present_scores() {
    std::map<ValueId, ValueId> images;
    for (size_t i = 0; i < lists_.size(); ++i) {
      ValueId sum = build_.mul(met_[i].share, lists_[i].score);
      for (const auto& [vector, multiple] : met_[i].multiples) {
        sum = build_.add(sum, build_.mul(multiple, product(vector, lists_[i].vector)));
      }
      images[lists_[i].score] = sum;
    }
    return images;
  }

  void visit(const RowVisit& visit, size_t end) {
    Substitution at_present(build_, present_scores(), end);
    const ValueId slope = at_visit(build_, at_present.image(slopes_[visit.list]), visit);
    const ValueId step = build_.neg(build_.mul(rate_, slope));
    const ValueId row = at_visit(build_, lists_[visit.list].index, visit);
    const ValueId mark = mark_of(build_, visit);
    if (mark.valid()) {  // the places that are left of its own list
      ValueId& left = left_[visit.list];
      left = build_.sub(left.valid() ? left : build_.constant(1), mark);
    }
    for (size_t list = visit.list; list < lists_.size(); ++list) {
      const bool own = list == visit.list;
      if (own && !mark.valid()) continue;
      ValueId same = same_row(build_, row, lists_[list].index);
      if (own) same = build_.mul(left_[list], same);
      meet(list, same, build_.mul(same, step), lists_[visit.list].vector);
    }
  }

  /// Of the later visits to the list those that are to the `same` row: it has shrunk, and moved along the vector.
  void meet(size_t list, ValueId same, ValueId step, ValueId vector) {
    Met& met = met_[list];
    if (shrinkage_.valid()) {
      const ValueId kept = build_.sub(build_.constant(1), build_.mul(shrinkage_, same));
      met.share = build_.mul(kept, met.share);
      for (auto& [other, multiple] : met.multiples) multiple = build_.mul(kept, multiple);
    }
    ValueId& multiple = met.multiples[vector];
    multiple = multiple.valid() ? build_.add(multiple, step) : step;
  }

  /// Everything that follows from the rows, at the rows as they were visited.
  void finish(size_t end) {
    std::map<ValueId, RowSum> rows;
    for (size_t i = 0; i < lists_.size(); ++i) {
      RowSum& sum = rows[lists_[i].rows];
      sum.terms = {{lists_[i].rows, met_[i].share}};
      for (const auto& [vector, multiple] : met_[i].multiples) sum.terms.push_back({vector, multiple});
    }
    Substitution visited(build_, present_scores(), end, std::move(rows));
    for (size_t list = 0; list < lists_.size(); ++list) {
      RowGradient& part = wanted_.parts[list];
      part.coefficient = {};
      part.value = build_.mul(visited.image(slopes_[list]), lists_[list].vector);
    }
    for (ValueId* value : wanted_.values) *value = visited.image(*value);
  }

  tp::Builder& build_;
  StateId table_;
  ValueId rate_, shrinkage_;
  OrderedRows& wanted_;
  std::vector<RowList> lists_;
  std::vector<ValueId> slopes_;  ///< by list
  std::vector<Met> met_;         ///< by list
  std::vector<ValueId> left_;    ///< by list: 1 at the places not visited yet; invalid: none was
  std::map<std::pair<ValueId, ValueId>, ValueId> products_;
};

}  // namespace

std::string row_order_fault(const tp::Module& module, StateId table) {
  const tp::Function* loss = module.find(ir::FunctionRole::loss);
  if (loss == nullptr) return "there is no loss";
  std::vector<bool> made_of_rows(loss->body.size(), false);
  size_t visits = 0;
  for (size_t i = 0; i < loss->body.size(); ++i) {
    const tp::Op& op = loss->body[i].op;
    const auto* pick = std::get_if<ir::Gather>(&op);
    const bool picks = pick != nullptr && reads(*loss, pick->table, table);
    if (picks) {
      made_of_rows[i] = true;
      visits += row_visits(module, {loss->type(pick->index)}).size();
      continue;
    }
    for (ValueId operand : ir::operands(op)) {
      if (reads(*loss, operand, table)) return "it is used as a whole, not by rows alone";
      const auto* rows = std::get_if<ir::Gather>(&loss->at(operand).op);
      const bool is_row = rows != nullptr && reads(*loss, rows->table, table);
      const ValueId vector = is_row ? partner(op, operand) : ValueId();
      if (is_row && !vector.valid()) return "its rows are used otherwise than in inner products (`W[word] @ h`)";
      if (is_row && made_of_rows[vector.index]) return "its rows are multiplied with what is made of its rows";
      made_of_rows[i] = made_of_rows[i] || made_of_rows[operand.index];
    }
  }
  if (visits == 0) return "the loss reads no rows of it";
  if (visits > most_visits) {
    return std::to_string(visits) + " rows of it are read for an example, at most " + std::to_string(most_visits) +
           " can be trained in order";
  }
  return {};
}

void order_rows(tp::Builder& builder, StateId table, ValueId rate, double decay, OrderedRows rows) {
  Ordering(builder, table, rate, decay, rows).run();
}

ValueId later_shrinkage(tp::Builder& builder, const std::vector<RowGradient>& parts, size_t number, ValueId shrinkage) {
  const ValueId own = parts[number].index;
  ValueId product = builder.constant(1);
  ValueId before;  // 1 at the places before the visit
  std::vector<ir::Type> types;
  for (const RowGradient& part : parts) types.push_back(builder.type(part.index));
  for (const RowVisit& visit : row_visits(builder.module(), types)) {
    if (visit.list < number) continue;
    const ValueId mark = visit.list == number ? mark_of(builder, visit) : ValueId();
    const bool first_of_own = visit.list == number && !before.valid();
    if (!first_of_own) {
      ValueId same = same_row(builder, at_visit(builder, parts[visit.list].index, visit), own);
      if (visit.list == number) same = builder.mul(before, same);
      product = builder.mul(product, builder.sub(builder.constant(1), builder.mul(shrinkage, same)));
    }
    if (mark.valid()) before = before.valid() ? builder.add(before, mark) : mark;
  }
  return product;
}

}  // namespace tpc::passes
