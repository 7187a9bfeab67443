#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cstdlib>

namespace tpc::fuzz {
namespace {

int wrong_usage(const char* program, const std::vector<std::string>& choices) {
  std::cerr << "usage: " << program << " COUNT EXAMPLES [SEED [FIRST" << (choices.empty() ? "" : " [ONLY]") << "]]\n";
  for (const std::string& choice : choices) std::cerr << "  ONLY: " << choice << "\n";
  return 2;
}

}  // namespace

std::string judged(int status, const std::string& errors) {
  constexpr int success = 0, user_error = 1;
  if (status == success || status == interrupted_status) {
    count_accepted();
    return {};
  }
  if (status == user_error && errors.find("error: ") != std::string::npos) return {};
  return "exit status " + std::to_string(status) + ": " + errors.substr(0, 600);
}

int fuzz_main(int argc, char** argv, const std::string& what, const std::function<Counts(Request)>& run,
              const std::vector<std::string>& choices) {
  if (argc < 3) return wrong_usage(argv[0], choices);
  Request request;
  request.trials.what = what;
  request.trials.count = std::strtoull(argv[1], nullptr, 10);
  request.examples = argv[2];
  if (argc > 3) request.seed = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4) request.trials.first = std::strtoull(argv[4], nullptr, 10);
  if (argc > 5) {
    request.only = argv[5];
    if (std::find(choices.begin(), choices.end(), request.only) == choices.end()) return wrong_usage(argv[0], choices);
  }
  const auto [failures, accepted] = run(request);
  std::cout << what << (request.only.empty() ? "" : ", " + request.only) << ": seed " << request.seed << ", "
            << request.trials.count << " inputs, " << accepted << " accepted, " << failures << " did harm\n";
  return failures == 0 ? 0 : 1;
}

}  // namespace tpc::fuzz
