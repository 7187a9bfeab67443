#include "passes/update/update.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ir/core/visit.h"
#include "passes/update/clip.h"
#include "passes/update/entrywise_rule.h"
#include "passes/update/faithful_scales.h"
#include "passes/update/lazy_rule.h"
#include "passes/update/learning_rate.h"
#include "passes/update/row_order.h"
#include "passes/update/sgd_rule.h"

namespace tpc::passes {

using ir::ValueId;
namespace tp = ir::tp;

namespace {

/// The examples of a batch: the module's first dimension whose size comes with the data.
ir::DimId batch_of(const tp::Module& module) {
  const auto found = std::ranges::find_if(module.dims, [](const ir::Dimension& dim) { return !dim.size; });
  TPC_CHECK(found != module.dims.end(), "a training step without a batch");
  return ir::DimId(static_cast<size_t>(found - module.dims.begin()));
}

/// Of the results the loss and the output stay.
void keep_loss(tp::Function& step) {
  std::erase_if(step.results, [](const ir::Result& result) {
    return result.name != ir::result_name::loss && result.name != ir::result_name::output;
  });
}

/// n^{-c} of the state.
ValueId width_factor(tp::Builder& builder, ir::StateId state) {
  return builder.insert(tp::WidthPower{-builder.module().state(state).c});
}

using Gradients = std::vector<std::pair<ir::StateId, ValueId>>;

/// One table's rows as they are visited, everything else at what it meets there; rows of other tables too are moved
/// once for every time they occur.
void write_in_order(tp::Builder& builder, const ir::SgdSettings& settings, ValueId learning_rate, Gradients trained) {
  keep_loss(builder.function());
  const auto table = std::ranges::find_if(
      trained, [&](const auto& each) { return builder.module().state(each.first).name == settings.ordered; });
  TPC_CHECK(table != trained.end(), "no gradient by the table that is trained in order");
  const auto rate_of = [&](ir::StateId state) {
    return update_rate(builder, settings, learning_rate, state, width_factor(builder, state));
  };
  auto parts = row_gradients(builder, table->first, table->second);
  TPC_CHECK(parts.has_value(), "a table that is trained in order is used otherwise than by rows");
  OrderedRows rows{*parts, {}};
  for (auto& [state, gradient] : trained) {
    if (state != table->first) rows.values.push_back(&gradient);
  }
  for (ir::Result& result : builder.function().results) rows.values.push_back(&result.value);
  const ValueId rate = rate_of(table->first);
  order_rows(builder, table->first, rate, settings.weight_decay, rows);
  write_ordered_update(builder, settings, rate, table->first, *parts);
  for (const auto& [state, gradient] : trained) {
    if (state == table->first) continue;
    builder.at(builder.module().state(state).span);
    if (const auto other = row_gradients(builder, state, gradient)) {
      write_ordered_update(builder, settings, rate_of(state), state, *other);
    } else {
      write_sgd_update(builder, settings, learning_rate, state, gradient, width_factor(builder, state));
    }
  }
}

tp::Function& begin_step(tp::Module& module) {
  tp::Function* step = module.find(ir::FunctionRole::gradient);
  TPC_CHECK(step != nullptr, "there is no function `gradient`: run autodiff before the optimizer");
  step->key = ir::FunctionRole::step;
  return *step;
}

/// The gradients by all trained states, added up and clipped as wanted.
Gradients trained_states(tp::Builder& builder, const ir::DescentSettings& settings) {
  const tp::Module& module = builder.module();
  Gradients trained;
  for (size_t i = 0; i < module.states.size(); ++i) {
    const ValueId gradient = builder.function().result(ir::result_name::gradient + module.states[i].name);
    if (gradient.valid()) trained.emplace_back(ir::StateId(i), gradient);
  }
  if (settings.adds_gradients) {  // the loss is the mean over the batch
    const ValueId count = builder.insert(ir::DimSize{batch_of(module)});
    for (auto& [state, gradient] : trained) gradient = builder.mul(count, gradient);
  }
  if (settings.clip) {
    const ValueId factor = clip_factor(builder, *settings.clip, trained);
    for (auto& [state, gradient] : trained) gradient = builder.mul(factor, gradient);
  }
  return trained;
}

}  // namespace

void add_sgd_step(tp::Module& module, const ir::SgdSettings& settings) {
  tp::Function& step = begin_step(module);
  tp::Builder builder(module, step);
  Gradients trained = trained_states(builder, settings);
  const ValueId learning_rate = write_learning_rate(builder, settings);
  if (!settings.ordered.empty()) return write_in_order(builder, settings, learning_rate, std::move(trained));
  for (const auto& [state, gradient] : trained) {
    builder.at(module.state(state).span);
    const ValueId factor = width_factor(builder, state);
    // Without decay and momentum rows that do not occur rest anyway.
    const bool rests = settings.lazy || (settings.weight_decay == 0.0 && settings.momentum == 0.0);
    const auto rows = rests ? row_gradients(builder, state, gradient) : std::nullopt;
    if (rows) {
      write_lazy_update(builder, settings, learning_rate, state, *rows, factor);
    } else {
      write_sgd_update(builder, settings, learning_rate, state, gradient, factor);
    }
  }
  keep_loss(step);
}

std::vector<SeenGradient> add_entrywise_step(tp::Module& module, const ir::EntrywiseSettings& settings) {
  choose_gradient_scales(module);
  tp::Function& step = begin_step(module);
  tp::Builder builder(module, step);
  const Gradients trained = trained_states(builder, settings);
  EntrywiseUpdates updates(builder, settings, write_learning_rate(builder, settings));
  std::vector<SeenGradient> seen;
  for (const auto& [state, gradient] : trained) {
    builder.at(module.state(state).span);
    seen.push_back({state, updates.write(state, gradient, width_factor(builder, state))});
  }
  keep_loss(step);
  return seen;
}

std::string clipping_fault(const tp::Module& module, const ir::OptimizerSettings& settings) {
  const bool clips = ir::descent(settings).clip.has_value();
  const tp::Function* gradient = module.find(ir::FunctionRole::gradient);
  if (!clips || gradient == nullptr) return {};
  for (const ir::State& state : module.states) {
    const ValueId value = gradient->result(ir::result_name::gradient + state.name);
    if (value.valid() && !is_clippable(*gradient, value)) {
      return "the gradient by `" + state.name + "` is not made of outer products and cannot be clipped";
    }
  }
  return {};
}

std::vector<SeenGradient> add_training_step(tp::Module& module, const ir::OptimizerSettings& settings) {
  return std::visit(
      ir::Overloaded{[&](const ir::SgdSettings& sgd) {
                       add_sgd_step(module, sgd);
                       return std::vector<SeenGradient>();
                     },
                     [&](const ir::EntrywiseSettings& entrywise) { return add_entrywise_step(module, entrywise); }},
      settings);
}

}  // namespace tpc::passes
