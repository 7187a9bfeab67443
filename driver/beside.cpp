#include "driver/beside.h"

#include <iostream>

#include "base/diag/utf8.h"
#include "driver/settings.h"

namespace tpc::driver {
namespace {

Options options_of(Options options, const Variant& variant) {
  if (variant.parametrization) options.parametrization = variant.parametrization;
  for (const auto& [name, value] : variant.values) options.values[name] = value;
  return options;
}

void say_which(const Variant& variant) { std::cerr << "beside " << diag::printable(variant.name) << ":\n"; }

}  // namespace

bool start_besides(const Options& options, std::vector<Beside>& besides) {
  for (const Variant& variant : options.variants) {
    Beside beside{variant, start_session(options_of(options, variant), Stage::limit), {}, {}};
    if (!beside.session) {
      say_which(variant);
      return false;
    }
    besides.push_back(std::move(beside));
  }
  return true;
}

bool train_besides(const Options& options, Monitor& monitor, std::vector<Beside>& besides) {
  bool well = true;
  for (size_t i = 0; i < besides.size(); ++i) {
    Beside& beside = besides[i];
    Session& session = *beside.session;
    auto run = run_infinite_width(session.problem(monitor), session.derived(), evaluation_settings(options));
    if (print_diagnostics(*session.compilation)) {
      say_which(beside.variant);
      well = false;
    }
    if (run) {
      beside.trajectory = run->mean_trajectory();
      beside.run = std::move(*run);
    }
    if (!run || beside.trajectory.interrupted) {
      besides.resize(run ? i + 1 : i);
      return well;
    }
  }
  return well;
}

}  // namespace tpc::driver
