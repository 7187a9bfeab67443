#include "driver/command_line.h"
#include "passes/mup/update_rules.h"

namespace tpc::driver {

CLI::App* CommandLine::add_command(Command command, const std::string& name, const std::string& description,
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

void CommandLine::add_inspection_commands() {
  add_command(Command::check, "check", "Parse and check a file: names, shapes, exponents, data declarations.",
              "  tpc check model.tp\n"
              "  tpc check model.tp --set d=10 --format json",
              {"text", "json"})
      ->get_option("--format")
      ->description(
          "output format; json: one object with all diagnostics, which then are not printed on stderr: their places "
          "(lines and columns from 1, columns in code points; offsets in bytes from 0) and the edits that mend the "
          "file");
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
                                 "  tpc derive model.tp --format latex > limit.tex && pdflatex limit.tex\n"
                                 "  tpc derive model.tp --format html > limit.html   to read in a browser",
                                 {"text", "latex", "html", "json"});
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
  add_integer(*mup, "--base-width", options_.base_width, allowed_widths, "the width at which sigma and eta were tuned");
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

void CommandLine::add_evaluation_commands() {
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
  add_save(*run,
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
  add_seeds(*compare);
  compare->add_flag("--coords", options_.coordinates,
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

void CommandLine::add_sweep_command() {
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

void CommandLine::add_report_command() {
  CLI::App* report = add_command(
      Command::report, "report",
      "One page about a program, to look at in a browser or to pass on: its text, its classification and where it "
      "stands among parametrizations, the equations of the limit, the trained limit with error bands, features "
      "before and after training, networks beside it, the coordinate check. One HTML file that loads nothing else. "
      "What does not apply to the program says why.",
      "  tpc report model.tp                              writes model.html\n"
      "  tpc report model.tp --param ntp -o kernel.html   the same network in the kernel regime\n"
      "  tpc report model.tp --widths 64,256,1024 --seeds 8 --samples 65536",
      {"html"});
  report->remove_option(report->get_option("--format"));
  add_widths(*report,
             "the widths of the networks, separated by commas (default: 64,128,256,512, or as many of them as "
             "take half a minute)");
  add_seeds(*report);
  add_limit_options(*report);
  report->remove_option(report->get_option("--verbose"));
  add_run_options(*report);
  report->get_option("--output")->description("the page (default: the name of the program with .html, here)");
}

void CommandLine::add_compilation_commands() {
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

void CommandLine::add_import_command() {
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

void CommandLine::add_editor_commands() {
  CLI::App* lsp = app_.add_subcommand(
      "lsp",
      "Serve an editor: the Language Server Protocol on standard input and output. Diagnostics with their fixes while "
      "a "
      "file is written; shapes, powers of the width and what a word means under the cursor; definitions, those of the "
      "library too; completion; an outline.");
  lsp->footer(
      "\nExamples:\n"
      "  tpc lsp                    what an editor starts; it is no command to type\n"
      "  vim.lsp.start({cmd = {\"tpc\", \"lsp\"}, root_dir = vim.fn.getcwd()})   in Neovim\n"
      "The extension for Visual Studio Code starts it: share/tpc/editors/vscode, README.md there.");
  lsp->callback([this] { options_.command = Command::lsp; });
  lsp->add_flag("--stdio")->description(
      "standard input and output: the one way there is, which some editors ask for by name");
}

}  // namespace tpc::driver
