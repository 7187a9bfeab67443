/// \file `tpc sweep`: many settings of one program, and which is best.
#include <filesystem>
#include <iostream>
#include <map>

#include "base/diag/utf8.h"
#include "base/stopwatch.h"
#include "driver/commands/commands.h"
#include "driver/commands/write_result.h"
#include "driver/outputs.h"
#include "driver/report/json.h"
#include "driver/sweep/sweep_plot.h"
#include "driver/sweep/sweep_report.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// Seconds between two times that the table is written.
constexpr double save_interval = 1.0;

/// What every point reads anew must be there more than once.
bool can_be_read_again(Compilation& compilation, const Options& options, const Provenance& provenance) {
  std::string pipe = options.file == "-" ? "<stdin>" : "";
  for (const HashedFile& file : provenance.data) {
    std::error_code ignored;
    if (!file.sha256 && std::filesystem::is_fifo(file.path, ignored)) pipe = file.path;
  }
  if (!pipe.empty()) compilation.diagnostics.report(diag::Kind::read_once, {{"path", pipe}});
  return !print_diagnostics(compilation);
}

bool take_results(Compilation& compilation, const SweepTable& table, PointResults& results) {
  const std::string& path = table.options.csv;
  const std::string why = path.empty() ? std::string() : table.read(path, results);
  if (!why.empty()) compilation.diagnostics.report(diag::Kind::cannot_resume, {{"path", path}, {"why", why}});
  return !print_diagnostics(compilation);
}

/// Whether the point has a limit; why not is said where it alone is asked for.
bool point_has_limit(const Options& sweep, const SweepPoint& point) {
  Options options = options_of(sweep, point);
  options.spoken = Spoken::nothing;
  const auto compilation = compile(options, Stage::classification);
  return !compilation || has_limit(*compilation->classification);  // a point with errors says what is wrong itself
}

/// Beside networks, which can be trained in every parametrization, those that have no limit are left without it.
void leave_out_limits(const Options& options, std::vector<SweepPoint>& points) {
  if (options.widths.empty()) return;
  std::map<std::string, bool> exist;  // by parametrization
  std::erase_if(points, [&](const SweepPoint& point) {
    if (point.width != 0) return false;
    const std::string name = point.parametrization.value_or("the file's parametrization");
    const auto [found, is_new] = exist.try_emplace(name, true);
    if (is_new) found->second = point_has_limit(options, point);
    if (is_new && !found->second) {
      std::cerr << fmt::format("{}: there is no infinite width (`tpc classify` says why); networks alone are trained\n",
                               diag::printable(name));
    }
    return !found->second;
  });
}

/// The table, soon after there is more to write, and at the end.
class TableWriter {
 public:
  TableWriter(Compilation& compilation, const SweepTable& table) : compilation_(compilation), table_(table) {}

  bool write(const PointResults& results) {
    written_.reset();
    return table_.options.csv.empty() || write_file(compilation_, table_.options.csv, table_.text(results));
  }
  bool write_soon(const PointResults& results) {
    if (written_ && written_->seconds() < save_interval) return true;
    const bool well = write(results);
    written_.emplace();
    return well;
  }

 private:
  Compilation& compilation_;
  const SweepTable& table_;
  std::optional<Stopwatch> written_;
};

bool write_plot_of(Compilation& compilation, const SweepResult& sweep) {
  const std::string& path = sweep.table.options.plot;
  return path.empty() || write_picture(compilation, path, sweep_svg(sweep));
}

}  // namespace

int command_sweep(const Options& options) {
  std::vector<SweepPoint> points = points_of(options);
  Options first = options_of(options, points.front());
  first.spoken = Spoken::failures;  // of what is no failure the first point says more
  const auto compilation = compile(first, Stage::program);
  if (!compilation) return exit_user_error;
  leave_out_limits(options, points);
  const Provenance provenance = provenance_of(*compilation, options);
  const SweepTable table(options, provenance, points);
  PointResults results(points.size());
  const bool ready = has_training(*compilation) && outputs_can_be_written(*compilation, options) &&
                     outputs_are_free(*compilation, options) && can_be_read_again(*compilation, options, provenance) &&
                     take_results(*compilation, table, results);
  if (!ready) return exit_user_error;
  TableWriter writer(*compilation, table);
  const SweepRun run =
      run_points(options, points, std::move(results), [&](const PointResults& now) { return writer.write_soon(now); });
  const SweepResult sweep{table, run, compilation->program->model, compilation->program->train->data};
  const bool written = writer.write(run.results) &&
                       write_result(*compilation, options, sweep_json(sweep), sweep_text(sweep)) &&
                       write_plot_of(*compilation, sweep);
  if (!written) return exit_user_error;
  if (!options.json()) {
    std::cerr << fmt::format("{} compilation{} of machine code; {:.1f} s\n", run.compilations,
                             run.compilations == 1 ? "" : "s", run.seconds);
  }
  return run.interrupted ? exit_interrupted : run.failed > 0 ? exit_user_error : exit_success;
}

}  // namespace tpc::driver
