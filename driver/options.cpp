#include "driver/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <limits>
#include <sstream>
#include <type_traits>

#include "base/diag/diagnostic.h"
#include "base/diag/utf8.h"
#include "driver/option_texts.h"
#include "evaluation/vectors/save_vectors.h"
#include "passes/mup/update_rules.h"

namespace tpc::driver {

using evaluation::Method;

namespace {

constexpr auto general_footer = R"(
A first session:
  tpc classify examples/mlp.tp               does it learn features as the width grows?
  tpc mup examples/mlp.tp                    initial sizes and learning rates that transfer over widths
  tpc derive examples/mlp.tp                 the equations of the infinite-width limit
  tpc run examples/mlp.tp                    train the infinitely wide network
  tpc simulate examples/mlp.tp --width 1024  the same program at a finite width
  tpc compare examples/mlp.tp --widths 64,256,1024 --plot mlp.svg
  tpc sweep examples/mlp.tp --set lr=0.1..10:9log --plot lr.svg   which learning rate?
  tpc examples/mlp.tp -o mlp.so              the limit as native code with a C interface
  tpc import model.py:Net -o model.tp        the architecture of a PyTorch module as such a file
`tpc COMMAND --help` explains a command and shows examples.

Exit status: 0 success, 1 an error in your files, or a training that diverged, 2 wrong usage, 3 an internal error,
130 interrupted (SIGINT, SIGTERM): what was computed so far is printed and written.)";

const std::map<std::string, Method> method_names = {{"auto", Method::automatic},
                                                    {"exact", Method::exact},
                                                    {"quadrature", Method::quadrature},
                                                    {"qmc", Method::qmc},
                                                    {"mc", Method::mc}};

constexpr auto rotated_to_data = "data";

/// The option parser with the texts that become structures once parsing has succeeded.
class CommandLine {
 public:
  explicit CommandLine(Options& options) : options_(options) {
    app_.description(
        "tpc, the Tensor Program compiler: infinite-width limits of neural networks, from equations to "
        "native code.");
    app_.footer(general_footer);
    app_.set_version_flag("--version", "tpc " TPC_VERSION);
    app_.require_subcommand(1);
    app_.get_formatter()->column_width(34);
    add_inspection_commands();
    add_evaluation_commands();
    add_sweep_command();
    add_compilation_commands();
    add_import_command();
  }

  /// Throws CLI::ParseError.
  void parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // what CLI11 wants of a vector
    app_.parse(std::move(arguments));
    if (options_.command != Command::sweep) options_.values = assignments(sets_, "--set", "NAME=VALUE");
    options_.data_paths = assignments(data_, "--data", "NAME=PATH");
    options_.saves = assignments(saves_, "--save", "PARAMETER=PATH");
    for (const std::string& text : besides_) options_.variants.push_back(*variant_from_text(text));
    if (!record_.empty()) options_.record = *parse_record_option(record_);
    for (const std::string& text : widths_) {
      const std::vector<int64_t> widths = *widths_from_text(text);
      options_.widths.insert(options_.widths.end(), widths.begin(), widths.end());
    }
    if (options_.command == Command::sweep) read_sweep();
    options_.method = method_names.at(method_);
    options_.rotate_to_data = rotation_ == rotated_to_data;
    refuse_combinations();
  }

  /// What a sweep is of: settings with several values, parametrizations. The others are as in every command.
  void read_sweep() {
    for (const std::string& word : sets_) {
      const auto [name, text] = assignment(word, "--set", "NAME=VALUES");
      const auto values = swept_values(text);
      if (!values) {
        throw CLI::ValidationError("--set", "expected " + name + "=A..B:Nlog, " + name + "=A..B:Nlin (2 to " +
                                                std::to_string(most_points) +
                                                " values; log: above 0) or numbers separated by commas, not " + text);
      }
      if (values->size() == 1) options_.values[name] = values->front();
      if (values->size() > 1) options_.swept.push_back({name, *values});
    }
    if (options_.parametrization) options_.parametrizations = *words_from_text(*options_.parametrization);
    double points = std::max<double>(1.0, static_cast<double>(options_.parametrizations.size()));
    for (const SweptSetting& setting : options_.swept) points *= static_cast<double>(setting.values.size());
    points *= 1.0 + static_cast<double>(options_.widths.size());
    if (points <= static_cast<double>(most_points)) return;
    throw CLI::ValidationError("sweep", "these are more than " + std::to_string(most_points) + " points");
  }

