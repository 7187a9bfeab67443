#include "frontend/sema/train.h"

#include "frontend/sema/builtins.h"
#include "frontend/sema/choices.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/data_sources.h"
#include "frontend/sema/loss.h"
#include "frontend/sema/network.h"
#include "frontend/sema/optimizer.h"

namespace tpc::sema {
namespace {

using diag::Kind;

class TrainChecker {
 public:
  TrainChecker(Checker& checker, const ast::Train& train) : checker_(checker), train_(train) {}

  void check() {
    collect_settings();
    check_data();
    check_loss();
    check_duration();
    check_batch();
    check_optimizer();
    check_reduction();
    plan_.span = train_.span;
    checker_.program.train = plan_;
  }

 private:
  void collect_settings();
  void check_data();
  void check_loss();
  void check_optimizer();
  void check_batch();
  void check_reduction();
  void check_shuffle(const ast::Expression* seed);
  void check_batch_size(const ast::Expression& value);
  void override_batch();
  void check_duration();
  /// The value of a setting; null (reported if `required`) if it is not there.
  const ast::Setting* setting(const std::string& key, bool required);

  Checker& checker_;
  const ast::Train& train_;
  std::map<std::string, const ast::Setting*> settings_;
  const DataSet* data_set_ = nullptr;
  TrainPlan plan_;
};

void TrainChecker::collect_settings() {
  const std::vector<std::string> keys = {"data", "loss", "optimizer", "batch", "reduce", "steps", "epochs"};
  for (const ast::Setting& setting : train_.settings) {
    if (std::find(keys.begin(), keys.end(), setting.key.text) == keys.end()) {
      checker_.report_unknown_choice("training setting", setting.key, keys);
      continue;
    }
    auto [first, inserted] = settings_.emplace(setting.key.text, &setting);
    if (inserted) {
      if (setting.modifier != nullptr && setting.key.text != "batch") {
        checker_.report_unknown_choice("addition", head_of(*setting.modifier), {"nothing"});
      }
      continue;
    }
    checker_.diagnostics
        .report(Kind::repeated_declaration, setting.key.span, {{"what", "the setting `" + setting.key.text + "`"}})
        .note("first given here", first->second->key.span);
  }
}

const ast::Setting* TrainChecker::setting(const std::string& key, bool required_here) {
  auto found = settings_.find(key);
  if (found != settings_.end()) return found->second;
  if (required_here) checker_.report_missing(Kind::missing_setting, train_.span, {{"setting", key}});
  return nullptr;
}

void TrainChecker::check_data() {
  const ast::Setting* data = setting("data", true);
  if (data == nullptr) return;
  const auto* reference = std::get_if<ast::Reference>(&data->value->node);
  if (reference == nullptr) {
    checker_.diagnostics.report(Kind::data_set_expected, data->value->span);
    return;
  }
  data_set_ = find_data_set(checker_, reference->name);
  plan_.data = reference->name.text;
}

void TrainChecker::check_loss() {
  const ast::Setting* loss = setting("loss", true);
  if (loss != nullptr) sema::check_loss(checker_, *loss->value, data_set_, plan_);
}

void TrainChecker::check_optimizer() {
  const ast::Setting* optimizer = setting("optimizer", true);
  if (optimizer == nullptr) return;
  const ast::Call* call = check_choice(checker_, *optimizer->value, "optimizer", optimizer_names(),
                                       "the exponents for others: `tpc mup FILE --optimizer NAME`");
  if (call != nullptr) plan_.optimizer = check_optimizer_call(checker_, *call, optimizer->value->span, plan_);
}

/// reduce = sum | mean
void TrainChecker::check_reduction() {
  const ast::Setting* reduce = setting("reduce", false);
  if (reduce == nullptr) return;
  const ast::Name word = head_of(*reduce->value);
  const std::vector<std::string> choices = {"mean", "sum"};
  if (word.text.empty()) {
    checker_.report_choice_expected("how gradients are combined", word.span, choices);
  } else if (std::ranges::find(choices, word.text) == choices.end()) {
    checker_.report_unknown_choice("reduction", word, choices);
  }
  ir::descent(plan_.optimizer).adds_gradients = word.text == "sum";
}

void TrainChecker::check_shuffle(const ast::Expression* seed) {
  plan_.shuffle_seed = 1;
  if (seed == nullptr) return;
  auto value = integer_value(checker_, *seed, "a seed", 0, largest_seed);
  if (value) plan_.shuffle_seed = static_cast<uint64_t>(*value);
}

void TrainChecker::check_batch_size(const ast::Expression& value) {
  const auto* reference = std::get_if<ast::Reference>(&value.node);
  if (reference != nullptr && reference->name.text == "full") return;
  plan_.batch = integer_value(checker_, value, "the batch", 1, limits::steps);
}

/// full | 32 | 32 shuffled(seed = 1) | shuffled(32, seed = 1)
void TrainChecker::check_batch() {
  const ast::Setting* batch = setting("batch", false);
  if (batch != nullptr) {
    const auto* call = std::get_if<ast::Call>(&batch->value->node);
    if (call != nullptr && call->callee.text == "shuffled") {
      auto bound = bind_arguments(checker_, *call, batch->value->span, {{"batch", true}, {"seed", false}});
      if (!bound) return;
      check_batch_size(*bound->at(0));
      check_shuffle(bound->at(1));
    } else {
      check_batch_size(*batch->value);
    }
    if (batch->modifier != nullptr) {
      const ast::Call* modifier = check_choice(checker_, *batch->modifier, "order of the batches", {"shuffled"});
      if (modifier == nullptr) return;
      auto bound = bind_arguments(checker_, *modifier, batch->modifier->span, {{"seed", false}});
      if (bound) check_shuffle(bound->at(0));
    }
    if (plan_.shuffle_seed && !plan_.batch && !checker_.diagnostics.has_errors()) {
      checker_.diagnostics.report(Kind::shuffled_full_batch, batch->span);
    }
  }
  override_batch();
  if (!plan_.batch || data_set_ == nullptr || data_set_->source != SourceKind::inline_rows) return;
  if (data_set_->rows.empty()) return;  // its rows, or where they come from, are in error
  int64_t columns = 0;
  for (const DataField& field : data_set_->fields) columns += field.size;
  int64_t rows = static_cast<int64_t>(data_set_->rows.size()) / std::max<int64_t>(columns, 1);
  if (*plan_.batch <= rows) return;
  checker_.diagnostics.report(
      Kind::batch_too_large, batch != nullptr ? batch->span : train_.span,
      {{"batch", std::to_string(*plan_.batch)}, {"set", data_set_->name}, {"count", std::to_string(rows)}});
}

void TrainChecker::override_batch() {
  const std::string* text = checker_.override_of("batch");
  if (text == nullptr) return;
  if (*text == "full") {
    plan_.batch.reset();
    plan_.shuffle_seed.reset();
  } else if (auto given = integer_override(checker_, "batch", 1, limits::steps)) {
    plan_.batch = given;
  }
}

/// steps or epochs, exactly one; `--set` of the other one replaces it.
void TrainChecker::check_duration() {
  const ast::Setting* steps = setting("steps", false);
  const ast::Setting* epochs = setting("epochs", false);
  if (steps != nullptr) plan_.steps = integer_value(checker_, *steps->value, "the number of steps", 0, limits::steps);
  if (epochs != nullptr) {
    plan_.epochs = integer_value(checker_, *epochs->value, "the number of epochs", 0, limits::steps);
  }
  if (steps != nullptr && epochs != nullptr) {
    checker_.diagnostics.report(Kind::steps_and_epochs, epochs->span).note("the steps are given here", steps->span);
  }
  auto given_steps = integer_override(checker_, "steps", 0, limits::steps);
  auto given_epochs = integer_override(checker_, "epochs", 0, limits::steps);
  if (given_steps && given_epochs) {
    checker_.diagnostics.report(
        Kind::invalid_override,
        {{"name", "epochs"}, {"value", std::to_string(*given_epochs)}, {"expected", "steps or epochs, not both"}});
  }
  if (given_steps) plan_.steps = given_steps, plan_.epochs.reset();
  if (given_epochs) plan_.epochs = given_epochs, plan_.steps.reset();
  if (steps == nullptr && epochs == nullptr && !plan_.steps && !plan_.epochs) {
    checker_.report_missing(Kind::missing_setting, train_.span, {{"setting", "steps"}});
  }
}

}  // namespace

void check_declaration(Checker& checker, const ast::Train& train) {
  if (checker.program.train) {
    checker.diagnostics.report(Kind::repeated_declaration, train.span, {{"what", "the train block"}})
        .note("first declared here", checker.program.train->span);
    return;
  }
  TrainChecker(checker, train).check();
}

}  // namespace tpc::sema
