/// \file The statements of a def, in order: assignments, list elements, loops and the return. A loop whose iterations
/// do not depend on each other is read once, for all of them (independent_loop.h); any other is written out.
#pragma once

#include <set>

#include "frontend/sema/expressions.h"
#include "frontend/sema/independent_loop.h"

namespace tpc::sema {

class BodyChecker {
 public:
  BodyChecker(Checker& checker, TermBuilder& builder, Locals& locals)
      : checker_(checker), builder_(builder), locals_(locals) {}

  void check(const std::vector<ast::Statement>& statements);

  /// Whether there is a return, even a misplaced one.
  [[nodiscard]] bool returned() const { return returned_ || misplaced_return_; }
  [[nodiscard]] TermId result() const { return adaptation_failed_ ? TermId() : result_; }
  [[nodiscard]] Span returned_span() const { return returned_span_; }

  void operator()(const ast::Assignment& assignment);
  void operator()(const ast::Adapt& adapt);
  void operator()(const ast::For& loop);
  void operator()(const ast::Return& statement);

 private:
  [[nodiscard]] ExpressionContext context() const { return {checker_, builder_, locals_}; }
  bool refuse_after_return(Span span);
  /// False if an error was reported.
  bool adapt(const ast::Adapt& statement);
  void assign_value(const ast::Assignment& assignment, TermId value, size_t terms_before);
  void assign_element(const ast::Assignment& assignment, TermId value, size_t terms_before);
  List* list_of(const ast::Name& name);
  void name_term(TermId value, size_t terms_before, const std::string& name);
  [[nodiscard]] std::string loop_suffix() const;
  bool bind_variable(const ast::Name& name);
  void repeat(const ast::For& loop, int64_t first, int64_t last);
  /// Reads the loop once for all its iterations. False: they depend on each other, or there are errors, and nothing has
  /// been made.
  bool read_once(const ast::For& loop, const Loop& dimension);
  [[nodiscard]] bool in_loop() const { return !loop_values_.empty() || !independent_.empty(); }
  /// `o = o + ..` where o is what independent loops add to. False: it is something else.
  bool accumulate(const ast::Assignment& assignment);
  void add_to(const std::string& name, TermId summand, bool negative, Span span);
  /// Lists that a loop fills exist after it, with no elements if it never runs.
  void declare_lists(const std::vector<ast::Statement>& statements);
  /// After an error in a loop: what it would have defined is missing, which is no further error.
  void forgive(const std::vector<ast::Statement>& statements);
  /// The same of a loop that cannot be read, as its bounds are not known.
  void forgive(const ast::For& loop);

  Checker& checker_;
  TermBuilder& builder_;
  Locals& locals_;
  std::vector<int64_t> loop_values_;          ///< of the loops around, outermost first
  std::vector<IndependentLoop> independent_;  ///< those around that are read once, outermost first
  std::set<const ast::For*> dependent_;       ///< loops that had to be repeated
  bool returned_ = false;
  bool misplaced_return_ = false;
  bool adaptation_failed_ = false;  ///< parameters are not what the program means: the rest has no value
  Span returned_span_;
  TermId result_;
};

/// The return of a def must be there and have the declared shape; reported otherwise.
bool check_result(Checker& checker, const ast::Def& def, const BodyChecker& body, const TermBuilder& builder);

}  // namespace tpc::sema
