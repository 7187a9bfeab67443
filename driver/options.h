/// \file The command line as a structure. Parsing and usage errors: options.cpp; help: options_of_commands.cpp.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/compiled/settings.h"
#include "evaluation/training/recording.h"

namespace tpc::driver {

/// Exit codes (cli.md).
inline constexpr int exit_success = 0;
inline constexpr int exit_user_error = 1;  ///< diagnostics are on stderr
inline constexpr int exit_wrong_usage = 2;
inline constexpr int exit_internal_error = 3;
inline constexpr int exit_interrupted = 130;  ///< 128 + SIGINT; what was computed so far has been written

enum class Command {
#define TPC_COMMAND(name) name,
#include "driver/commands.def"
};

/// --beside: a name for other settings of the same file.
struct Variant {
  std::string name;
  std::optional<std::string> parametrization;
  std::map<std::string, std::string> values;  ///< as --set
};

/// What is said of a program: less where another run of it has said it.
enum class Spoken { everything, failures, nothing };

/// sweep: a setting and what it takes, each as --set would say it.
struct SweptSetting {
  std::string name;
  std::vector<std::string> values;
};

/// --precision where the method decides; double precision where code is written to a file.
inline constexpr std::string_view automatic_precision = "auto";

struct Options {
  Command command = Command::check;

  // Common to all commands.
  std::string file;                               ///< "-": standard input
  std::optional<std::string> parametrization;     ///< --param
  std::map<std::string, std::string> values;      ///< --set NAME=VALUE
  std::map<std::string, std::string> data_paths;  ///< --data NAME=PATH, NAME.FIELD=PATH
  std::string format = "text";
  bool symbolic = false;  ///< derive: names instead of the file's numbers

  // Evaluation: run, compare; seed, threads, record and output also simulate.
  evaluation::Method method = evaluation::Method::automatic;
  std::optional<int64_t> samples, replicas;
  uint64_t seed = 1;
  std::optional<double> tolerance;
  std::optional<double> target_error;  ///< --target-error
  std::string refine;                  ///< run: the result of an earlier run
  bool verbose = false;                ///< run, compare
  bool rotate_to_data = true;          ///< --rotation
  int threads = 0;                     ///< 0: all cores
  evaluation::RecordOption record;
  std::map<std::string, std::string> saves;  ///< --save PARAMETER=PATH: run, simulate
  std::string output;                        ///< -o; for `compile` the file to write
  std::string precision = std::string(automatic_precision);

  // simulate, compare
  int64_t width = 0;
  std::vector<int64_t> widths;
  int64_t seeds = 0;              ///< 0: the command's default
  std::string plot;               ///< also run
  bool coordinates = false;       ///< --coords
  std::vector<Variant> variants;  ///< --beside

  // sweep; `widths`: also finite ones
  std::vector<SweptSetting> swept;            ///< --set NAME=A..B:Nlog
  std::vector<std::string> parametrizations;  ///< --param sp,mup; empty: the file's
  std::string csv;                            ///< --csv
  Spoken spoken = Spoken::everything;

  // report
  std::ostream* spoken_to = nullptr;  ///< where diagnostics go; null: standard error
  bool observe_readouts = false;      ///< Gram matrices of what readouts read are observed, too

  // mup
  std::optional<std::string> optimizer;  ///< of mup; empty: the file's
  std::optional<int64_t> base_width;

  // import; `file` is model.py:Net, as written
  std::string width_sizes;  ///< "n=256": which sizes of the module grow
  std::string input_shape;  ///< "8,16", of one example

  // format
  std::vector<std::string> files;
  bool only_check = false;  ///< --check

  // new; `file` is the name of the model, as written
  std::string example = "mlp";  ///< --like

  // explain; `file` is the code, as written; empty: all

  // compile, emit
  std::string header;
  int optimization_level = 2;
  std::string cpu = "native";
  std::string stage;

  [[nodiscard]] bool json() const { return format == "json"; }
};

/// Fills in `options`; or, when there is nothing left to do (help, version, wrong usage), the exit code.
std::optional<int> parse_command_line(int argc, char** argv, Options& options);

}  // namespace tpc::driver
