/// \file A loop that is read once for all its iterations, its variable standing for each of them. That is right if no
/// iteration needs what another one made: what it reads of names that its body assigns it must have assigned itself.
/// Sums over the iterations, `o = o + ..`, and lists that are filled element by element are no such needs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontend/sema/checker.h"
#include "frontend/sema/locals.h"

namespace tpc::sema {

class IndependentLoop {
 public:
  IndependentLoop(const Checker& checker, TermBuilder& builder, Locals& locals, const ast::For& syntax, size_t loop);

  /// What names mean to the body: the loop's variable, and names whose value an iteration would take over from the one
  /// before.
  void enter();
  /// What they mean behind the loop: what its last iteration makes of them.
  void leave();

  [[nodiscard]] size_t loop() const { return loop_; }
  /// What the name meant before the loop, whose iterations add to it; null: it meant nothing.
  [[nodiscard]] Binding* outside(const std::string& name);
  /// From now on the name is one that iterations add to.
  void mark_sum(const std::string& name) { sums_.insert(name); }
  [[nodiscard]] bool is_sum(const std::string& name) const { return sums_.contains(name); }

 private:
  void collect(const std::vector<ast::Statement>& statements);
  [[nodiscard]] Binding at_end(Binding value, bool assigned);
  void leave_list(List& list);
  [[nodiscard]] TermId without_partial_axis(TermId value);

  const Checker& checker_;
  TermBuilder& builder_;
  Locals& locals_;
  const ast::For& syntax_;
  size_t loop_;
  std::set<std::string> assigned_;                                     ///< plain names
  std::map<std::string, std::vector<const ast::Assignment*>> filled_;  ///< lists
  std::map<std::string, Binding> outside_;
  std::set<std::string> sums_;
};

}  // namespace tpc::sema
