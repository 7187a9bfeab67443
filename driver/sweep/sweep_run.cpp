#include "driver/sweep/sweep_run.h"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <new>
#include <set>
#include <thread>

#include "base/diag/utf8.h"
#include "base/stopwatch.h"
#include "driver/session.h"
#include "driver/settings.h"
#include "driver/terminal/interrupt.h"
#include "driver/terminal/progress.h"
#include "evaluation/compiled/machine_code.h"
#include "evaluation/width/width_run.h"
#include "fmt/format.h"

namespace tpc::driver {
namespace {

/// How far all points have come, as one bar.
class SweepProgress {
 public:
  SweepProgress(size_t points, size_t pending)
      : shares_(points, 0.0), pending_(pending), bar_(fmt::format("sweep of {} points, %", pending), 100) {}

  void update(size_t point, double share) {
    const std::scoped_lock lock(mutex_);
    shares_[point] = std::max(shares_[point], share);
    double sum = 0.0;
    for (const double each : shares_) sum += each;
    bar_.update(static_cast<size_t>(100.0 * sum / static_cast<double>(std::max<size_t>(1, pending_))));
  }

 private:
  std::mutex mutex_;
  std::vector<double> shares_;
  size_t pending_;
  Progress bar_;
};

/// Of one point.
class PointMonitor final : public Monitor {
 public:
  PointMonitor(SweepProgress& progress, size_t point) : progress_(progress), point_(point) {}

  std::unique_ptr<Watch> begin(const std::string&, int64_t total, KeptWhenStopped) override {
    return std::make_unique<PointWatch>(progress_, point_, total);
  }

 private:
  class PointWatch final : public Watch {
   public:
    PointWatch(SweepProgress& progress, size_t point, int64_t total)
        : progress_(progress), point_(point), total_(total) {}
    void update(int64_t done) override {
      constexpr double trained = 0.95;  // the rest is what comes after the last step
      progress_.update(point_, trained * static_cast<double>(done) / static_cast<double>(std::max<int64_t>(1, total_)));
    }
    [[nodiscard]] bool stop_requested() const override { return driver::interrupted(); }

   private:
    SweepProgress& progress_;
    size_t point_;
    int64_t total_;
  };

  SweepProgress& progress_;
  size_t point_;
};

class SweepWorkers {
 public:
  SweepWorkers(const Options& options, const std::vector<SweepPoint>& points, SweepRun& run, const SaveResults& save)
      : options_(options), points_(points), run_(run), save_(save), progress_(points.size(), pending()) {}

  void work() {
    const auto cores = static_cast<size_t>(options_.threads > 0 ? options_.threads
                                                                : std::max(1u, std::thread::hardware_concurrency()));
    const size_t workers = std::min(cores, pending());
    threads_of_a_point_ = static_cast<int>(cores / std::max<size_t>(1, workers));
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < workers; ++i) threads.emplace_back([this] { take_points(); });
    threads.clear();  // joins
    if (failure_) std::rethrow_exception(failure_);
    run_.compilations = code_->compilations();
  }

 private:
  [[nodiscard]] size_t pending() const {
    return static_cast<size_t>(std::ranges::count_if(run_.results, [](const auto& result) { return !result; }));
  }

  void take_points() {
    for (size_t point = next_++; point < points_.size() && !stopped_; point = next_++) {
      if (run_.results[point]) continue;  // it stood in the file: nobody writes to it
      if (driver::interrupted()) stopped_ = true;
      if (stopped_) return;
      try {
        finish(point, result_of(point));
      } catch (const std::bad_alloc&) {
        fail(point, "not enough memory; use fewer --threads");
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        failure_ = std::current_exception();
        stopped_ = true;
      }
    }
  }

