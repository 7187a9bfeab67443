/**
 * \file A compiled model as a C++ object (C++17, header only): it owns the state, takes and gives vectors of doubles,
 * and fails by exceptions with the message of tp_last_error. Of any model, by the descriptor in its header:
 *
 *   #include "mlp.h"            // tpc compile mlp.tp -o mlp.o --header mlp.h
 *   #include "tpc/model.hpp"
 *   tpc::Model network(mlp_model);
 *   double loss = network.step({{"x", x}, {"y", y}});
 *   tpc::Estimate outputs = network.predict({{"x", x_test}});
 *
 * Fields are named as in the program; their arrays are row-major, [sizes that come with the data, fixed dimensions], in
 * the units of the data. Sizes are taken from the lengths of the arrays; where those do not tell, by name.
 */
#ifndef TPC_MODEL_HPP
#define TPC_MODEL_HPP

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tpc/runtime.h"

namespace tpc {

/// What went wrong in a call; the object is as before it.
class Error : public std::runtime_error {
 public:
  Error(std::int32_t status, const std::string& message) : std::runtime_error(message), status_(status) {}
  /// A tp_status.
  [[nodiscard]] std::int32_t status() const { return status_; }

 private:
  std::int32_t status_;
};

/// Mean and standard error over replicas (nan with one), of the shape that the model's header says.
struct Estimate {
  std::vector<double> mean, error;
};

/// The numbers of a data field: any contiguous container of doubles, which must outlive the call.
struct Field {
  template <class Numbers>
  Field(std::string_view field, const Numbers& numbers)
      : name(field), values(std::data(numbers)), count(std::size(numbers)) {}
  std::string_view name;
  const double* values;
  std::size_t count;
};

/// The size of a dimension that comes with the data.
struct Size {
  std::string_view dimension;
  std::int64_t size;
};

namespace detail {

inline void check(std::int32_t status) {
  if (status != TP_OK) throw Error(status, tp_last_error());
}

inline std::size_t numbers(std::uint64_t size, const std::uint32_t* extents, std::uint32_t count,
                           const std::vector<std::int64_t>& sizes) {
  std::size_t product = size;
  for (std::uint32_t i = 0; i < count; ++i) product *= static_cast<std::size_t>(sizes[extents[i]]);
  return product;
}

/// The tables that tp_step, tp_predict and tp_observe take.
class CallData {
 public:
  CallData(const tp_model_descriptor& model, const std::vector<Field>& fields, const std::vector<Size>& sizes)
      : model_(model), data_count_(data_count(model)), fields_(model.field_count), sizes_(model.extent_count, unknown) {
    for (const Size& size : sizes) sizes_[index_of(model.extents, model.extent_count, size.dimension)] = size.size;
    for (const Field& field : fields) {
      fields_[index_of(model.fields, data_count_, field.name)] = field.values;
    }
    // A field tells a size once all its others are known: as many rounds as there are sizes suffice.
    for (std::uint32_t round = 0; round < model.extent_count; ++round) {
      for (const Field& field : fields) deduce(field);
    }
    for (const Field& field : fields) check_count(field);
    for (std::uint32_t i = 0; i < model.extent_count; ++i) {
      const std::uint32_t twin_of = model.extents[i].twin_of;
      if (sizes_[i] == unknown && twin_of != 0) sizes_[i] = sizes_[twin_of - 1];
    }
  }
  [[nodiscard]] const double* const* fields() const { return fields_.data(); }
  [[nodiscard]] const std::int64_t* extents() const { return sizes_.data(); }
  /// How many points a function of pairs of them is given.
  [[nodiscard]] std::size_t points(const tp_function_descriptor& function) const {
    const std::uint32_t place = points_of(model_, function);
    require_size(place);
    return static_cast<std::size_t>(sizes_[place]);
  }
  static constexpr std::uint32_t none = UINT32_MAX;
  /// The dimension that counts the points; none: it is no function of pairs.
  static std::uint32_t points_of(const tp_model_descriptor& model, const tp_function_descriptor& function) {
    for (std::uint32_t i = 0; i < function.extent_count; ++i) {
      const std::uint32_t twin_of = model.extents[function.extents[i]].twin_of;
      if (twin_of != 0) return twin_of - 1;
    }
    return none;
  }
  /// Numbers in result 0 of a function.
  [[nodiscard]] std::size_t result_size(const tp_function_descriptor& function) const {
    for (std::uint32_t i = 0; i < function.extent_count; ++i) require_size(function.extents[i]);
    const tp_result_descriptor& result = function.results[0];
    return numbers(result.size, result.extents, result.extent_count, sizes_);
  }

