#include "runtime/state/context.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "runtime/support/failure.h"

using tpc::runtime::fail;
using tpc::runtime::require;

double* tp_context::scalars(std::uint32_t slot, std::int64_t count) {
  require(slot < 1u << 20 && count >= 0, "a compiled function asks for an impossible scratch slot");
  if (slot >= scalar_slots_.size()) scalar_slots_.resize(slot + 1);
  return scalar_slots_[slot].reserve(std::max<std::size_t>(1, static_cast<std::size_t>(count)));
}

const double* tp_context::state_scalars(std::uint32_t state) {
  require_state(state, TP_STATE_SCALAR);
  return scalar_states_[state].value.data();
}

void tp_context::write_scalars(std::uint32_t state, const double* value) {
  require_state(state, TP_STATE_SCALAR);
  require_training();
  ScalarState& target = scalar_states_[state];
  for (std::size_t i = 0; i < target.next.size(); ++i) {
    if (!std::isfinite(value[i])) {
      fail(TP_NOT_FINITE, std::string("the parameter ") + model_->states[state].name + " became infinite or undefined");
    }
    target.next[i] = value[i];
  }
  target.written = true;
}

void tp_context::normal_rule(std::size_t count, bool weights, double* out) {
  auto rule = rules_.find(count);
  if (rule == rules_.end()) rule = rules_.emplace(count, tpc::runtime::normal_rule(count)).first;
  std::ranges::copy(weights ? rule->second.weights : rule->second.nodes, out);
}

void tp_context::for_samples(tp_kernel kernel, const void* arguments, double* partials, std::size_t count,
                             std::size_t least_block) {
  const std::size_t length = space_->kernel_block(least_block);
  const std::size_t blocks = space_->block_count(length);
  // Blocks write to cache lines of their own.
  const std::size_t stride = (count + 7) / 8 * 8;
  double* sums = partials_.reserve(std::max<std::size_t>(1, blocks * stride));
  tpc::runtime::for_blocks(*space_, length, [&](std::size_t block, std::size_t begin, std::size_t end) {
    std::fill_n(sums + block * stride, count, 0.0);
    kernel(arguments, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end), sums + block * stride);
  });
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0.0;
    for (std::size_t block = 0; block < blocks; ++block) sum += sums[block * stride + i];
    partials[i] = sum;
  }
}

void tp_context::when_successful(tp_kernel kernel, const void* arguments, std::size_t count) {
  require_training();
  if (sample_change_count_ == sample_changes_.size()) sample_changes_.emplace_back();
  SampleChange& change = sample_changes_[sample_change_count_];
  const auto* slots = static_cast<const std::uint64_t*>(arguments);
  change.kernel = kernel;
  change.arguments.assign(slots, slots + count);
  change.block_done.assign(space_->block_count(space_->kernel_block()), 0);
  ++sample_change_count_;
}

void tp_context::add_numbers(std::uint32_t state, const double* places, const double* values, std::size_t count) {
  require_state(state, TP_STATE_SCALAR);
  require_training();
  const auto numbers = static_cast<double>(scalar_states_[state].value.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (places[i] < 0.0) continue;
    require(places[i] < numbers, "a compiled function adds to a number that a state does not have");
    if (!std::isfinite(values[i])) {
      fail(TP_NOT_FINITE, std::string("the parameter ") + model_->states[state].name + " became infinite or undefined");
    }
    number_changes_.push_back({state, static_cast<std::size_t>(places[i]), values[i]});
  }
}

void tp_context::make_changes() noexcept {
  for (std::size_t i = 0; i < sample_change_count_; ++i) make_change(sample_changes_[i]);
  for (const NumberChange& change : number_changes_) scalar_states_[change.state].value[change.place] += change.value;
  forget_changes();
}

/// Each block once, whatever happens: those that the scheduler has no memory for are done by this thread.
void tp_context::make_change(SampleChange& change) noexcept {
  const std::size_t length = space_->kernel_block();
  const auto block_of = [&](std::size_t block, std::size_t begin, std::size_t end) {
    double none = 0.0;
    change.kernel(change.arguments.data(), static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end), &none);
    change.block_done[block] = 1;
  };
  try {
    tpc::runtime::for_blocks(*space_, length, block_of);
  } catch (const std::bad_alloc&) {
    for (std::size_t block = 0; block < change.block_done.size(); ++block) {
      if (change.block_done[block] != 0) continue;
      block_of(block, block * length, std::min(space_->count, (block + 1) * length));
    }
  }
}

void tp_context::forget_changes() noexcept {
  sample_change_count_ = 0;
  number_changes_.clear();
}

const tp_state_descriptor& tp_context::require_state(std::uint32_t state, std::uint32_t kind) const {
  require(state < model_->state_count && model_->states[state].kind == kind,
          "a compiled function uses a state that is not of its kind");
  return model_->states[state];
}

void tp_context::require_training() const {
  require(trains_, "a compiled function that does not train changes a state");
}

void tp_context::commit_scalars() {
  for (ScalarState& state : scalar_states_) {
    if (state.written) state.value.swap(state.next);
    state.written = false;
  }
}

void tp_context::forget_scalars() {
  for (ScalarState& state : scalar_states_) state.written = false;
}