  std::optional<PointResult> result_of(size_t index) {
    const SweepPoint& point = points_[index];
    Options options = options_of(options_, point);
    options.threads = threads_of_a_point_;
    const Stopwatch watch;
    const std::unique_ptr<Session> session = start(point, options);
    if (!session) return {};
    PointMonitor monitor(progress_, index);
    const auto run =
        point.width == 0 ? train_limit(*session, options, monitor) : train_networks(*session, options, monitor);
    if (!run) {
      report(point, *session);
      return {};
    }
    if (run->interrupted) stopped_ = true;
    if (run->interrupted) return {};
    PointResult result{{}, {}, watch.seconds(), false};
    if (run->diverged) result.diverged = run->diverged->step;
    if (!run->diverged) result.values = end_values(session->plan, *run);
    return result;
  }

  /// One program at a time: what is wrong with it is said once.
  std::unique_ptr<Session> start(const SweepPoint& point, Options& options) {
    const std::scoped_lock lock(mutex_);
    const bool first = started_.insert(kind_of(point)).second;
    options.spoken = first ? Spoken::everything : spoken_of_later(point);
    auto session = start_session(options, point.width == 0 ? Stage::limit : Stage::classification);
    if (!session && options.spoken != Spoken::nothing) say_which(point);
    return session;
  }

  std::optional<Trajectory> train_limit(Session& session, const Options& options, Monitor& monitor) {
    EvaluationSettings settings = evaluation_settings(options);
    settings.code_cache = code_;
    const auto run = run_infinite_width(session.problem(monitor), session.derived(), settings);
    return run ? std::optional(run->trajectory.diverged ? run->trajectory : run->mean_trajectory()) : std::nullopt;
  }

  static std::optional<Trajectory> train_networks(Session& session, const Options& options, Monitor& monitor) {
    const auto run = run_width(session.problem(monitor), *session.compilation->training_step,
                               {options.width, options.seeds, options.seed, options.threads});
    return run ? std::optional(run->trajectory) : std::nullopt;
  }

  void report(const SweepPoint& point, Session& session) {
    const std::scoped_lock lock(mutex_);
    if (reported_.contains(kind_of(point)) || driver::interrupted()) return;
    session.compilation->spoken = Spoken::everything;
    print_diagnostics(*session.compilation);
    say_which(point);
  }

  /// Precondition: the lock is held.
  void say_which(const SweepPoint& point) {
    std::cerr << "no result for " << diag::printable(name_of(options_, point)) << '\n';
    reported_.insert(kind_of(point));
  }

  [[nodiscard]] Spoken spoken_of_later(const SweepPoint& point) const {
    return reported_.contains(kind_of(point)) ? Spoken::nothing : Spoken::failures;
  }

  static std::string kind_of(const SweepPoint& point) {
    return point.parametrization.value_or("") + (point.width == 0 ? " infinite" : " finite");
  }

  void finish(size_t point, std::optional<PointResult> result) {
    const std::scoped_lock lock(mutex_);
    if (!result && !stopped_) ++run_.failed;
    if (result) run_.results[point] = std::move(result);
    if (run_.results[point]) progress_.update(point, 1.0);
    if (run_.results[point] && !save_(run_.results)) stopped_ = true;
  }

  void fail(size_t point, const std::string& why) {
    const std::scoped_lock lock(mutex_);
    std::cerr << "error: " << why << '\n';
    say_which(points_[point]);
    ++run_.failed;
  }

  const Options& options_;
  const std::vector<SweepPoint>& points_;
  SweepRun& run_;
  const SaveResults& save_;
  SweepProgress progress_;
  std::shared_ptr<CodeCache> code_ = std::make_shared<CodeCache>();
  int threads_of_a_point_ = 1;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;                          ///< of what follows, the results and stderr
  std::set<std::string> started_, reported_;  ///< kinds of points, whose warnings, whose failure were printed
  std::exception_ptr failure_;
};

}  // namespace

SweepRun run_points(const Options& options, const std::vector<SweepPoint>& points, PointResults results,
                    const SaveResults& save) {
  const InterruptGuard guard;
  const Stopwatch watch;
  SweepRun run;
  run.results = std::move(results);
  SweepWorkers(options, points, run, save).work();
  run.interrupted = driver::interrupted();
  run.seconds = watch.seconds();
  return run;
}

}  // namespace tpc::driver