 private:
  static constexpr std::int64_t unknown = -1;

  void require_size(std::uint32_t place) const {
    if (sizes_[place] != unknown) return;
    throw Error(TP_INVALID_ARGUMENT, std::string("the fields do not tell the size of ") + model_.extents[place].name +
                                         "; it has to be given");
  }

  /// The model's first fields are data; what sets the learning rate has the last one.
  static std::uint32_t data_count(const tp_model_descriptor& model) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < model.function_count; ++i) {
      const tp_function_descriptor& function = model.functions[i];
      for (std::uint32_t j = 0; function.role != TP_FUNCTION_SET_RATE && j < function.field_count; ++j) {
        count = function.fields[j] < count ? count : function.fields[j] + 1;
      }
    }
    return count;
  }
  template <class Descriptor>
  static std::uint32_t index_of(const Descriptor* all, std::uint32_t count, std::string_view name) {
    std::string names;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (name == all[i].name) return i;
      if (all[i].twin_of == 0) names += std::string(names.empty() ? "" : ", ") + all[i].name;
    }
    throw Error(TP_INVALID_ARGUMENT, "the model knows no " + std::string(name) + "; it knows " + names);
  }
  [[nodiscard]] const tp_field_descriptor& described(const Field& field) const {
    return model_.fields[index_of(model_.fields, data_count_, field.name)];
  }
  void deduce(const Field& field) {
    const tp_field_descriptor& wanted = described(field);
    std::size_t known = wanted.size;
    std::int64_t* missing = nullptr;
    for (std::uint32_t i = 0; i < wanted.extent_count; ++i) {
      std::int64_t& size = sizes_[wanted.extents[i]];
      if (size != unknown) {
        known *= static_cast<std::size_t>(size);
      } else if (missing == nullptr) {
        missing = &size;
      } else {
        return;
      }
    }
    if (missing != nullptr && known != 0) *missing = static_cast<std::int64_t>(field.count / known);
  }
  void check_count(const Field& field) const {
    const tp_field_descriptor& wanted = described(field);
    const std::size_t count = numbers(wanted.size, wanted.extents, wanted.extent_count, sizes_);
    if (count == field.count) return;
    throw Error(TP_INVALID_ARGUMENT, "the field " + std::string(field.name) + " has " + std::to_string(field.count) +
                                         " numbers, which the sizes of its dimensions do not give");
  }

  const tp_model_descriptor& model_;
  std::uint32_t data_count_;
  std::vector<const double*> fields_;
  std::vector<std::int64_t> sizes_;
};

}  // namespace detail

/// A network in training. Moved, not copied; one thread at a time, but for const functions.
class Model {
 public:
  static tp_options default_options() {
    tp_options options;
    tp_default_options(&options);
    return options;
  }
  /// Draws the initial state. The descriptor is that of a compiled model and outlives the object, as what options name.
  explicit Model(const tp_model_descriptor& model, const tp_options& options = default_options())
      : model_(&model), options_(options) {
    tp_state* state = nullptr;
    detail::check(tp_create(model_, &options, &state));
    state_.reset(state);
  }
  /// Continues from what `save` wrote, bit by bit.
  static Model load(const tp_model_descriptor& model, const std::string& path) {
    tp_state* state = nullptr;
    detail::check(tp_load(&model, path.c_str(), &state));
    return Model(model, state);
  }
  void save(const std::string& path) const { detail::check(tp_save(get(), path.c_str())); }

