#include <cmath>
#include <limits>

#include "driver/command_line.h"

namespace tpc::driver {

CLI::Option* CommandLine::add_widths(CLI::App& app, const std::string& description) {
  return app.add_option("--widths", widths_, description)
      ->type_name("INT in [" + std::to_string(allowed_widths.least) + " - " + std::to_string(allowed_widths.most) +
                  "] ...")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        if (widths_from_text(text)) return std::string();
        return "expected whole numbers from " + allowed_widths.range() + ", separated by commas, not " + text;
      });
}

void CommandLine::add_seeds(CLI::App& app) {
  add_integer(app, "--seeds", options_.seeds, allowed_seeds,
              "networks for each width (default 3; 16 if they start from a Gaussian process)");
}

void CommandLine::add_code_options(CLI::App& app) {
  add_integer(app, "-O", options_.optimization_level, Integers<int>{0, 3}, "optimization level")->default_str("2");
  app.add_option("--cpu", options_.cpu, "processor to compile for: native, x86-64-v3, ...")->default_str("native");
  app.add_option("--precision", options_.precision, "of sample values")
      ->check(CLI::IsMember({"f64", "f32"}))
      ->default_str("f64");
}

void CommandLine::add_limit_options(CLI::App& app) {
  app.add_option("--method", method_,
                 "how to evaluate expectations: auto, exact (affine networks), quadrature (few Gaussian dimensions), "
                 "qmc (scrambled Sobol points), mc (plain Monte Carlo)")
      ->check(CLI::IsMember(std::vector<std::string>{"auto", "exact", "quadrature", "qmc", "mc"}))
      ->default_str("auto");
  add_integer(app, "--samples", options_.samples, Integers<int64_t>{1, evaluation::most_samples},
              "sample points (qmc, mc), nodes a dimension (quadrature; at most " +
                  std::to_string(evaluation::most_nodes) +
                  ", and in the kernel regime chosen by the error unless given), coordinates to start with (exact)");
  add_integer(app, "--replicas", options_.replicas, Integers<int64_t>{1, 1 << 16},
              "independent repetitions, for the error bars");
  add_number(
      app, "--target-error", options_.target_error, [](double error) { return error > 0.0 && std::isfinite(error); },
      "above 0", "FLOAT",
      "more and more samples, until the standard error of every recorded output is below this (qmc, mc, "
      "quadrature; Ctrl-C keeps the last run that was finished)");
  add_number(
      app, "--tol", options_.tolerance, [](double tolerance) { return tolerance >= 0.0 && tolerance < 1.0; },
      "from 0 to below 1", "FLOAT in [0 - 1)",
      "relative size below which a direction that a matrix meets is not stored but left to a random matrix (default: "
      "0.001 until 32 are stored, then everything)");
  app.add_option("--rotation", rotation_,
                 "base variables of the weights that meet the data: data (along the data's principal components) or "
                 "none (as in compiled models, which do not know the data: the same numbers bit by bit, see the "
                 "header of `tpc compile`)")
      ->check(CLI::IsMember(std::vector<std::string>{rotated_to_data, "none"}))
      ->default_str(rotated_to_data);
  app.add_flag("--verbose", options_.verbose,
               "say on stderr which method was chosen and why, with --format json too (there it is \"method_reason\")");
  app.add_option("--precision", options_.precision,
                 "of sample values: f64, f32, or auto (f32 where the error of sampling is far larger)")
      ->check(CLI::IsMember({"auto", "f64", "f32"}))
      ->default_str("auto");
}

void CommandLine::add_plot(CLI::App& app) {
  app.add_option(
      "--plot", options_.plot,
      "write a picture (.svg, or .png with librsvg's rsvg-convert) here: losses and accuracies, and the words of "
      "`observe pca(U, ..)`");
}

void CommandLine::add_save(CLI::App& app, const std::string& of_what) {
  app.add_option("--save", saves_,
                 "write what a parameter was trained to (PARAMETER=PATH, repeatable): .bin and .txt are word2vec's "
                 "formats, for a parameter [words, n] whose rows have names; .npy takes any parameter, as declared, "
                 "and puts the names of its rows beside it, in PATH.words.txt. " +
                     of_what)
      ->allow_extra_args(false);
}

void CommandLine::add_number(CLI::App& app, const std::string& name, std::optional<double>& target,
                             bool (*is_allowed)(double), const std::string& range, const std::string& type,
                             const std::string& description) {
  const auto read = [is_allowed](const std::string& text) {
    const auto number = number_from_text<double>(text);
    return number && is_allowed(*number) ? number : std::nullopt;
  };
  app.add_option_function<std::string>(
         name, [&target, read](const std::string& text) { target = read(text); }, description)
      ->check([range, read](const std::string& text) {
        return read(text) ? std::string() : "expected a number " + range + ", not " + text;
      })
      ->type_name(type);
}

void CommandLine::add_threads_and_seed(CLI::App& app) {
  add_integer(app, "--seed", options_.seed, Integers<uint64_t>{0, std::numeric_limits<uint64_t>::max()},
              "of all random numbers")
      ->default_str("1");
  add_integer(app, "--threads", options_.threads, Integers<int>{0, 4096}, "0: all cores")->default_str("0");
}

void CommandLine::add_output(CLI::App& app) {
  app.add_option("-o,--output", options_.output, "also write the full result as JSON to this file");
}

void CommandLine::add_run_options(CLI::App& app) {
  add_threads_and_seed(app);
  app.add_option("--record", record_,
                 "when outputs are recorded: all, epoch, final or every=K (default: all while that is under a "
                 "million numbers and a fifth of the run's work, else epoch)")
      ->check([](const std::string& text) {
        return parse_record_option(text) ? std::string() : "expected all, epoch, final or every=K, not " + text;
      });
  add_output(app);
}

}  // namespace tpc::driver
