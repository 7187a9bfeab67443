#include "driver/options.h"
#include "driver/option_texts.h"

#include <doctest/doctest.h>

#include "driver/commands/commands.h"

using namespace tpc::driver;
using tpc::evaluation::Method;
using tpc::evaluation::RecordRule;

namespace {

struct Parsed {
  Options options;
  std::optional<int> exit_code;
};

Parsed parse(std::vector<std::string> words) {
  words.insert(words.begin(), "tpc");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  Parsed parsed;
  parsed.exit_code = parse_command_line(static_cast<int>(arguments.size()), arguments.data(), parsed.options);
  return parsed;
}

}  // namespace

TEST_CASE("common options") {
  const auto [options, exit_code] = parse({"classify", "m.tp", "--param", "ntp", "--set", "lr=0.5", "--set", "d=3",
                                           "--data", "train=a=b.csv", "--data", "test.x=t.npy", "--format", "json"});
  CHECK(!exit_code);
  CHECK(options.command == Command::classify);
  CHECK(options.file == "m.tp");
  CHECK(options.parametrization == "ntp");
  CHECK(options.values == std::map<std::string, std::string>{{"lr", "0.5"}, {"d", "3"}});
  CHECK(options.data_paths == std::map<std::string, std::string>{{"train", "a=b.csv"}, {"test.x", "t.npy"}});
  CHECK(options.json());
}

TEST_CASE("options of run") {
  const auto [options, exit_code] =
      parse({"run",    "m.tp",     "--method",    "qmc",  "--samples",  "4096", "--replicas", "6",
             "--seed", "9",        "--tol",       "0.25", "--threads",  "2",    "--record",   "every=7",
             "-o",     "out.json", "--precision", "f32",  "--rotation", "none"});
  CHECK(!exit_code);
  CHECK(options.method == Method::qmc);
  CHECK(options.samples == 4096);
  CHECK(options.replicas == 6);
  CHECK(options.seed == 9);
  CHECK(options.tolerance == 0.25);
  CHECK(options.threads == 2);
  CHECK(options.record.rule == RecordRule::every);
  CHECK(options.record.every == 7);
  CHECK(options.output == "out.json");
  CHECK(options.precision == "f32");
  CHECK(!options.rotate_to_data);
  CHECK(parse({"run", "m.tp", "--rotation", "data"}).options.rotate_to_data);
}

TEST_CASE("widths and optimization levels") {
  CHECK(parse({"compare", "m.tp", "--widths", "64,256,1024"}).options.widths == std::vector<int64_t>{64, 256, 1024});
  const auto [options, exit_code] = parse({"compile", "m.tp", "-o", "m.o", "-O3", "--cpu", "x86-64-v3"});
  CHECK(!exit_code);
  CHECK(options.optimization_level == 3);
  CHECK(options.cpu == "x86-64-v3");
}

TEST_CASE("options of import") {
  const auto [options, exit_code] =
      parse({"import", "a.py:Net(n=4)", "--width", "n=4,8", "--input", "3", "-o", "a.tp"});
  CHECK(!exit_code);
  CHECK(options.command == Command::import);
  CHECK(options.file == "a.py:Net(n=4)");
  CHECK(options.width_sizes == "n=4,8");
  CHECK(options.input_shape == "3");
  CHECK(options.output == "a.tp");
  CHECK(parse({"import"}).exit_code == exit_wrong_usage);
  CHECK(parse({"import", "a.py:Net", "--set", "d=1"}).exit_code == exit_wrong_usage);
}

TEST_CASE("options of mup and of the coordinate check") {
  CHECK(!parse({"mup", "m.tp"}).options.optimizer);
  CHECK(!parse({"mup", "m.tp"}).options.base_width);
  const auto [options, exit_code] = parse({"mup", "m.tp", "--optimizer", "adam", "--base-width", "256"});
  CHECK(!exit_code);
  CHECK(options.command == Command::mup);
  CHECK(options.optimizer == "adam");
  CHECK(options.base_width == 256);
  CHECK(parse({"mup", "m.tp", "--optimizer", "sophia"}).exit_code == exit_wrong_usage);
  CHECK(parse({"mup", "m.tp", "--base-width", "0"}).exit_code == exit_wrong_usage);
  CHECK_FALSE(parse({"compare", "m.tp", "--widths", "64,256"}).options.coordinates);
  CHECK(parse({"compare", "m.tp", "--widths", "64,256", "--coords"}).options.coordinates);
  CHECK(parse({"compare", "m.tp", "--coords"}).exit_code == exit_wrong_usage);  // of which widths?
}