  int report(const CLI::ParseError& error) {
    std::ostringstream out, errors;
    const int status = app_.exit(error, out, errors);
    std::cout << out.str();
    std::cerr << diag::printable(errors.str());
    return status == 0 ? exit_success : exit_wrong_usage;
  }

  /// Words that no option and no argument takes: what was meant.
  int report_extras(const CLI::ExtrasError& error) {
    const auto parsed = app_.get_subcommands();
    if (parsed.empty()) return report(error);
    const std::vector<std::string> extras = parsed.front()->remaining();
    const auto option = std::find_if(extras.begin(), extras.end(), [](const auto& word) { return word[0] == '-'; });
    if (option == extras.end()) {
      std::cerr << "unexpected argument " << extras.front() << ": " << parsed.front()->get_name() << " takes one file";
    } else {
      const std::string name = option->substr(0, option->find('='));
      const std::string near = diag::nearest(name, option_names(*parsed.front()));
      std::cerr << parsed.front()->get_name() << " has no option " << name;
      if (!near.empty()) std::cerr << "; did you mean " << near << "?";
    }
    std::cerr << "\nRun with --help for more information.\n";
    return exit_wrong_usage;
  }

  [[nodiscard]] std::vector<std::string> command_names() const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
    return names;
  }

 private:
  /// CLI11 itself reads octal and hexadecimal numbers and wraps what is too large.
  template <class Integer, class Target>
  static CLI::Option* add_integer(CLI::App& app, const std::string& name, Target& target, Integers<Integer> allowed,
                                  const std::string& description) {
    const auto take = [&target, allowed](const std::string& text) {
      target = static_cast<std::remove_reference_t<decltype(target)>>(*allowed.read(text));
    };
    const auto check = [allowed](const std::string& text) {
      if (allowed.read(text)) return std::string();
      return "expected a whole number from " + allowed.range() + ", not " + text;
    };
    return app.add_option_function<std::string>(name, take, description)
        ->check(check)
        ->type_name("INT in [" + std::to_string(allowed.least) + " - " + std::to_string(allowed.most) + "]");
  }

  /// "--samples", "-o", ...
  static std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
  }

  /// Options that a command has and this use of it does not act on; README.md has the table.
  void refuse_combinations() const {
    const auto refuse = [&](std::initializer_list<const char*> names, const std::string& why) {
      for (const char* name : names) {
        if (app_.get_subcommands().front()->get_option(name)->count() == 0) continue;
        throw CLI::ValidationError(name, why);
      }
    };
    if (options_.command == Command::compare && options_.coordinates) {
      refuse({"--method", "--samples", "--replicas", "--target-error", "--tol", "--rotation", "--precision"},
             "--coords trains finite networks only, and this is about the limit; leave it out, or leave out --coords");
      refuse({"--beside"}, "--coords is about the widths of one parametrization; leave it out, or leave out --coords");
    }
    if (!options_.plot.empty() && !options_.plot.ends_with(".svg") && !options_.plot.ends_with(".png")) {
      refuse({"--plot"}, "the picture is SVG or PNG; call the file something.svg or something.png");
    }
    for (const auto& [parameter, path] : options_.saves) {
      if (evaluation::vector_format(path) != evaluation::VectorFormat::unknown) continue;
      refuse({"--save"}, "the ending says the format: .bin or .txt (word2vec's), or .npy (NumPy's); not " + path);
    }
    if (options_.command == Command::emit) {
      if (options_.stage == "ast") {
        refuse({"--param", "--set", "--data"}, "--stage ast shows the text as it was read; see --stage tp");
      }
      if (options_.stage != "llvm" && options_.stage != "asm") {
        refuse({"-O", "--cpu", "--precision"}, "this is about machine code; see --stage llvm and --stage asm");
      }
    }
  }

  CLI::App* add_command(Command command, const std::string& name, const std::string& description,
                        const std::string& examples, const std::vector<std::string>& formats) {
    CLI::App* app = app_.add_subcommand(name, description);
    app->footer("\nExamples:\n" + examples);
    app->callback([this, command] { options_.command = command; });
    app->add_option("FILE", options_.file, "the .tp file (- reads standard input)")->required();
    app->add_option("--param", options_.parametrization, "use this parametrization: sp, ntp, mfp or mup");
    app->add_option("--set", sets_, "override a value: dims, lr, steps, epochs, batch (NAME=VALUE, repeatable)")
        ->allow_extra_args(false);
    app->add_option("--data", data_, "read a data set from another file (NAME=PATH or NAME.FIELD=PATH, repeatable)")
        ->allow_extra_args(false);
    app->add_option("--format", options_.format, "output format")->check(CLI::IsMember(formats))->default_str("text");
    return app;
  }

  void add_inspection_commands() {
    add_command(Command::check, "check", "Parse and check a file: names, shapes, exponents, data declarations.",
                "  tpc check model.tp\n"
                "  tpc check model.tp --set d=10 --format json",
                {"text", "json"});
    add_command(Command::classify, "classify",
                "Is the parametrization stable, does it learn features, and why: exact powers of the width. Says which "
                "line fails, what to change to become stable, and what to change for every weight to learn.",
                "  tpc classify model.tp                 a table and the reasons\n"
                "  tpc classify model.tp --param ntp     the same network in the neural tangent parametrization\n"
                "  tpc classify model.tp --format json",
                {"text", "json"});
    CLI::App* derive = add_command(Command::derive, "derive", "Print the equations of the infinite-width limit.",
                                   "  tpc derive model.tp\n"
                                   "  tpc derive model.tp --symbolic             in η and σ instead of their values\n"
                                   "  tpc derive model.tp --format latex > limit.tex && pdflatex limit.tex",
                                   {"text", "latex", "json"});
    derive->add_flag("--symbolic", options_.symbolic,
                     "write learning rate, momentum, weight decay and initial scales as η, μ, λ and σ_W");
    CLI::App* mup = add_command(
        Command::mup, "mup",
        "Derive the maximal update parametrization of this architecture: how the initial size and the learning rate of "
        "each weight scale with the width, so that every weight's update moves what the weight produces by order one. "
        "Prints a `parametrization custom` block to paste, a table of initial sizes and learning rates, and what the "
        "file is then, trained by its own optimizer (plain SGD without a `train` block). The file's own "
        "parametrization "
        "does not matter.",
        "  tpc mup model.tp                            for the file's optimizer\n"
        "  tpc mup model.tp --optimizer adamw          for another one, those too whose limit is not evaluated\n"
        "  tpc mup model.tp --format pytorch           as Python: initialisation and parameter groups, by name\n"
        "  tpc mup model.tp --base-width 256           sizes relative to a network tuned at width 256\n"
        "  tpc mup model.tp --format json              per weight: a, b, c, init_std, learning_rate, update_exponent",
        {"text", "json", "pytorch"});
    mup->get_option("--param")
        ->description("not for this command: the parametrization is its result")
        ->check([](const std::string&) {
          return std::string("`tpc mup` derives the parametrization, it takes none (see `tpc classify --param NAME`)");
        });
    mup->add_option("--optimizer", options_.optimizer, "whose learning rates (default: the file's)")
        ->check(CLI::IsMember(passes::update_rule_names()));
    add_integer(*mup, "--base-width", options_.base_width, allowed_widths,
                "the width at which sigma and eta were tuned");
    CLI::App* emit = add_command(Command::emit, "emit", "Print one stage of the compiler's work.",
                                 "  tpc emit model.tp --stage limit       the limit as an intermediate representation\n"
                                 "  tpc emit model.tp --stage grad | tpc-opt --passes=print-width -\n"
                                 "  tpc emit model.tp --stage asm --cpu x86-64-v3",
                                 {"text", "json"});
    emit->add_option("--stage", options_.stage, "which stage")
        ->required()
        ->check(CLI::IsMember({"ast", "tp", "grad", "limit", "llvm", "asm"}));
    add_code_options(*emit);
  }

  void add_evaluation_commands() {
    CLI::App* run = add_command(
        Command::run, "run", "Compile the limit to native code in memory and train the infinitely wide network.",
        "  tpc run model.tp\n"
        "  tpc run model.tp --set lr=0.1 --set steps=20 --data train=my.csv\n"
        "  tpc run model.tp --samples 65536 --replicas 16     smaller error bars\n"
        "  tpc run model.tp --target-error 1e-3               as many samples as that takes\n"
        "  tpc run model.tp -o a.json && tpc run model.tp --refine a.json -o b.json   twice as many replicas\n"
        "  tpc run model.tp --param ntp                       the kernel regime: kernel, and training with it\n"
        "  tpc run model.tp --format json -o result.json      everything that was computed, as JSON\n"
        "  tpc run words.tp --save U=vectors.bin --plot words.svg   vectors of words, and a picture of those in "
        "`observe pca(U, ..)`",
        {"text", "json"});
    add_limit_options(*run);
    run->add_option("--refine", options_.refine,
                    "the JSON of an earlier run of the same file with the same options (-o): new replicas, independent "
                    "of its own, are added to it, as many as it has unless --replicas says how many or --target-error "
                    "how good (qmc and mc, where features move)");
    add_run_options(*run);
    add_plot(*run);
    add_save(
        *run,
        "At infinite width the numbers of a row are its coordinates in an orthonormal basis (exact), or its values "
        "at the sample points of the first replica, weighted: inner products of rows are expectations.");

    CLI::App* simulate = add_command(Command::simulate, "simulate", "Run the same program at a finite width.",
                                     "  tpc simulate model.tp --width 1024\n"
                                     "  tpc simulate model.tp --width 256 --seeds 20 --format json   with error bars",
                                     {"text", "json"});
    add_integer(*simulate, "--width", options_.width, allowed_widths, "the width n")->required();
    add_integer(*simulate, "--seeds", options_.seeds, allowed_seeds, "how many networks (default 1)");
    add_run_options(*simulate);
    add_plot(*simulate);
    add_save(*simulate, "The numbers are those that are trained (w of W = n^(-a) w), of the first network.");

    CLI::App* compare = add_command(Command::compare, "compare",
                                    "Finite widths against the limit, with the rate at which they approach it.",
                                    "  tpc compare model.tp --widths 64,256,1024\n"
                                    "  tpc compare model.tp --widths 128,512,2048 --seeds 8 --plot model.svg\n"
                                    "  tpc compare model.tp --widths 64,256 --beside \"NTK: param=ntp\"   the kernel "
                                    "regime as well\n"
                                    "  tpc compare model.tp --widths 64,256,1024 --coords   powers of the width of "
                                    "every value, measured and predicted, in any regime",
                                    {"text", "json"});
    add_widths(*compare, "the widths, separated by commas")->required();
    add_integer(*compare, "--seeds", options_.seeds, allowed_seeds,
                "networks for each width (default 3; 16 if they start from a Gaussian process)");
    compare->add_flag(
        "--coords", options_.coordinates,
        "coordinate check instead: how the size and the change of every named value scale with the width, "
        "beside the predicted exponents (finite networks only)");
    compare
        ->add_option("--beside", besides_,
                     "other settings of the same file, at infinite width, as a row and curves of their own: a name, a "
                     "colon, and what --param and --set would say (repeatable)")
        ->type_name("\"NAME: param=NAME SETTING=VALUE ...\"")
        ->allow_extra_args(false)
        ->check([](const std::string& text) {
          return variant_from_text(text)
                     ? std::string()
                     : "expected a name, a colon and settings, as in \"NTK: param=ntp lr=0.1\", not " + text;
        });
    add_plot(*compare);
    add_limit_options(*compare);
    add_run_options(*compare);
  }

  CLI::Option* add_widths(CLI::App& app, const std::string& description) {
    return app.add_option("--widths", widths_, description)
        ->type_name("INT in [" + std::to_string(allowed_widths.least) + " - " + std::to_string(allowed_widths.most) +
                    "] ...")
        ->allow_extra_args(false)
        ->check([](const std::string& text) {
          if (widths_from_text(text)) return std::string();
          return "expected whole numbers from " + allowed_widths.range() + ", separated by commas, not " + text;
        });
  }

  void add_sweep_command() {
    CLI::App* sweep = add_command(
        Command::sweep, "sweep",
        "Train with every combination of several values of settings, at infinite width and, with --widths, at finite "
        "ones; name the best. Points run in parallel, each on one thread of --threads if there are enough points; "
        "their machine code is compiled once where they differ in numbers alone. Points of an earlier, interrupted "
        "sweep that are in the file of --csv are not computed again.",
        "  tpc sweep model.tp --set lr=0.01..1:20log --csv sweep.csv --plot sweep.svg\n"
        "  tpc sweep model.tp --set lr=0.01..1:9log --param ntp,mup --widths 64,256   a curve each\n"
        "  tpc sweep model.tp --set lr=0.1,0.2,0.4 --set momentum=0,0.9 --format json   a grid",
        {"text", "json"});
    sweep->get_option("--param")
        ->description("use these parametrizations, separated by commas: sp, ntp, mfp, mup")
        ->check([](const std::string& text) {
          return words_from_text(text) ? std::string() : "expected names separated by commas, not " + text;
        });
    sweep->get_option("--set")->description(
        "a setting and its values: A..B:Nlog or A..B:Nlin (N values from A to B, equally spaced, by ratios or "
        "differences), V,V,... or one value (NAME=VALUES, repeatable: a grid)");
    add_widths(*sweep, "also networks of these widths, separated by commas");
    add_integer(*sweep, "--seeds", options_.seeds, allowed_seeds, "networks for each width (default 3)");
    sweep->add_option("--csv", options_.csv,
                      "write a row a point here as soon as it is finished; rows that are there already, of the same "
                      "program, data, version and settings, are taken instead of being computed");
    add_plot(*sweep);
    add_limit_options(*sweep);
    sweep->remove_option(sweep->get_option("--verbose"));
    add_threads_and_seed(*sweep);
    add_output(*sweep);
  }

  void add_compilation_commands() {
    CLI::App* compile = add_command(
        Command::compile, "compile",
        "Compile the limit ahead of time: .o .a .so .s .ll .bc by the name of the output. `tpc FILE -o OUT` is short "
        "for this.",
        "  tpc compile model.tp -o model.o --header model.h\n"
        "  tpc model.tp -o model.so                      to load from Python, Julia, ...\n"
        "  tpc compile model.tp -o model.ll -O0          LLVM IR to read",
        {"text", "json"});
    compile->add_option("-o,--output", options_.output, "the file to write")->required();
    compile->add_option("--header", options_.header, "also write a C header that documents every function");
    add_code_options(*compile);
  }

  void add_import_command() {
    CLI::App* import = app_.add_subcommand(
        "import",
        "Write the architecture of a PyTorch module as a .tp file whose parameters have the module's names, for `tpc "
        "mup` and all else. Traces `forward` with torch.fx: linear layers, embeddings, layer norms, attention (written "
        "out or torch.nn.MultiheadAttention), activations, sums. What cannot be written is named in an error. Needs a "
        "python3 with torch; TPC_PYTHON says which.");
    import->footer(
        "\nExamples:\n"
        "  tpc import model.py:Net -o model.tp && tpc mup model.tp --optimizer adamw --format pytorch\n"
        "  tpc import \"model.py:Net(width=256)\" --width n=256,1024 -o model.tp");
    import->callback([this] { options_.command = Command::import; });
    import->add_option("MODULE", options_.file, "FILE.py:NAME, a class, an instance or a call that makes one")
        ->required();
    import
        ->add_option(
            "--width", options_.width_sizes,
            "the width of the module, and further sizes that grow with it (default: the size that occurs most often "
            "in its parameters, its multiples and its half)")
        ->type_name("n=SIZE,...");
    import
        ->add_option("--input", options_.input_shape,
                     "the shape of one example: numbers or tokens (default: what the first layer takes)")
        ->type_name("SIZE,...");
    import->add_option("-o,--output", options_.output, "the file to write (default: standard output)");
  }

  void add_code_options(CLI::App& app) {
    add_integer(app, "-O", options_.optimization_level, Integers<int>{0, 3}, "optimization level")->default_str("2");
    app.add_option("--cpu", options_.cpu, "processor to compile for: native, x86-64-v3, ...")->default_str("native");
    app.add_option("--precision", options_.precision, "of sample values")
        ->check(CLI::IsMember({"f64", "f32"}))
        ->default_str("f64");
  }

  void add_limit_options(CLI::App& app) {
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
    app.add_flag(
        "--verbose", options_.verbose,
        "say on stderr which method was chosen and why, with --format json too (there it is \"method_reason\")");
    app.add_option("--precision", options_.precision,
                   "of sample values: f64, f32, or auto (f32 where the error of sampling is far larger)")
        ->check(CLI::IsMember({"auto", "f64", "f32"}))
        ->default_str("auto");
  }

  void add_plot(CLI::App& app) {
    app.add_option(
        "--plot", options_.plot,
        "write a picture (.svg, or .png with librsvg's rsvg-convert) here: losses and accuracies, and the words of "
        "`observe pca(U, ..)`");
  }

  void add_save(CLI::App& app, const std::string& of_what) {
    app.add_option("--save", saves_,
                   "write what a parameter was trained to (PARAMETER=PATH, repeatable): .bin and .txt are word2vec's "
                   "formats, for a parameter [words, n] whose rows have names; .npy takes any parameter, as declared, "
                   "and puts the names of its rows beside it, in PATH.words.txt. " +
                       of_what)
        ->allow_extra_args(false);
  }

  /// `range`: what is expected of the number, as the error says it.
  static void add_number(CLI::App& app, const std::string& name, std::optional<double>& target,
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

  void add_threads_and_seed(CLI::App& app) {
    add_integer(app, "--seed", options_.seed, Integers<uint64_t>{0, std::numeric_limits<uint64_t>::max()},
                "of all random numbers")
        ->default_str("1");
    add_integer(app, "--threads", options_.threads, Integers<int>{0, 4096}, "0: all cores")->default_str("0");
  }

  void add_output(CLI::App& app) {
    app.add_option("-o,--output", options_.output, "also write the full result as JSON to this file");
  }

  void add_run_options(CLI::App& app) {
    add_threads_and_seed(app);
    app.add_option("--record", record_,
                   "when outputs are recorded: all, epoch, final or every=K (default: all while that is under a "
                   "million numbers and a fifth of the run's work, else epoch)")
        ->check([](const std::string& text) {
          return parse_record_option(text) ? std::string() : "expected all, epoch, final or every=K, not " + text;
        });
    add_output(app);
  }

  Options& options_;
  CLI::App app_;
  std::vector<std::string> sets_, data_, saves_, widths_, besides_;
  std::string record_;
  std::string method_ = "auto";
  std::string rotation_ = rotated_to_data;
};

