/// \file The state of one check: what has been declared so far, and the checked program as it grows. Each kind of
/// declaration is checked by one free function on it (declarations.h, data.h, train.h, observe.h, parametrization.h).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/sema/sema.h"
#include "frontend/sema/term_builder.h"

namespace tpc::sema {

enum class SymbolKind { width, dimension, constant, parameter, family, function, definition, data_set };

struct Symbol {
  SymbolKind kind = SymbolKind::constant;
  Span span = {};
  size_t index = 0;    ///< of Checker::functions, ::definitions, ::families or Program's parameters, data_sets
  double value = 0.0;  ///< of a constant or dimension
  bool usable = true;  ///< false: its declaration has an error, which was reported
};

/// last = first - 1: empty.
struct IndexRange {
  int64_t first = 0, last = 0;
  [[nodiscard]] int64_t size() const { return last - first + 1; }
};

/// `param W[1..L, 1..M]`: members stand side by side in the program, the last index running fastest.
struct Family {
  std::vector<IndexRange> ranges;
  size_t parameters = 0;  ///< Program::parameters has the first member here
  [[nodiscard]] bool empty() const;
  /// Which parameter has these indices. Precondition: they lie in the ranges.
  [[nodiscard]] size_t parameter_at(const std::vector<int64_t>& indices) const;
};

/// `fn`: coordinatewise, so its body is written for scalars.
struct Function {
  std::vector<std::string> parameters;
  Body body;
};

struct Definition {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Shape> shapes;             ///< of the parameters
  std::vector<std::string> rows = {};    ///< of those of a group, the dimension that counts its rows; none if empty
  std::vector<std::string> spaces = {};  ///< of those that are indices, the dimension; none at all: they are numbers
  Body body;
  Span span;
  const ast::Def* syntax = nullptr;  ///< of one that is checked for each call (instances.h): there is no body yet
  bool in_library = false;           ///< its names mean what they mean in the library, whatever the file declares
};

/// The call that makes the model: a def of the file applied to data fields.
struct NetworkCall {
  size_t definition = 0;
  std::vector<std::string> fields;
  friend bool operator==(const NetworkCall&, const NetworkCall&) = default;
};

struct Checker {
  Checker(const ast::Program& checked_syntax, const Overrides& checked_overrides, SourceFiles& source_files,
          diag::Engine& engine)
      : syntax(checked_syntax), overrides(checked_overrides), files(source_files), diagnostics(engine) {}

  const ast::Program& syntax;
  const Overrides& overrides;
  SourceFiles& files;
  diag::Engine& diagnostics;
  Program program;
  std::map<std::string, Symbol> symbols;
  std::map<std::string, Span> all_declarations;  ///< of the whole file, to tell "unknown" from "too late"
  std::vector<Function> functions;
  std::vector<Definition> definitions;
  std::map<std::string, Definition> library;  ///< by name
  std::vector<Family> families;
  bool too_many_parameters = false;  ///< reported
  std::optional<NetworkCall> network;
  bool network_failed = false;  ///< a call of the network has an error: do not guess another one
  TermBudget term_budget;
  std::string current_function;             ///< the fn or def whose body is being checked
  std::vector<std::string> open_instances;  ///< the defs that are being checked for a call, outermost first
  bool inside_library = false;              ///< the innermost of them is one of the library's
  std::set<std::string> failed_instances;   ///< defs with an error that was reported: once is enough
  std::map<std::string, size_t> instances;  ///< definitions by what they were made for (instances.h)
  std::set<std::string> used_overrides;
  Names* recorded = nullptr;           ///< what names mean is recorded here (record_names.h), if anybody asks
  const ast::Def* open_def = nullptr;  ///< the innermost of open_instances

  /// Where the file has syntax errors: what seems to be missing may stand in a part that was not understood.
  struct Unread {
    bool top_level = false;          ///< some declaration is lost
    std::vector<Span> declarations;  ///< those that lost a part
  } unread;

  /// Whether something that should be known at `place` may be lost to a syntax error.
  [[nodiscard]] bool may_be_unread(Span place) const;
  /// Reports that something is not there, unless it may be lost to a syntax error.
  void report_missing(diag::Kind kind, Span span, const std::map<std::string, std::string>& arguments = {},
                      const std::optional<diag::Fix>& fix = {});
  /// Adds a name, or reports that it is taken.
  bool declare(const ast::Name& name, Symbol symbol);
  /// Reports if `name` already means something outside of a def.
  bool report_if_taken(const ast::Name& name);
  /// What the file declares, as far as it is seen from here.
  [[nodiscard]] const Symbol* find(const std::string& name) const;
  /// The def that a call means: one of the file, or of the library unless the file has its own. Null: there is none.
  [[nodiscard]] const Definition* find_definition(const std::string& name) const;
  [[nodiscard]] const Definition* find_in_library(const std::string& name) const;  ///< the same if it is the library's
  /// Reports an unknown name, or one declared further down, with the nearest candidate.
  void report_unknown(const ast::Name& name, const std::vector<std::string>& candidates);
  void report_wrong_kind(const ast::Name& name, const Symbol& found, const std::string& expected);
  /// Reports a word that is none of `choices`.
  diag::Engine::Handle report_unknown_choice(const std::string& what, const ast::Name& found,
                                             const std::vector<std::string>& choices);
  /// Reports what is no word at all where one of `choices` must stand. `what`: "a loss".
  void report_choice_expected(const std::string& what, Span span, const std::vector<std::string>& choices);
  [[nodiscard]] std::vector<std::string> names_of(std::initializer_list<SymbolKind> kinds) const;
  /// The size of a finite dimension: a declared one or a number as written. Precondition: it was checked.
  [[nodiscard]] int64_t dimension_size(const std::string& axis) const;
  /// A dimension that counts the rows of a group or the places of a list (FiniteDim::list), by that name or, where it
  /// is taken, one with primes.
  std::string own_dimension(std::string name, int64_t size, bool list, Span span);
  /// The value of `--set NAME=...`, if given.
  const std::string* override_of(const std::string& name);
};

/// Resolves a shape; reports unknown names, too many axes and absurd sizes. `may_grow`: the width is allowed.
std::optional<Shape> check_shape(Checker& checker, const ast::Shape& shape, bool may_grow);

}  // namespace tpc::sema
