/// \file The whole compiler, top to bottom, as one function: `compile`. Every command is this function, stopped where
/// it has what it needs, and something done with the result.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/diag/diagnostic.h"
#include "driver/options.h"
#include "equations/derive.h"
#include "frontend/sema/sema.h"
#include "ir/limit/ir.h"
#include "ir/tp/ir.h"
#include "passes/kernel/function_space.h"
#include "passes/width/classify.h"

namespace tpc::driver {

/// How far to go, in the order of the pipeline.
enum class Stage {
  syntax,          ///< the tree of the text
  program,         ///< names, shapes and constants checked
  finite_width,    ///< TP IR as lowered: predict, loss, observe_*
  training_step,   ///< TP IR with one training step
  classification,  ///< width exponents and regime
  limit,           ///< Limit IR, cleaned up: what is printed, compiled and evaluated
};

/// Whether a command needs the program's own training step. If it does not, a program without a `train` block is
/// classified for plain descent on a squared loss, and its limit is that of the forward pass.
enum class Training { required, optional };

/// What is known of a file so far; a field is empty until its stage has been reached.
struct Compilation {
  explicit Compilation(diag::Source text) : source(std::move(text)) {}
  /// A text of this name, and the library beside it.
  Compilation(std::string name, std::string text);

  diag::Source source;
  diag::Engine diagnostics;
  std::shared_ptr<const ast::Program> syntax;
  /// What the program takes from its files, read once however often it is checked.
  std::unique_ptr<sema::SourceFiles> files;
  std::optional<sema::Program> program;
  /// What names mean, for the server: the check fills it, if it is there.
  std::unique_ptr<sema::Names> meanings;
  Spoken spoken = Spoken::everything;  ///< failures: diagnostics are printed if there are errors among them
  std::ostream* spoken_to = nullptr;   ///< null: standard error
  bool repeat_loops = false;   ///< independent loops are no dimensions: there is no limit, or no formula, with them
  bool data_was_read = false;  ///< the length of a schedule depends on it
  std::vector<equations::NamedNumber> names;  ///< --symbolic: of numbers of the program that were replaced
  std::optional<ir::tp::Module> finite_width;
  std::optional<ir::tp::Module> training_step;
  std::optional<passes::WidthAnalysis> width;
  std::optional<passes::Classification> classification;
  std::optional<ir::limit::Module> limit;
  /// Kernel regime: the limit before expectations became closed forms; what sampling evaluates.
  std::optional<ir::limit::Module> random_limit;
  /// Kernel regime of a program whose examples are tasks: what the functions of the limit need.
  std::optional<passes::FunctionSpace> tasks;
  /// Kernel regime: functions whose expectations have no formulas, and why.
  std::map<ir::FunctionKey, std::string> sampled;
  /// Kernel regime: by function of `random_limit`, expectations that are found to be zero.
  std::map<ir::FunctionKey, std::vector<ir::ValueId>> zero_expectations;
};

/// Reads options.file; what is wrong with it is in the diagnostics.
std::unique_ptr<Compilation> open_program(const Options& options);

/// Compiles what has been read up to and including `last`. False after a user error, then or before; errors are left in
/// the diagnostics.
bool compile_text(Compilation& compilation, const Options& options, Stage last, Training training = Training::required);

/// Reads options.file and compiles it up to and including `last`. User errors are reported on stderr; then the result
/// is null.
std::unique_ptr<Compilation> compile(const Options& options, Stage last, Training training = Training::required);

/// Whether there is a limit that moves: the point is neither unstable nor trivial.
bool has_limit(const passes::Classification& classification);

/// Whether the limit is that of the kernel regime: weights stay as they were drawn, and f moves. Not if the output
/// starts as an average: then no sum of random numbers is of order one, the laws of large numbers give everything, and
/// no expansion around a random function is needed.
bool features_rest(const passes::Classification& classification);

/// Whether the checked program has a `train` block. Reports otherwise.
bool has_training(Compilation& compilation);

/// The folder of the program, which its data files are relative to.
std::string directory_of(const Options& options);

/// Prints the diagnostics collected since the last time on stderr (in colour on a terminal), or where they are to go,
/// and says whether there are errors among them.
bool print_diagnostics(Compilation& compilation);

}  // namespace tpc::driver