TEST_CASE("what stands beside a comparison") {
  const auto [options, exit_code] = parse(
      {"compare", "m.tp", "--widths", "64", "--beside", "NTK: param=ntp act=relu U.lr=0", "--beside", "slow:lr=1e-3"});
  CHECK(!exit_code);
  REQUIRE(options.variants.size() == 2);
  CHECK(options.variants[0].name == "NTK");
  CHECK(options.variants[0].parametrization == "ntp");
  CHECK(options.variants[0].values == std::map<std::string, std::string>{{"U.lr", "0"}, {"act", "relu"}});
  CHECK(!options.variants[1].parametrization);
  CHECK(options.variants[1].values == std::map<std::string, std::string>{{"lr", "1e-3"}});
  for (const char* text : {"", "NTK", ": lr=1", "NTK: lr", "NTK: lr=1 =2"}) {
    CHECK(parse({"compare", "m.tp", "--widths", "64", "--beside", text}).exit_code == exit_wrong_usage);
  }
  CHECK(parse({"compare", "m.tp", "--widths", "64,256", "--coords", "--beside", "a: lr=1"}).exit_code ==
        exit_wrong_usage);
}

TEST_CASE("tpc FILE -o OUT is tpc compile FILE -o OUT") {
  const auto [options, exit_code] = parse({"some/model.tp", "-o", "model.so"});
  CHECK(!exit_code);
  CHECK(options.command == Command::compile);
  CHECK(options.file == "some/model.tp");
  CHECK(options.output == "model.so");
}

TEST_CASE("help is a success, wrong usage is not") {
  CHECK(parse({"--help"}).exit_code == exit_success);
  CHECK(parse({"--version"}).exit_code == exit_success);
  CHECK(parse({"run", "--help"}).exit_code == exit_success);
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"rnu", "m.tp"},
      {"run"},
      {"run", "m.tp", "--samples", "0"},
      {"run", "m.tp", "--samples", "many"},
      {"run", "m.tp", "--method", "guess"},
      {"run", "m.tp", "--record", "sometimes"},
      {"run", "m.tp", "--record", "every=0"},
      {"run", "m.tp", "--tol", "-1"},
      {"run", "m.tp", "--set", "lr"},
      {"run", "m.tp", "--set", "=3"},
      {"run", "m.tp", "--data", "train="},
      {"run", "m.tp", "--width", "3"},
      {"run", "m.tp", "other.tp"},
      {"simulate", "m.tp"},
      {"simulate", "m.tp", "--width", "0"},
      {"compare", "m.tp"},
      {"compare", "m.tp", "--widths", "64,x"},
      {"derive", "m.tp", "--format", "xml"},
      {"emit", "m.tp"},
      {"emit", "m.tp", "--stage", "soup"},
      {"compile", "m.tp"},
      {"compile", "m.tp", "-o", "m.o", "-O4"},
      {"m.tp"},
  };
  for (const auto& words : wrong) {
    std::string line;
    for (const std::string& word : words) line += word + " ";
    CAPTURE(line);
    CHECK(parse(words).exit_code == exit_wrong_usage);
  }
}

TEST_CASE("record options") {
  CHECK(parse_record_option("all")->rule == RecordRule::all);
  CHECK(parse_record_option("epoch")->rule == RecordRule::epoch);
  CHECK(parse_record_option("final")->rule == RecordRule::final_step);
  CHECK(parse_record_option("every=12")->every == 12);
  for (const char* text : {"", "every", "every=", "every=-2", "every=2x", "alle"}) CHECK(!parse_record_option(text));
}
