// Mutated IR of all stages of the examples through the passes of tpc-opt, in process. Usage: harness.h; failing inputs
// are kept in fuzz_failures.
#include "driver/opt/run_passes.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/retype.h"
#include "tests/fuzz/seed_irs.h"

namespace {

using namespace tpc;

/// Lists of passes in the order in which they make sense for the IR, seldom for the other one.
std::vector<std::string> passes_of(size_t number, bool limit) {
  static const std::vector<std::string> of_tp[] = {
      {"print-width"},
      {"derive-limit", "simplify", "cse", "dce", "print-derivation"},
      {"derive-kernel", "simplify", "cse", "dce", "print-derivation"},
      {"derive-operator", "simplify", "cse", "dce", "print-derivation"},
      {"cse", "simplify", "autodiff", "sgd", "cse", "simplify", "cse", "dce", "print-width"},
      {"simplify", "cse", "fold-constants", "dce"},
      {"derive-kernel", "gaussian", "print-derivation"},
      {"autodiff", "sgd", "derive-limit", "homogenize", "print-derivation"},
  };
  static const std::vector<std::string> of_limit[] = {
      {"print-derivation"},
      {"gaussian", "simplify", "cse", "dce", "print-derivation"},
      {"homogenize", "fold-constants", "simplify", "cse", "dce"},
      {"simplify", "cse", "dce", "print-derivation"},
  };
  constexpr size_t seldom = 29;
  if (limit == (number % seldom != 0)) return of_limit[number % std::size(of_limit)];
  return of_tp[number % std::size(of_tp)];
}

fuzz::Counts fuzz_ir(fuzz::Request request) {
  auto& [trials, seed, examples, keep, only] = request;
  std::vector<std::string> texts;
  {
    const fuzz::Silence silence;  // not every example has a limit in every parametrization
    texts = fuzz::example_irs(examples);
  }
  trials.input = [&, seed = request.seed](size_t number) {
    fuzz::Generator random(seed * 1'000'003 + number);
    std::string text = fuzz::mutate_ir(texts[fuzz::below(random, texts.size())], random);
    return number % 4 == 0 ? text : fuzz::retyped(text);
  };
  trials.run = [&](size_t number, const std::string& input) {
    driver::OptOptions options;
    options.passes = passes_of(number / 4, input.starts_with("limit"));
    options.pass_options.verify_each = true;
    if (number % 3 == 0) options.sgd.clip = 1.0;
    if (number % 5 == 0) options.sgd.momentum = 0.5;
    const fuzz::Silence silence;
    const int status = driver::run_opt(options, diag::Source("mutant", input));
    return fuzz::judged(status, silence.errors());
  };
  return fuzz::run_trials(trials, keep);
}

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, "ir", fuzz_ir); }