/// `tpc FILE -o OUT` is short for `tpc compile FILE -o OUT`: a first word that is no command but looks like a file.
void expand_short_form(std::vector<std::string>& arguments, const std::vector<std::string>& commands) {
  if (arguments.empty() || arguments[0].starts_with("-")) return;
  if (std::find(commands.begin(), commands.end(), arguments[0]) != commands.end()) return;
  std::error_code ignored;
  if (arguments[0].ends_with(".tp") || std::filesystem::exists(arguments[0], ignored)) {
    arguments.insert(arguments.begin(), "compile");
    return;
  }
  const std::string near = diag::nearest(arguments[0], commands);
  if (near.empty() && arguments[0].find_first_of("./") != std::string::npos) {
    throw CLI::ValidationError(arguments[0], "there is no such file (and no such command)");
  }
  throw CLI::ArgumentMismatch("unknown command " + arguments[0] + (near.empty() ? "" : "; did you mean " + near + "?"),
                              CLI::ExitCodes::ArgumentMismatch);
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, Options& options) {
  CommandLine command_line(options);
  try {
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    expand_short_form(arguments, command_line.command_names());
    command_line.parse(std::move(arguments));
  } catch (const CLI::ExtrasError& error) {
    return command_line.report_extras(error);
  } catch (const CLI::ParseError& error) {
    return command_line.report(error);
  }
  return {};
}

}  // namespace tpc::driver