  /// One training step; the loss of its batch before it.
  double step(const std::vector<Field>& fields, const std::vector<Size>& sizes = {}) {
    const detail::CallData data(*model_, fields, sizes);
    double loss = 0.0;
    detail::check(tp_step(get(), data.fields(), data.extents(), &loss));
    return loss;
  }
  [[nodiscard]] Estimate predict(const std::vector<Field>& fields, const std::vector<Size>& sizes = {}) const {
    const detail::CallData data(*model_, fields, sizes);
    Estimate result = room(data, function(TP_FUNCTION_PREDICT, 0));
    detail::check(tp_predict(get(), data.fields(), data.extents(), result.mean.data(), result.error.data()));
    return result;
  }
  /// What the program observes under this title, "gram(z2)". Kernel regime: of all pairs of the points.
  [[nodiscard]] Estimate observe(const std::string& title, const std::vector<Field>& fields,
                                 const std::vector<Size>& sizes = {}) const {
    std::uint32_t index = 0;
    detail::check(tp_find_observation(model_, title.c_str(), &index));
    const tp_function_descriptor& observed = function(TP_FUNCTION_OBSERVE, index);
    if (detail::CallData::points_of(*model_, observed) != detail::CallData::none) {
      return pairs(observed, fields, {}, sizes).front();
    }
    const detail::CallData data(*model_, fields, sizes);
    Estimate result = room(data, observed);
    detail::check(tp_observe(get(), index, data.fields(), data.extents(), result.mean.data(), result.error.data()));
    return result;
  }
  /// The titles that `observe` takes.
  [[nodiscard]] std::vector<std::string> observations() const {
    std::vector<std::string> titles;
    for (std::uint32_t i = 0; i < model_->function_count; ++i) {
      if (model_->functions[i].title != nullptr) titles.emplace_back(model_->functions[i].title);
    }
    return titles;
  }

  /// Kernel regime: the neural tangent kernel at initialisation, [points, points]; with `others`, fields too, [points,
  /// other points].
  [[nodiscard]] Estimate kernel(const std::vector<Field>& fields, const std::vector<Field>& others = {}) const {
    return pairs(function(TP_FUNCTION_KERNEL, 0), fields, others, {})[0];
  }
  /// Kernel regime: the covariance of the initial function, as `kernel`.
  [[nodiscard]] Estimate nngp(const std::vector<Field>& fields, const std::vector<Field>& others = {}) const {
    return pairs(function(TP_FUNCTION_KERNEL, 0), fields, others, {})[1];
  }

  /// Of the next step.
  [[nodiscard]] double learning_rate() const {
    double rate = 0.0;
    detail::check(tp_learning_rate(get(), &rate));
    return rate;
  }
  /// tp_set_learning_rate: a schedule goes on in proportion.
  void set_learning_rate(double rate) { detail::check(tp_set_learning_rate(get(), rate)); }

  /// For the other functions of tpc/runtime.h.
  [[nodiscard]] tp_state* get() const { return state_.get(); }

 private:
  struct Destroy {
    void operator()(tp_state* state) const { tp_destroy(state); }
  };

  Model(const tp_model_descriptor& model, tp_state* state)
      : model_(&model), options_(default_options()), state_(state) {}

  [[nodiscard]] const tp_function_descriptor& function(tp_function_role role, std::uint32_t index) const {
    for (std::uint32_t i = 0; i < model_->function_count; ++i) {
      const tp_function_descriptor& each = model_->functions[i];
      if (each.role == static_cast<std::uint32_t>(role) && each.index == index && each.result_count > 0) return each;
    }
    throw Error(TP_INVALID_ARGUMENT, std::string("the model ") + model_->name + " has no such function");
  }
  static Estimate room(const detail::CallData& data, const tp_function_descriptor& function) {
    const std::size_t count = data.result_size(function);
    return {std::vector<double>(count), std::vector<double>(count)};
  }
  /// All results of a function of pairs of points.
  [[nodiscard]] std::vector<Estimate> pairs(const tp_function_descriptor& function, const std::vector<Field>& fields,
                                            const std::vector<Field>& others, const std::vector<Size>& sizes) const {
    const detail::CallData data(*model_, fields, sizes), other_data(*model_, others.empty() ? fields : others, sizes);
    tp_pairs points{};
    points.size = sizeof points;
    points.fields = data.fields();
    points.count = data.points(function);
    points.other_fields = other_data.fields();
    points.other_count = others.empty() ? 0 : other_data.points(function);
    points.extents = data.extents();
    std::vector<Estimate> results;
    std::vector<double*> means, errors;
    for (std::uint32_t i = 0; i < function.result_count; ++i) {
      const std::size_t count = points.count * other_data.points(function) * function.results[i].size;
      results.push_back({std::vector<double>(count), std::vector<double>(count)});
      means.push_back(results.back().mean.data());
      errors.push_back(results.back().error.data());
    }
    const auto index = static_cast<std::uint32_t>(&function - model_->functions);
    detail::check(tp_evaluate_pairs(model_, &options_, index, &points, means.data(), errors.data(), nullptr));
    return results;
  }

  const tp_model_descriptor* model_;
  tp_options options_;
  std::unique_ptr<tp_state, Destroy> state_;
};

}  // namespace tpc

#endif
