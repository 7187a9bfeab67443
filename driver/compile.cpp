#include "driver/compile.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "base/diag/check.h"
#include "driver/advice.h"
#include "driver/outputs.h"
#include "driver/pass_runs.h"
#include "driver/plain_training.h"
#include "driver/symbolic.h"
#include "driver/task_limit.h"
#include "driver/terminal/diagnostics.h"
#include "driver/terminal/files.h"
#include "evaluation/data/batches.h"
#include "evaluation/data/load.h"
#include "evaluation/data/source_sizes.h"
#include "frontend/lowering/lower.h"
#include "frontend/sema/features.h"
#include "frontend/sema/sema.h"
#include "grammar/library.h"
#include "grammar/parse.h"
#include "passes/gaussian/evaluate_expectations.h"
#include "passes/kernel/derive_kernel.h"
#include "passes/kernel/derive_operator.h"
#include "passes/kernel/pair_functions.h"
#include "passes/limit/derive_limit.h"
#include "passes/mup/maximal_update.h"
#include "passes/pass_manager.h"
#include "passes/pipeline.h"
#include "passes/update/row_order.h"
#include "passes/width/whole_forward.h"
#include "passes/width/width_analysis.h"

namespace tpc::driver {
namespace {

using diag::Kind;

/// The name of the parametrization where it is written; the model's if it comes from the command line.
Span place_of_parametrization(const Compilation& compilation) {
  for (const ast::Declaration& declaration : compilation.syntax->declarations) {
    const auto* written = std::get_if<ast::Parametrization>(&declaration);
    if (written != nullptr && written->name.text == compilation.program->parametrization) return written->name.span;
  }
  return compilation.syntax->model.span;
}

/// A point of a regime without a limit: which, why, and what to change.
void report_regime(Compilation& compilation, const Options& options) {
  passes::Classification& classification = *compilation.classification;
  passes::mup::Points points = program_points(compilation, options);
  complete_reasons(classification, points, compilation.finite_width->states);
  const Kind kind = classification.regime == passes::Regime::unstable ? Kind::regime_unstable : Kind::regime_trivial;
  auto diagnostic = compilation.diagnostics.report(
      kind, place_of_parametrization(compilation),
      {{"model", compilation.program->model}, {"parametrization", compilation.program->parametrization}});
  for (const passes::Reason& reason : classification.reasons) {
    if (reason.span == Span{}) {
      diagnostic.note(reason.text);
    } else {
      diagnostic.note(reason.text, reason.span);
    }
  }
}

/// Where the features move and the output starts at 0, in changes of the file's parametrization; empty: not found.
std::string starting_at_zero(const Compilation& compilation, const Options& options) {
  passes::mup::Points points = program_points(compilation, options);
  const auto maximal = passes::derive_maximal_update(points, points.rule());
  if (maximal.classification.initial_function != passes::InitialFunction::zero) return "";
  std::string text;
  for (const std::string& change : passes::changes_towards(maximal, points, compilation.finite_width->states)) {
    text += (text.empty() ? ": " : ", ") + change;
  }
  return text;
}

/// The derivation stopped at `failure`. Features that move under a Gaussian-process start are the one combination that
/// the classification admits and no derivation covers; what stops it there is a consequence.
void report_failure(Compilation& compilation, const Options& options, const passes::LimitFailure& failure) {
  const passes::Classification& classification = *compilation.classification;
  auto diagnostic = compilation.diagnostics.report(Kind::no_limit, failure.span, {{"why", failure.message}});
  if (classification.regime == passes::Regime::feature_learning &&
      classification.initial_function == passes::InitialFunction::gaussian_process) {
    diagnostic.note(
        "the features move while the output starts as a Gaussian process (weight decay moves features wherever c = 0); "
        "with features that move, limits are derived for an output that starts at 0" +
        starting_at_zero(compilation, options));
  }
}

/// Kernel regime: expectations as formulas in covariances. Where there is no formula the function stays as it is and is
/// sampled.
void evaluate_expectations(Compilation& compilation) {
  compilation.random_limit = compilation.limit;
  passes::EvaluatedExpectations evaluated =
      passes::evaluate_expectations(*compilation.limit, passes::pair_functions(*compilation.limit));
  compilation.sampled = std::move(evaluated.sampled);
  compilation.zero_expectations = std::move(evaluated.zero);
  compilation.limit = run_pipeline(std::move(evaluated.module), passes::limit_pipeline(), {});
  check_ir(*compilation.limit, "the evaluation of expectations");
}

/// Training with features at rest is that of a kernel if the optimizer is linear in gradients.
bool has_kernel(const ir::OptimizerSettings& optimizer) { return std::holds_alternative<ir::SgdSettings>(optimizer); }

/// Where the features move by all weights, those that adapt too; else by the kernel, of points or of those of tasks, or
/// by what the optimizer makes of the gradients of points.
std::variant<ir::limit::Module, passes::LimitFailure> derived_limit(Compilation& compilation,
                                                                    const ir::OptimizerSettings& optimizer) {
  const ir::tp::Module& step = *compilation.training_step;
  if (!features_rest(*compilation.classification)) {
    return passes::derive_limit(step, *compilation.width);
  }
  if (!sema::has_groups(*compilation.program)) {
    return has_kernel(optimizer) ? passes::derive_kernel(step, *compilation.width, optimizer)
                                 : passes::derive_operator(step, *compilation.width, optimizer);
  }
  return derive_task_limit(*compilation.program, optimizer, compilation.tasks.emplace());
}

bool derive(Compilation& compilation, const Options& options, const ir::OptimizerSettings& optimizer) {
  auto derived = derived_limit(compilation, optimizer);
  if (const auto* failure = std::get_if<passes::LimitFailure>(&derived)) {
    report_failure(compilation, options, *failure);
    return false;
  }
  compilation.limit = run_pipeline(std::get<ir::limit::Module>(std::move(derived)), passes::limit_pipeline(), {});
  check_ir(*compilation.limit, "the derivation of the limit");
  if (compilation.limit->find(ir::FunctionRole::kernel) != nullptr) evaluate_expectations(compilation);
  return true;
}

/// A schedule over the whole training, given in epochs, lasts as long as there are examples for.
bool settle_schedule(Compilation& compilation, const Options& options) {
  sema::TrainPlan& train = *compilation.program->train;
  if (!std::visit([](const auto& settings) { return ir::has_open_length(settings); }, train.optimizer)) return true;
  const auto binding = evaluation::bind_data(*compilation.program, options.data_paths, compilation.diagnostics);
  const auto count = evaluation::count_examples(*compilation.program, train.data, binding, directory_of(options),
                                                compilation.diagnostics);
  if (!count) return false;
  compilation.data_was_read = true;
  const int64_t steps = std::max<int64_t>(1, evaluation::step_count(train, *count));
  std::visit([&](auto& settings) { ir::set_open_length(settings, steps); }, train.optimizer);
  return true;
}

/// Machine code for a host, which may set the learning rate.
bool is_for_host(const Options& options) {
  return options.command == Command::compile || options.stage == "llvm" || options.stage == "asm";
}

/// check looks at the names of data sets and fields.
bool reads_data(Command command) {
  switch (command) {
    case Command::check:
    case Command::run:
    case Command::simulate:
    case Command::compare:
    case Command::sweep:
    case Command::report: return true;
    case Command::classify:
    case Command::derive:
    case Command::compile:
    case Command::emit:
    case Command::mup:
    case Command::import:
    case Command::lsp:
    case Command::format:
    case Command::new_program:
    case Command::explain: break;
  }
  return false;
}

void report_no_training(Compilation& compilation) {
  const sema::Program& program = *compilation.program;
  std::string inputs, set = "train", target = "y";
  for (const std::string& input : program.inputs) inputs += (inputs.empty() ? "" : ", ") + input;
  if (!program.data_sets.empty()) {
    set = program.data_sets.front().name;
    for (const sema::DataField& field : program.data_sets.front().fields) {
      if (std::find(program.inputs.begin(), program.inputs.end(), field.name) == program.inputs.end()) {
        target = field.name;
      }
    }
  }
  compilation.diagnostics.report(Kind::no_train_block, compilation.syntax->model.span, {{"model", program.model}})
      .note("add one, for example\n  train {\n    data = " + set + "; loss = mse(" + program.network.definition + "(" +
            inputs + "), " + target + "); optimizer = sgd(lr = 0.1); steps = 10\n  }")
      .note("`tpc classify`, `tpc mup` and `tpc derive` do without");
}

/// Without a `train` block: classified as it would be trained by plain descent on a squared loss; the limit is that of
/// the forward pass, and in the kernel regime that of the kernel with such training.
bool compile_forward_pass(Compilation& compilation, const Options& options, Stage last) {
  const ir::OptimizerSettings descent = ir::SgdSettings::constant(1);
  compilation.training_step =
      run_pipeline(passes::without_inner_gradients(lowering::lower(with_plain_training(*compilation.program, descent))),
                   passes::step_pipeline(), descent);
  check_ir(*compilation.training_step, "the training step");
  compilation.width = passes::analyze_width(*compilation.training_step);
  compilation.classification = passes::classify(*compilation.training_step, *compilation.width);
  compilation.classification->reasons.push_back(
      {"the program has no `train` block: this is for plain gradient descent on a squared loss", {}});
  if (last == Stage::classification) return true;
  if (features_rest(*compilation.classification)) return derive(compilation, options, descent);
  ir::tp::Module still = *compilation.finite_width;
  still.functions.push_back({ir::FunctionRole::step, {}, {}});  // which changes nothing
  still = run_pipeline(std::move(still), {"cse", "simplify", "cse", "dce"}, descent);
  auto derived = passes::derive_limit(still, passes::analyze_width(still));
  if (const auto* failure = std::get_if<passes::LimitFailure>(&derived)) {
    report_failure(compilation, options, *failure);
    return false;
  }
  auto& limit = std::get<ir::limit::Module>(derived);
  std::erase_if(limit.functions, [](const auto& function) { return function.key == ir::FunctionRole::step; });
  compilation.limit = run_pipeline(std::move(limit), passes::limit_pipeline(), descent);
  check_ir(*compilation.limit, "the derivation of the forward pass");
  return true;
}

/// Whether the rows that are to be trained one after the other can be. False: reported.
bool check_row_order(Compilation& compilation) {
  const auto* sgd = std::get_if<ir::SgdSettings>(&compilation.program->train->optimizer);
  if (sgd == nullptr || sgd->ordered.empty()) return true;
  const std::string& table = sgd->ordered;
  const auto module = run_pipeline(*compilation.finite_width, {"cse", "simplify"}, {});
  const auto state = std::ranges::find(module.states, table, &ir::State::name);
  const std::string fault =
      passes::row_order_fault(module, ir::StateId(static_cast<size_t>(state - module.states.begin())));
  if (fault.empty()) return true;
  compilation.diagnostics.report(Kind::immediate_refused, state->span, {{"why", "of `" + table + "`: " + fault}});
  return false;
}

/// Whether more networks than the one with the given start are meant: wider ones, or the limit.
bool needs_drawn_start(Command command, Stage last) { return last == Stage::limit || command == Command::compare; }

/// True: a parameter starts from a file, which is reported.
bool report_given_start(Compilation& compilation) {
  const auto& parameters = compilation.program->parameters;
  const auto given = std::ranges::find_if(parameters, [](const auto& parameter) { return !parameter.start.empty(); });
  if (given == parameters.end()) return false;
  compilation.diagnostics
      .report(Kind::given_start, given->span,
              {{"name", given->name}, {"path", given->start}, {"why", "there is no limit of wider ones"}})
      .note("`tpc simulate --width` trains it; `init normal(std = ...)` is a start at every width");
  return true;
}

/// Of the network that every task starts from, trained without adaptation. Powers of n are the same with it, as a step
/// within a task has the exponents of a step of training; but what its gradients pass through are no preactivations.
passes::Classification classify_unadapted(const sema::Program& program) {
  const ir::tp::Module step = run_pipeline(lowering::lower(sema::without_adaptation(program)), passes::step_pipeline(),
                                           program.train->optimizer);
  const ir::tp::Module whole = passes::with_whole_forward(step);
  return passes::classify(whole, passes::analyze_width(whole));
}

/// Where loops are dimensions, but there is no limit, or expectations have no formulas: written out there may be.
bool may_do_without_loops(const Compilation& compilation, bool derived) {
  constexpr int64_t longest = 32;  // what is written out grows with it
  const int64_t length = sema::longest_loop(*compilation.program);
  return !compilation.repeat_loops && length > 0 && length <= longest && (!derived || !compilation.sampled.empty());
}

void start_again_without_loops(Compilation& compilation) {
  Compilation fresh(compilation.source);
  fresh.spoken = compilation.spoken;
  fresh.spoken_to = compilation.spoken_to;
  fresh.repeat_loops = true;
  fresh.data_was_read = compilation.data_was_read;
  compilation = std::move(fresh);
}

/// The pipeline. Returns false after a user error, which is in `diagnostics`.
bool compile_to(Compilation& compilation, const Options& options, Stage last, Training training) {
  // Text -> syntax tree -> checked program: names, shapes, constants, command-line overrides.
  compilation.syntax = grammar::parse(compilation.source, compilation.diagnostics);
  if (compilation.diagnostics.has_errors()) return false;
  if (last == Stage::syntax) return true;
  compilation.files = std::make_unique<evaluation::SourceSizes>(directory_of(options), compilation.diagnostics);
  compilation.program =
      sema::check(compilation.syntax, {options.parametrization, options.values, compilation.repeat_loops},
                  *compilation.files, compilation.diagnostics, compilation.meanings.get());
  if (compilation.diagnostics.has_errors()) return false;
  TPC_CHECK(compilation.program.has_value(), "no program and no error");
  evaluation::bind_data(*compilation.program, options.data_paths, compilation.diagnostics);
  if (compilation.diagnostics.has_errors()) return false;
  if (last == Stage::program) return true;
  if (options.observe_readouts) sema::observe_readouts(*compilation.program);
  if (options.symbolic) compilation.names = name_numbers(*compilation.program);

  if (needs_drawn_start(options.command, last) && report_given_start(compilation)) return false;

  // -> TP IR: the exact program at finite width, the gradients inside of it as operations.
  ir::tp::Module lowered = lowering::lower(*compilation.program);
  check_ir(lowered, "lowering");
  compilation.finite_width = passes::without_inner_gradients(std::move(lowered));
  check_ir(*compilation.finite_width, "the expansion of gradients");
  if (last == Stage::finite_width) return true;

  // -> one training step: gradients by reverse-mode differentiation, the optimizer's update, clean-up.
  if (!compilation.program->train) {
    if (training == Training::optional && last != Stage::training_step)
      return compile_forward_pass(compilation, options, last);
    report_no_training(compilation);
    return false;
  }
  if (!settle_schedule(compilation, options)) return false;
  ir::descent(compilation.program->train->optimizer).rate_is_settable = is_for_host(options);
  if (!check_row_order(compilation)) return false;
  compilation.training_step =
      run_pipeline(*compilation.finite_width, passes::step_pipeline(), compilation.program->train->optimizer);
  check_ir(*compilation.training_step, "the training step");
  if (last == Stage::training_step) return true;

  // -> the power of n of every value, and what follows for the width's limit.
  const ir::tp::Module whole = passes::with_whole_forward(*compilation.training_step);
  compilation.width = passes::analyze_width(whole);
  compilation.classification = sema::adapts(*compilation.program) ? classify_unadapted(*compilation.program)
                                                                  : passes::classify(whole, *compilation.width);
  if (last == Stage::classification) return true;
  if (!has_limit(*compilation.classification)) {
    report_regime(compilation, options);
    return false;
  }

  // -> Limit IR: leading exponents, hat and dot variables, expectations; clean-up. Code generation starts here.
  const bool derived = derive(compilation, options, compilation.program->train->optimizer);
  if (!may_do_without_loops(compilation, derived)) return derived;
  start_again_without_loops(compilation);
  return compile_to(compilation, options, last, training);
}

}  // namespace

Compilation::Compilation(std::string name, std::string text) : source(std::move(name), std::move(text)) {
  for (const auto& other : grammar::library().sources) source.add(other);
}

std::unique_ptr<Compilation> open_program(const Options& options) {
  std::string text;
  const std::string failure = read_text_file(options.file, text);
  auto compilation = std::make_unique<Compilation>(options.file == "-" ? "<stdin>" : options.file, std::move(text));
  compilation->spoken = options.spoken;
  compilation->spoken_to = options.spoken_to;
  if (!failure.empty()) {
    compilation->diagnostics.report(Kind::cannot_read_file, {{"path", options.file}, {"why", failure}});
  }
  return compilation;
}

bool compile_text(Compilation& compilation, const Options& options, Stage last, Training training) {
  try {
    return !compilation.diagnostics.has_errors() && compile_to(compilation, options, last, training);
  } catch (const std::overflow_error&) {  // Rational: powers of n that leave 128 bits
    compilation.diagnostics.report(Kind::exponent_overflow);
    return false;
  }
}

std::unique_ptr<Compilation> compile(const Options& options, Stage last, Training training) {
  auto compilation = open_program(options);
  report_unwritable(*compilation, options);
  const bool done = compile_text(*compilation, options, last, training);
  if (done && !options.data_paths.empty() && !reads_data(options.command) && !compilation->data_was_read) {
    compilation->diagnostics.report(Kind::option_without_effect,
                                    {{"option", "--data"}, {"why", "this command reads no data"}});
  }
  const bool errors = print_diagnostics(*compilation);
  TPC_CHECK(done != errors, "the pipeline stopped without saying why");
  return done ? std::move(compilation) : nullptr;
}

bool has_limit(const passes::Classification& classification) {
  return classification.regime == passes::Regime::feature_learning || classification.regime == passes::Regime::kernel;
}

bool features_rest(const passes::Classification& classification) {
  return classification.regime == passes::Regime::kernel &&
         classification.initial_function != passes::InitialFunction::deterministic;
}

bool has_training(Compilation& compilation) {
  if (!compilation.program->train) report_no_training(compilation);
  return !print_diagnostics(compilation);
}

std::string directory_of(const Options& options) { return std::filesystem::path(options.file).parent_path().string(); }

bool print_diagnostics(Compilation& compilation) {
  const diag::Engine printed = std::exchange(compilation.diagnostics, {});
  const bool quiet =
      compilation.spoken == Spoken::nothing || (compilation.spoken == Spoken::failures && !printed.has_errors());
  if (quiet) return printed.has_errors();
  if (compilation.spoken_to != nullptr) {
    diag::print(*compilation.spoken_to, compilation.source, printed, false);
  } else {
    print_diagnostics(compilation.source, printed);
  }
  return printed.has_errors();
}

}  // namespace tpc::driver
