#include "frontend/sema/sema.h"

#include "frontend/sema/constants.h"
#include "frontend/sema/data.h"
#include "frontend/sema/declarations.h"
#include "frontend/sema/file_sources.h"
#include "frontend/sema/network.h"
#include "frontend/sema/observe.h"
#include "frontend/sema/parameters.h"
#include "frontend/sema/parametrization.h"
#include "frontend/sema/record_names.h"
#include "frontend/sema/train.h"
#include "frontend/sema/widths.h"

namespace tpc::sema {
namespace {

using diag::Kind;

/// Declarations that name something, to tell an unknown name from one declared further down.
template <class Declaration>
concept Named =
    std::is_same_v<decltype(Declaration::name), ast::Name> && !std::is_same_v<Declaration, ast::Parametrization>;

std::map<std::string, Span> declared_names(const ast::Program& syntax) {
  std::map<std::string, Span> names;
  for (const ast::Declaration& declaration : syntax.declarations) {
    std::visit(
        [&](const auto& alternative) {
          if constexpr (Named<std::remove_cvref_t<decltype(alternative)>>) {
            names.emplace(alternative.name.text, alternative.name.span);
          }
        },
        declaration);
  }
  return names;
}

/// Each syntax error lies in a declaration that was otherwise understood, or outside of all of them.
Checker::Unread unread_parts(const ast::Program& syntax, const diag::Engine& diagnostics) {
  Checker::Unread unread;
  for (const diag::Diagnostic& diagnostic : diagnostics.all()) {
    if (diag::kind_severity(diagnostic.kind) != diag::Severity::error) continue;
    bool inside = false;
    for (const ast::Declaration& declaration : syntax.declarations) {
      const Span span = std::visit([](const auto& alternative) { return alternative.span; }, declaration);
      if (span.begin > diagnostic.span.begin || diagnostic.span.begin >= span.end) continue;
      unread.declarations.push_back(span);
      inside = true;
    }
    unread.top_level = unread.top_level || !inside;
  }
  return unread;
}

/// Checks the declarations in the order of the file; the parametrization waits until all parameters are known.
class DeclarationVisitor {
 public:
  explicit DeclarationVisitor(Checker& checker) : checker_(checker) {}

  template <class Declaration>
  void operator()(const Declaration& declaration) {
    check_declaration(checker_, declaration);
  }
  void operator()(const ast::Parametrization& parametrization) {
    if (block_ == nullptr) {
      block_ = &parametrization;
      return;
    }
    checker_.diagnostics.report(Kind::repeated_declaration, parametrization.span, {{"what", "the parametrization"}})
        .note("first declared here", block_->span);
  }
  [[nodiscard]] const ast::Parametrization* parametrization() const { return block_; }

 private:
  Checker& checker_;
  const ast::Parametrization* block_ = nullptr;
};

class NoFiles final : public SourceFiles {
 public:
  explicit NoFiles(diag::Engine& diagnostics) : diagnostics_(diagnostics) {}
  std::optional<int64_t> rows_of_a_task(const std::string& path, const std::string&, Span where) override {
    report(path, where);
    return std::nullopt;
  }
  std::shared_ptr<const IndexNames> index_names(const IndexSource& source, Span where) override {
    report(source.path, where);
    return nullptr;
  }

 private:
  void report(const std::string& path, Span where) {
    diagnostics_.report(Kind::cannot_read_file, where, {{"path", path}, {"why", "there are no files here"}});
  }

  diag::Engine& diagnostics_;
};

}  // namespace

std::optional<Program> check(std::shared_ptr<const ast::Program> syntax, const Overrides& overrides, SourceFiles& files,
                             diag::Engine& diagnostics, Names* names) {
  Checker checker(*syntax, overrides, files, diagnostics);
  checker.all_declarations = declared_names(*syntax);
  checker.unread = unread_parts(*syntax, diagnostics);
  checker.recorded = names;
  checker.program.model = syntax->model.text;
  declare_library(checker);
  DeclarationVisitor visitor(checker);
  for (const ast::Declaration& declaration : syntax->declarations) std::visit(visitor, declaration);
  if (checker.program.width.empty()) {
    checker.report_missing(Kind::missing_width, syntax->model.span, {},
                           diag::insertion(syntax->model.span.end, "\n\nwidth n"));
  }
  finish_network(checker);
  check_standardization(checker);
  add_default_observation(checker);
  apply_parametrization(checker, visitor.parametrization());
  report_unused_overrides(checker);
  finish_names(checker);
  if (diagnostics.has_errors()) return std::nullopt;
  checker.program.syntax = std::move(syntax);
  return std::move(checker.program);
}

std::optional<Program> check(std::shared_ptr<const ast::Program> syntax, const Overrides& overrides,
                             diag::Engine& diagnostics, Names* names) {
  NoFiles files(diagnostics);
  return check(std::move(syntax), overrides, files, diagnostics, names);
}

}  // namespace tpc::sema
